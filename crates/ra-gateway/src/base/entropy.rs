//! The source of the gateway's randomness.

use std::fmt;
use std::sync::Arc;

use ra_crypto::{Entropy, EntropyError, OsEntropy};
use ra_proto::base64;
use zeroize::Zeroizing;

/// Makes a source of randomness for each session and each call; the operating system's by default.
///
/// ```
/// use ra_gateway::EntropySource;
///
/// let source = EntropySource::new(|| Box::new(ra_crypto::OsEntropy));
/// # let _ = source;
/// ```
#[derive(Clone)]
pub struct EntropySource(Arc<Make>);

type Make = dyn Fn() -> Box<dyn Entropy + Send> + Send + Sync;

impl EntropySource {
    /// A source made by `make`.
    pub fn new(make: impl Fn() -> Box<dyn Entropy + Send> + Send + Sync + 'static) -> Self {
        Self(Arc::new(make))
    }

    pub(crate) fn open(&self) -> Box<dyn Entropy + Send> {
        (self.0)()
    }

    /// 256 random bits as 43 characters.
    pub(crate) fn secret(&self) -> Result<String, EntropyError> {
        let mut bytes = Zeroizing::new([0; 32]);
        self.open().fill(&mut bytes[..])?;
        Ok(base64::encode_url(&bytes[..]))
    }

    /// A secret in the shape of Discord's tokens and tickets: the account's id, then 32 random
    /// bytes in two parts. At most 75 characters, so it can be sealed.
    pub(crate) fn token_shaped(&self, id: u64) -> Result<String, EntropyError> {
        let mut bytes = Zeroizing::new([0; 32]);
        self.open().fill(&mut bytes[..])?;
        let (stamp, rest) = bytes.split_at(4);
        let parts = Zeroizing::new([base64::encode_url(stamp), base64::encode_url(rest)]);
        Ok(format!(
            "{}.{}.{}",
            base64::encode_url(id.to_string().as_bytes()),
            parts[0],
            parts[1]
        ))
    }
}

impl Default for EntropySource {
    fn default() -> Self {
        Self::new(|| Box::new(OsEntropy))
    }
}

impl fmt::Debug for EntropySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EntropySource(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r57_minted_secrets_have_their_shape_and_never_repeat() {
        let source = EntropySource::default();
        let token = source.token_shaped(196_769_986_071_625_728).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        assert_eq!(parts[0], "MTk2NzY5OTg2MDcxNjI1NzI4");
        assert_eq!((parts[1].len(), parts[2].len(), parts.len()), (6, 38, 3));
        assert!(source.token_shaped(u64::MAX).unwrap().len() <= 190);
        assert_eq!(source.secret().unwrap().len(), 43);
        assert_ne!(source.secret().unwrap(), source.secret().unwrap());
    }

    #[test]
    fn r57_no_randomness_is_an_error_and_no_weak_secret() {
        struct Dry;
        impl Entropy for Dry {
            fn fill(&mut self, _: &mut [u8]) -> Result<(), EntropyError> {
                Err(EntropyError)
            }
        }
        let source = EntropySource::new(|| Box::new(Dry));
        assert_eq!(source.secret(), Err(EntropyError));
        assert_eq!(source.token_shaped(1), Err(EntropyError));
    }
}
