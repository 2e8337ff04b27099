//! The WebSocket upgrade (RFC 6455, section 4.2).

use http::header::{
    CONNECTION, HeaderMap, HeaderName, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{Method, Request, StatusCode, Version};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::reply::{Reply, empty};
use crate::observe::problem::Problem;

/// The gateway version that we speak.
const VERSION: &str = "2";

/// Returns true if a request asks for a WebSocket.
pub(super) fn is_asked_for<B>(request: &Request<B>) -> bool {
    has_token(request.headers(), UPGRADE, "websocket")
}

/// Answers an upgrade. Offered extensions are ignored. `Origin` headers are looked at
/// elsewhere, and only where the host has asked for it ([`Origins`](crate::Origins)).
pub(super) fn accept<B>(request: &Request<B>) -> Result<Reply, Problem> {
    let headers = request.headers();
    let is_sound = request.method() == Method::GET
        && request.version() == Version::HTTP_11
        && has_token(headers, CONNECTION, "upgrade")
        && headers
            .get(SEC_WEBSOCKET_VERSION)
            .is_some_and(|version| version == "13");
    let key = headers
        .get(SEC_WEBSOCKET_KEY)
        .filter(|key| is_sound && is_key(key.as_bytes()));
    let key = key.ok_or(Problem::BadUpgrade)?;
    let accept = HeaderValue::try_from(derive_accept_key(key.as_bytes()));
    let mut reply = empty(StatusCode::SWITCHING_PROTOCOLS);
    let headers = reply.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept.map_err(|_| Problem::Internal)?);
    Ok(reply)
}

/// Returns true if the query asks for our version.
pub(super) fn version_is_ours(query: Option<&str>) -> bool {
    let mut pairs = query
        .unwrap_or_default()
        .split('&')
        .map(|pair| pair.split_once('='));
    pairs
        .find_map(|pair| pair.filter(|(name, _)| *name == "v"))
        .is_some_and(|(_, v)| v == VERSION)
}

/// Returns true if one of the header's comma-separated values is `token`, in any case.
fn has_token(headers: &HeaderMap, name: HeaderName, token: &str) -> bool {
    let values = headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .any(|value| value.trim().eq_ignore_ascii_case(token))
}

/// Returns true if this is the base64 of 16 bytes.
fn is_key(key: &[u8]) -> bool {
    let key = std::str::from_utf8(key).ok().filter(|key| key.len() == 24);
    key.and_then(|key| ra_proto::base64::decode(key).ok())
        .is_some_and(|key| key.len() == 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Request<()> {
        Request::get("/?v=2")
            .header("connection", "keep-alive, Upgrade")
            .header("upgrade", "WebSocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
            .header("origin", "https://discord.com")
            .header("origin", "https://canary.discord.com")
            .header(
                "sec-websocket-extensions",
                "permessage-deflate; client_max_window_bits",
            )
            .body(())
            .unwrap()
    }

    #[test]
    fn r51_the_answer_is_that_of_the_rfc_and_takes_up_no_extension() {
        let reply = accept(&request()).unwrap();
        assert_eq!(reply.status(), StatusCode::SWITCHING_PROTOCOLS);
        assert_eq!(
            reply.headers()["sec-websocket-accept"],
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        );
        assert!(!reply.headers().contains_key("sec-websocket-extensions"));
    }

    #[test]
    fn r55_upgrades_that_are_not_sound_are_refused() {
        let without = |name: &str| {
            let mut request = request();
            request.headers_mut().remove(name).unwrap();
            accept(&request)
        };
        for name in ["connection", "sec-websocket-version", "sec-websocket-key"] {
            assert_eq!(without(name).unwrap_err(), Problem::BadUpgrade, "{name}");
        }
        let mut short = request();
        short
            .headers_mut()
            .insert("sec-websocket-key", HeaderValue::from_static("c2hvcnQ="));
        assert_eq!(accept(&short).unwrap_err(), Problem::BadUpgrade);
        let mut old = request();
        *old.version_mut() = Version::HTTP_10;
        assert_eq!(accept(&old).unwrap_err(), Problem::BadUpgrade);
        let mut post = request();
        *post.method_mut() = Method::POST;
        assert_eq!(accept(&post).unwrap_err(), Problem::BadUpgrade);
    }

    #[test]
    fn r55_only_version_2_is_ours() {
        for ours in ["v=2", "encoding=json&v=2", "v=2&v=1"] {
            assert!(version_is_ours(Some(ours)), "{ours}");
        }
        for other in [
            None,
            Some(""),
            Some("v=1"),
            Some("v="),
            Some("v"),
            Some("v=22"),
            Some("V=2"),
        ] {
            assert!(!version_is_ours(other), "{other:?}");
        }
    }
}
