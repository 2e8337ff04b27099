//! Where randomness comes from: the caller.

use core::fmt;

/// A source of cryptographically secure random bytes, handed in by the caller.
///
/// Without an operating system, implement it with a hardware generator. Tests implement it with a counter.
///
/// ```
/// use ra_crypto::{Entropy, EntropyError};
///
/// struct Hardware;
/// # fn read_hardware(_: &mut [u8]) -> bool { true }
///
/// impl Entropy for Hardware {
///     fn fill(&mut self, dest: &mut [u8]) -> Result<(), EntropyError> {
///         if read_hardware(dest) { Ok(()) } else { Err(EntropyError) }
///     }
/// }
/// # let mut seed = [0; 32];
/// # Hardware.fill(&mut seed)?;
/// # Ok::<(), EntropyError>(())
/// ```
pub trait Entropy {
    /// Fills the whole of `dest`.
    ///
    /// # Errors
    /// When the source cannot give that many bytes; `dest` is then not to be used.
    fn fill(&mut self, dest: &mut [u8]) -> Result<(), EntropyError>;
}

/// The source of randomness failed. Says no more: there is nothing to do but try later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntropyError;

impl fmt::Display for EntropyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the source of randomness failed")
    }
}

impl core::error::Error for EntropyError {}

/// The operating system's generator.
#[cfg(feature = "os-entropy")]
#[derive(Clone, Copy, Debug, Default)]
pub struct OsEntropy;

#[cfg(feature = "os-entropy")]
impl Entropy for OsEntropy {
    fn fill(&mut self, dest: &mut [u8]) -> Result<(), EntropyError> {
        getrandom::fill(dest).map_err(|_| EntropyError)
    }
}
