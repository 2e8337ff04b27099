//! Targets over `oauth2-discord`: input from a browser, a token endpoint, a failing endpoint and a key set.

mod callback;
mod error;
mod id_token;
mod token;

pub use callback::{oauth2_callback, oauth2_fragment};
pub use error::oauth2_error;
pub use id_token::{oauth2_id_token, oauth2_jwks};
pub use token::oauth2_token;

use ra_http::Body;

/// Panics unless `shown` is one harmless line.
fn assert_line(shown: &dyn core::fmt::Display, most: usize) {
    let line = shown.to_string();
    assert!(
        line.chars().count() <= most && !line.chars().any(char::is_control),
        "{line:?}"
    );
}

/// Returns the response as a carrier reads it.
fn response(status: u16, body: &[u8]) -> http::Response<Body> {
    let mut response = http::Response::new(Body::from(body.to_vec()));
    if let Ok(status) = http::StatusCode::from_u16(status) {
        *response.status_mut() = status;
    }
    response
}
