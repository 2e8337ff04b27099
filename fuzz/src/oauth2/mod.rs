//! Targets over `oauth2-discord`: what a browser, a token endpoint and a failing endpoint may say.

mod callback;
mod error;
mod token;

pub use callback::oauth2_callback;
pub use error::oauth2_error;
pub use token::oauth2_token;

use ra_http::Body;

/// Panics unless `shown` fits one line that anybody may read.
fn assert_line(shown: &dyn core::fmt::Display, most: usize) {
    let line = shown.to_string();
    assert!(
        line.chars().count() <= most && !line.chars().any(char::is_control),
        "{line:?}"
    );
}

/// The response that a carrier would have read.
fn response(status: u16, body: &[u8]) -> http::Response<Body> {
    let mut response = http::Response::new(Body::from(body.to_vec()));
    if let Ok(status) = http::StatusCode::from_u16(status) {
        *response.status_mut() = status;
    }
    response
}
