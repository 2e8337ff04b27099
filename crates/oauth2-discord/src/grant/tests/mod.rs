//! Sections E, G (the two calls) and J: requests as the document has them, replies, secrets.

use ra_http::{Body, Endpoint, HttpError, HttpErrorKind};

use super::*;
use crate::*;

mod client_credentials;
mod device;
mod exchange;
mod refresh;
mod replies;
mod revoke;

const ID: Snowflake = Snowflake::new(332_269_999_912_132_097);

fn secret_client() -> ConfidentialClient {
    ConfidentialClient::new(ID, ClientSecret::new("937it3ow87i4ery69876wqire"))
}

fn public_client() -> PublicClient {
    PublicClient::new(ID)
}

fn request(endpoint: &impl Endpoint) -> http::Request<Body> {
    endpoint.to_http(&Urls::default().api).unwrap()
}

/// The decoded pairs of the body, sorted.
fn form(endpoint: &impl Endpoint) -> Vec<(String, String)> {
    let request = request(endpoint);
    assert_eq!(request.method(), "POST");
    assert_eq!(
        request.headers()["content-type"],
        "application/x-www-form-urlencoded"
    ); // O-007
    let body = core::str::from_utf8(request.body().as_bytes()).unwrap();
    let decode = |text: &str| callback::query::decode(text).unwrap().into_owned();
    let mut pairs: Vec<_> = body
        .split('&')
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(name, value)| (name.to_owned(), decode(value)))
        .collect();
    pairs.sort_unstable();
    pairs
}

/// The pairs as an example in the document lists them, sorted.
fn documented<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    pairs.sort_unstable();
    pairs
}

fn response(status: u16, body: &str) -> http::Response<Body> {
    let body = Body::from(body.as_bytes().to_vec());
    http::Response::builder().status(status).body(body).unwrap()
}

const CREDENTIALS: [(&str, &str); 2] = [
    ("client_id", "332269999912132097"),
    ("client_secret", "937it3ow87i4ery69876wqire"),
];
