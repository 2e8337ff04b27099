//! The contract of every REST call, and helpers that build requests.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, header};
use zeroize::Zeroizing;

use crate::{BaseUrl, Body, HttpError, TransportError};

/// One REST call: a value that becomes a request and reads its reply.
///
/// Carriers send what [`Endpoint::to_http`] made, without adding credentials and without following redirects, and hand
/// the reply to [`Endpoint::from_http`].
pub trait Endpoint {
    /// The result for the caller.
    type Reply;

    /// The request for the API at `base`.
    ///
    /// # Errors
    /// [`HttpErrorKind::BadRequest`](crate::HttpErrorKind::BadRequest) if a value of the caller fits no request.
    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError>;

    /// Reads the reply. Implementations begin with [`check_status`](crate::check_status).
    ///
    /// # Errors
    /// The peer's refusal, or a reply that cannot be read.
    #[allow(
        clippy::wrong_self_convention,
        reason = "the reply is read in the light of the call"
    )]
    fn from_http(&self, response: http::Response<Body>) -> Result<Self::Reply, HttpError>;

    /// The whole call, where a closure is the carrier.
    ///
    /// ```
    /// # use ra_http::{BaseUrl, Body, Endpoint, HttpError, TransportError};
    /// /// `send` is a few lines around any HTTP library that blocks.
    /// fn ask<E: Endpoint>(
    ///     endpoint: &E,
    ///     base: &BaseUrl,
    ///     send: impl FnMut(http::Request<Body>) -> Result<http::Response<Body>, TransportError>,
    /// ) -> Result<E::Reply, HttpError> {
    ///     endpoint.call(base, send)
    /// }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Endpoint::to_http`] and [`Endpoint::from_http`], and the carrier's [`TransportError`] as
    /// [`HttpErrorKind::Transport`](crate::HttpErrorKind::Transport).
    fn call(
        &self,
        base: &BaseUrl,
        carry: impl FnOnce(Request<Body>) -> Result<http::Response<Body>, TransportError>,
    ) -> Result<Self::Reply, HttpError>
    where
        Self: Sized,
    {
        self.from_http(carry(self.to_http(base)?)?)
    }
}

/// A `POST` with a JSON body to `path` below `base`.
///
/// # Errors
/// [`HttpErrorKind::BadRequest`](crate::HttpErrorKind::BadRequest) if `path` does not start with `/` or is no URL path.
pub fn json_post(
    base: &BaseUrl,
    path: &str,
    body: impl Into<Body>,
) -> Result<Request<Body>, HttpError> {
    let mut request = Request::new(body.into());
    *request.method_mut() = http::Method::POST;
    *request.uri_mut() = base.join(path)?;
    let json = HeaderValue::from_static("application/json");
    request.headers_mut().insert(header::ACCEPT, json.clone());
    request.headers_mut().insert(header::CONTENT_TYPE, json);
    Ok(request)
}

/// Sets a header that holds a secret: marked sensitive, so that `Debug` redacts it, and wiped on drop.
///
/// `field` is the name that an error bears.
///
/// # Errors
/// [`HttpErrorKind::BadRequest`](crate::HttpErrorKind::BadRequest) if the value is empty or cannot be in a header.
pub fn set_secret_header(
    request: &mut Request<Body>,
    name: HeaderName,
    value: &str,
    field: &'static str,
) -> Result<(), HttpError> {
    let secret = Bytes::from_owner(Zeroizing::new(value.as_bytes().to_vec()));
    match HeaderValue::from_maybe_shared(secret) {
        Ok(mut header) if !header.is_empty() => {
            header.set_sensitive(true);
            request.headers_mut().insert(name, header);
            Ok(())
        }
        _ => Err(HttpError::bad_request(field)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::HttpErrorKind;

    fn request() -> Request<Body> {
        let base = "https://discord.com/api/v9".parse().unwrap();
        json_post(
            &base,
            "/users/@me/remote-auth",
            b"{\"a\":\"canary\"}".to_vec(),
        )
        .unwrap()
    }

    #[test]
    fn a_json_post_keeps_the_base_path_and_says_what_it_is() {
        let request = request();
        assert_eq!(request.method(), "POST");
        assert_eq!(
            request.uri(),
            "https://discord.com/api/v9/users/@me/remote-auth"
        );
        assert_eq!(request.headers()["content-type"], "application/json");
        assert_eq!(request.body().as_bytes(), b"{\"a\":\"canary\"}");
    }

    #[test]
    fn r34_a_secret_header_redacts_in_debug() {
        let mut request = request();
        set_secret_header(
            &mut request,
            header::AUTHORIZATION,
            "canary",
            "authorization",
        )
        .unwrap();
        assert_eq!(request.headers()["authorization"], "canary");
        assert!(request.headers()["authorization"].is_sensitive());
        assert!(!format!("{request:?}").contains("canary"));
    }

    #[test]
    fn a_value_that_fits_no_header_is_refused_by_name_not_by_content() {
        for bad in ["", "can\nary", "canary\0", "canary\r\nX-Evil: 1"] {
            let mut request = request();
            let error =
                set_secret_header(&mut request, header::AUTHORIZATION, bad, "authorization")
                    .unwrap_err();
            assert_eq!(error.kind(), HttpErrorKind::BadRequest);
            assert_eq!(error.field(), Some("authorization"));
            assert!(!format!("{error:?} {error}").contains("canary"));
            assert!(!request.headers().contains_key(header::AUTHORIZATION));
        }
    }
}
