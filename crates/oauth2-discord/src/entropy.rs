//! Random bytes, as an argument: this crate draws none.

use core::fmt;

use zeroize::Zeroizing;

/// The random bytes of one authorization: state, verifier and nonce take 256 bits each (O-087, O-117, RFC 9700).
///
/// They move into the flow and are wiped, so that two flows cannot share them.
///
/// ```
/// use oauth2_discord::Entropy;
///
/// # fn fill(bytes: &mut [u8]) -> Result<(), core::convert::Infallible> { bytes.fill(7); Ok(()) }
/// let entropy = Entropy::draw(|bytes| fill(bytes))?; // with the getrandom crate: `Entropy::draw(getrandom::fill)?`
/// assert_eq!(format!("{entropy:?}"), "Entropy(..)");
/// # Ok::<(), core::convert::Infallible>(())
/// ```
pub struct Entropy(Zeroizing<[[u8; 32]; 3]>);

impl Entropy {
    /// Number of random bytes.
    pub const BYTES: usize = 96;

    /// Lets `fill` write the bytes, from the system's generator.
    ///
    /// # Errors
    /// The error of `fill`.
    pub fn draw<E>(fill: impl FnOnce(&mut [u8]) -> Result<(), E>) -> Result<Self, E> {
        let mut bytes = Zeroizing::new([[0; 32]; 3]);
        fill(bytes.as_flattened_mut())?;
        Ok(Self(bytes))
    }

    /// The parts for state, verifier and nonce.
    pub(crate) fn split(&self) -> &[[u8; 32]; 3] {
        &self.0
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entropy(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_has_256_bits_of_its_own() {
        let entropy = Entropy::draw(|bytes| {
            bytes.iter_mut().zip(0..).for_each(|(byte, n)| *byte = n);
            Ok::<_, ()>(())
        })
        .unwrap();
        let [state, verifier, nonce] = entropy.split();
        assert_eq!(3 * state.len(), Entropy::BYTES);
        assert_eq!((state[0], verifier[0], nonce[0]), (0, 32, 64));
    }

    #[test]
    fn a_generator_that_fails_yields_nothing() {
        assert_eq!(Entropy::draw(|_| Err("dry")).unwrap_err(), "dry");
    }

    #[test]
    fn s41_nothing_of_it_is_shown() {
        let entropy = Entropy::draw(|bytes| {
            bytes.fill(7);
            Ok::<_, ()>(())
        });
        assert_eq!(format!("{:?}", entropy.unwrap()), "Entropy(..)");
    }
}
