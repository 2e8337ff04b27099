//! A request or response body: bytes that redact and are wiped.

use core::fmt;

use bytes::Bytes;
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// The largest response body that is read, in bytes.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// A body. Tickets, tokens and passwords travel in bodies, so all of them redact in `Debug` and are wiped on drop.
#[derive(Clone, Default)]
pub struct Body(Zeroizing<Vec<u8>>);

impl Body {
    /// A body without bytes, as in a 204 reply.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// How many bytes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns true if the body has no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes for a carrier, without a copy. They are wiped when the last clone of them is dropped.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Body {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl From<Zeroizing<Vec<u8>>> for Body {
    fn from(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.len())
    }
}

impl ZeroizeOnDrop for Body {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r34_debug_shows_the_length_alone() {
        let body = Body::from(b"canary-in-a-body".to_vec());
        assert_eq!(format!("{body:?}"), "Body(16 bytes)");
        assert_eq!(
            format!("{:?}", http::Response::new(body)).find("canary"),
            None
        );
    }

    #[test]
    fn r34_bodies_are_wiped_on_drop() {
        fn wiped<T: ZeroizeOnDrop>(_: &T) {}
        wiped(&Body::empty());
    }

    #[test]
    fn bytes_for_a_carrier_are_the_same_bytes() {
        let body = Body::from(b"{}".to_vec());
        assert!(!body.is_empty() && Body::empty().is_empty());
        assert_eq!(Body::from(Zeroizing::new(b"{}".to_vec())).as_bytes(), b"{}");
        assert_eq!(body.into_bytes(), "{}");
    }
}
