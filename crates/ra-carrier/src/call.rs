//! Rules shared by both HTTP carriers: limits, the default `User-Agent`, and reading a body up to its cap.

use std::time::Duration;

use http::{HeaderValue, Request, header};
use ra_http::{Body, MAX_BODY_BYTES, TransportError, TransportErrorKind};
use zeroize::Zeroizing;

/// Size limit of a response's head, in bytes.
pub const MAX_HEAD_BYTES: usize = 64 * 1024;

/// Defaults that an HTTP carrier applies to every call.
#[derive(Clone, Debug)]
pub struct CallOptions {
    /// Time limit of a call unless the caller sets another one; 15 s by default.
    pub timeout: Duration,
    /// The `User-Agent` of requests without one.
    pub user_agent: HeaderValue,
}

impl Default for CallOptions {
    fn default() -> Self {
        const USER_AGENT: &str = concat!("remote-auth/", env!("CARGO_PKG_VERSION"));
        Self {
            timeout: Duration::from_secs(15),
            user_agent: HeaderValue::from_static(USER_AGENT),
        }
    }
}

impl CallOptions {
    /// Adds the `User-Agent` if the request has none.
    pub fn add_user_agent(&self, request: &mut Request<Body>) {
        let headers = request.headers_mut();
        headers
            .entry(header::USER_AGENT)
            .or_insert_with(|| self.user_agent.clone());
    }
}

/// A response's body while it is read: at most 1 MiB, whatever length was announced. When the buffer grows, the
/// old one is wiped.
#[derive(Default)]
pub struct BodyReader(Zeroizing<Vec<u8>>);

impl BodyReader {
    /// Appends a piece of the body.
    ///
    /// # Errors
    /// [`TransportErrorKind::BodyTooLarge`] over the cap.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), TransportError> {
        let len = self.0.len() + piece.len();
        if len > MAX_BODY_BYTES {
            return Err(TransportError::new(TransportErrorKind::BodyTooLarge));
        }
        if len > self.0.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(len.next_power_of_two()));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(piece);
        Ok(())
    }

    /// Returns the whole body.
    #[must_use]
    pub fn finish(self) -> Body {
        Body::from(self.0)
    }
}
