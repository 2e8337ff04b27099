//! Randomness as an argument: nothing here draws any.

use core::fmt;

use zeroize::Zeroizing;

/// The random bytes of one authorization: state, verifier and nonce take 256 bits each (O-087, O-117, RFC 9700).
///
/// Moved into the flow and wiped, so that no two flows share them.
///
/// ```
/// use oauth2_discord::Entropy;
///
/// # fn fill(bytes: &mut [u8]) -> Result<(), core::convert::Infallible> { bytes.fill(7); Ok(()) }
/// let entropy = Entropy::draw(|bytes| fill(bytes))?; // with the getrandom crate: `Entropy::draw(getrandom::fill)?`
/// assert_eq!(format!("{entropy:?}"), "Entropy(..)");
/// # Ok::<(), core::convert::Infallible>(())
/// ```
pub struct Entropy(Zeroizing<[u8; Self::BYTES]>);

impl Entropy {
    /// How many bytes it takes.
    pub const BYTES: usize = 96;

    /// Has `fill` fill the bytes from the system's generator.
    ///
    /// # Errors
    /// Whatever `fill` says.
    pub fn draw<E>(fill: impl FnOnce(&mut [u8]) -> Result<(), E>) -> Result<Self, E> {
        let mut bytes = Zeroizing::new([0; Self::BYTES]);
        fill(&mut *bytes)?;
        Ok(Self(bytes))
    }

    pub(crate) fn split(&self) -> [&[u8]; 3] {
        let (state, rest) = self.0.split_at(Self::BYTES / 3);
        let (verifier, nonce) = rest.split_at(Self::BYTES / 3);
        [state, verifier, nonce]
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
        assert_eq!((state.len(), verifier.len(), nonce.len()), (32, 32, 32));
        assert_eq!((state[0], verifier[0], nonce[0]), (0, 32, 64));
    }

    #[test]
    fn a_generator_that_fails_yields_nothing() {
        assert_eq!(Entropy::draw(|_| Err("dry")).unwrap_err(), "dry");
    }
}
