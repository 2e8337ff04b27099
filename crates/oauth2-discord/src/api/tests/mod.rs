//! Information and authorization endpoints.

use ra_http::{BaseUrl, Body, Endpoint, HttpError, HttpErrorKind};

use super::*;
use crate::authorize::{Authorization, AuthorizeUrl, IntegrationType};
use crate::{AccessToken, BotToken, Entropy, Permissions, Scope, Snowflake, State, UnixTime, Urls};

mod authorize;
mod device;
mod hostile;
mod information;
mod tokens;

fn base() -> BaseUrl {
    "https://discord.com/api/v10".parse().unwrap()
}

fn user() -> UserToken {
    UserToken::new("user.token")
}

fn sent(endpoint: &impl Endpoint) -> http::Request<Body> {
    endpoint.to_http(&base()).unwrap()
}

fn body(request: &http::Request<Body>) -> &str {
    core::str::from_utf8(request.body().as_bytes()).unwrap()
}

/// The member that keeps a call from being made.
fn refused(endpoint: &impl Endpoint) -> Option<&'static str> {
    let error = endpoint.to_http(&base()).err()?;
    assert_eq!(error.kind(), HttpErrorKind::BadRequest);
    Some(error.field().unwrap())
}

fn reply<E: Endpoint>(endpoint: &E, status: u16, body: &str) -> Result<E::Reply, HttpError> {
    let body = Body::from(body.as_bytes().to_vec());
    endpoint.from_http(http::Response::builder().status(status).body(body).unwrap())
}

/// Where a reply makes no sense.
fn fault<E: Endpoint>(endpoint: &E, body: &str) -> Option<&'static str> {
    let error = reply(endpoint, 200, body).err().unwrap();
    assert_eq!(error.kind(), HttpErrorKind::BadBody, "{body}");
    error.field()
}
