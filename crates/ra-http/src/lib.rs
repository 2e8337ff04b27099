//! HTTP layer of remote auth: REST calls as plain values. This crate never opens a socket, reads no clock and
//! draws no randomness.
//!
//! An [`Endpoint`] turns itself into an [`http::Request`] and reads its [`http::Response`]. Something else, a
//! carrier, moves the bytes: `ra-tokio` has one, and twenty lines around any HTTP library make another.
//!
//! ```text
//!   Endpoint --to_http(&BaseUrl)--> http::Request<Body> --carrier--> http::Response<Body> --from_http--> Reply
//!                                                          |                                 |
//!                                                    TransportError ---------From---------> HttpError
//! ```
//!
//! [`check_status`] alone decides which replies are accepted: no redirect, no body over [`MAX_BODY_BYTES`], rate
//! limits with their wait, captcha challenges as values, and every other refusal with its status and Discord code.
//! Bodies never reach `Debug` or `Display`; [`HttpError::dangerous_body`] returns them.
//!
//! ```
//! use ra_http::{Body, BaseUrl, Endpoint, HttpError, check_status, json_post};
//!
//! /// `POST /users/@me/notes`
//! struct AddNote(String);
//!
//! impl Endpoint for AddNote {
//!     type Reply = ();
//!     fn to_http(&self, base: &BaseUrl) -> Result<http::Request<Body>, HttpError> {
//!         json_post(base, "/users/@me/notes", format!("{{\"note\":{:?}}}", self.0).into_bytes())
//!     }
//!     fn from_http(&self, response: http::Response<Body>) -> Result<(), HttpError> {
//!         check_status(response).map(drop)
//!     }
//! }
//!
//! let base: BaseUrl = "https://discord.com/api/v9".parse()?;
//! let request = AddNote("milk".into()).to_http(&base)?;
//! assert_eq!(request.uri(), "https://discord.com/api/v9/users/@me/notes");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod base_url;
mod body;
mod captcha;
mod endpoint;
mod error;
mod proxy;
mod response;
mod retry_after;
mod transport;

pub use base_url::{BaseUrl, BaseUrlError};
pub use body::{Body, MAX_BODY_BYTES};
pub use captcha::{CaptchaChallenge, CaptchaSolution, apply_captcha};
pub use endpoint::{Endpoint, json_post, set_secret_header};
pub use error::{HttpError, HttpErrorKind};
pub use proxy::{Proxies, Proxy, ProxyCredentials, ProxyError, ProxyScheme, ProxyVariableError};
pub use ra_types::{Fault, Retry};
pub use response::check_status;
pub use retry_after::{MAX_RETRY_AFTER, retry_after};
pub use transport::{TransportError, TransportErrorKind};
