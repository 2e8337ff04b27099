//! Requests and replies on the wire: address, form, authorization header, JSON reply.

use http::{HeaderValue, Method, Request, Response, header};
use ra_http::{BaseUrl, Body, HttpError, check_status, json_post, set_secret_header};
use zeroize::Zeroizing;

use crate::wiped::WipedBytes;
use crate::{AccessToken, BotToken, Client, ClientAuth, EndpointUrl, TokenError};

/// Address of an endpoint: a path below the base, or a URL of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Below(&'static str),
    At(EndpointUrl),
}

impl Place {
    pub(crate) fn uri(&self, base: &BaseUrl) -> Result<http::Uri, HttpError> {
        match self {
            Self::Below(path) => base.join(path),
            Self::At(url) => Ok(url.to_uri()),
        }
    }
}

/// Adds the method `at` to an endpoint with the field `place`.
macro_rules! replaceable_url {
    ($endpoint:ty) => {
        impl $endpoint {
            /// Sends the request to this URL instead of the path below the base.
            #[must_use]
            pub fn at(mut self, url: $crate::EndpointUrl) -> Self {
                self.place = Place::At(url);
                self
            }
        }
    };
}
pub(crate) use replaceable_url;

/// A request without a body that asks for JSON.
pub(crate) fn bodiless(method: Method, uri: http::Uri) -> Request<Body> {
    let mut request = Request::new(Body::empty());
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    let json = HeaderValue::from_static("application/json");
    request.headers_mut().insert(header::ACCEPT, json);
    request
}

/// Sets `Authorization: Bearer …`. A token with other characters than visible ASCII is refused (S-12).
pub(crate) fn set_bearer(
    request: &mut Request<Body>,
    token: &AccessToken,
) -> Result<(), HttpError> {
    set_authorization(request, "Bearer ", token.expose(), "access_token")
}

/// Sets `Authorization` to `scheme` and `secret`; an error names `field`.
pub(crate) fn set_authorization(
    request: &mut Request<Body>,
    scheme: &str,
    secret: &str,
    field: &'static str,
) -> Result<(), HttpError> {
    if !fits_header(secret) {
        return Err(HttpError::bad_request(field));
    }
    let value = Zeroizing::new([scheme, secret].concat());
    set_secret_header(request, header::AUTHORIZATION, &value, field)
}

/// Whether a token can go into a header as it is: at least one character, all of them visible ASCII (S-12).
pub(crate) fn fits_header(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic())
}

/// A `POST` of JSON with a bot's token (`Authorization: Bot …`).
pub(crate) fn post_as_bot(
    base: &BaseUrl,
    path: &str,
    token: &BotToken,
    body: Body,
) -> Result<Request<Body>, HttpError> {
    let mut request = json_post(base, path, body)?;
    set_authorization(&mut request, "Bot ", token.expose(), "bot_token")?;
    Ok(request)
}

/// Reads a successful reply with `decode`; an error names the member at fault.
pub(crate) fn read_reply<T>(
    response: Response<Body>,
    decode: impl FnOnce(&[u8]) -> Result<T, TokenError>,
) -> Result<T, HttpError> {
    let response = check_status(response)?;
    match decode(response.body().as_bytes()) {
        Ok(reply) => Ok(reply),
        Err(error) => Err(HttpError::bad_body(response, error.field())),
    }
}

/// Whether a text can be a user code: 1 to 64 visible ASCII characters (S-24).
pub(crate) fn is_user_code(code: &str) -> bool {
    (1..=64).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_graphic())
}

/// A form (`application/x-www-form-urlencoded`) that is being written.
#[derive(Default)]
pub(crate) struct Form(WipedBytes);

impl Form {
    /// Adds a pair; an empty value counts as absent (S-03).
    pub(crate) fn push(&mut self, name: &'static str, value: &str) {
        if value.is_empty() {
            return;
        }
        if !self.0.is_empty() {
            self.0.push(b"&");
        }
        self.0.push(name.as_bytes());
        self.0.push(b"=");
        escape(value, |part| self.0.push(part.as_bytes()));
    }

    /// Adds a pair whose value must not be empty; the error names it.
    pub(crate) fn push_required(
        &mut self,
        name: &'static str,
        value: &str,
    ) -> Result<(), HttpError> {
        if value.is_empty() {
            return Err(HttpError::bad_request(name));
        }
        self.push(name, value);
        Ok(())
    }

    pub(crate) fn push_some(&mut self, name: &'static str, value: Option<&str>) {
        self.push(name, value.unwrap_or_default());
    }

    /// The `POST` of this form with the client's authentication, in one of the two ways (S-02, O-007, O-096).
    pub(crate) fn post(
        mut self,
        uri: http::Uri,
        client: &Client,
    ) -> Result<Request<Body>, HttpError> {
        let mut request = bodiless(Method::POST, uri);
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().insert(header::CONTENT_TYPE, form);
        let id = client.id().to_string();
        match client {
            Client::Public(_) => self.push("client_id", &id),
            Client::Confidential(client) => {
                let secret = client.secret().expose();
                if secret.is_empty() {
                    return Err(HttpError::bad_request("client_secret"));
                }
                match client.auth() {
                    ClientAuth::Form => {
                        self.push("client_id", &id);
                        self.push("client_secret", secret);
                    }
                    ClientAuth::Basic => set_basic(&mut request, &id, secret)?,
                }
            }
        }
        *request.body_mut() = self.0.into();
        Ok(request)
    }
}

/// `Authorization: Basic`, both halves form-encoded before base64 (RFC 6749, section 2.3.1; S-01).
fn set_basic(request: &mut Request<Body>, id: &str, secret: &str) -> Result<(), HttpError> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let mut pair = WipedBytes::default();
    pair.push(id.as_bytes());
    pair.push(b":");
    escape(secret, |part| pair.push(part.as_bytes()));
    let encoded = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
    set_authorization(request, "Basic ", &encoded, "client_secret")
}

/// Percent-encodes all but RFC 3986's unreserved characters; every form and query decoder understands that.
pub(crate) fn escape(text: &str, mut write: impl FnMut(&str)) {
    let is_reserved =
        |b: u8| !matches!(b, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~');
    let digit = |half: usize| "0123456789ABCDEF".get(half..=half).unwrap_or_default();
    let mut rest = text;
    loop {
        // tokens, states and verifiers need no escaping
        let plain = rest.bytes().position(is_reserved).unwrap_or(rest.len());
        let (before, after) = rest.split_at(plain);
        write(before);
        let mut chars = after.chars();
        let Some(reserved) = chars.next() else {
            return;
        };
        for byte in reserved.encode_utf8(&mut [0; 4]).bytes().map(usize::from) {
            write("%");
            write(digit(byte >> 4));
            write(digit(byte & 15));
        }
        rest = chars.as_str();
    }
}

#[cfg(test)]
mod tests;
