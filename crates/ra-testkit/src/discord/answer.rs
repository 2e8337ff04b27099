//! Answers: recorded ones, and faults on the way.

use ra_http::MAX_BODY_BYTES;

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// Status line, headers, an empty line, the body.
    Text(String),
    /// Raw bytes.
    Bytes(Vec<u8>),
    /// No answer, until the other side closes.
    Silence,
}

impl Answer {
    /// A recorded answer: status line, headers, an empty line and the body, with plain line ends.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(Kind::Text(text.to_owned()))
    }

    /// A success with this JSON body.
    #[must_use]
    pub fn ok(body: &str) -> Self {
        Self::new(&format!(
            "HTTP/1.1 200 OK\nContent-Type: application/json\n\n{body}"
        ))
    }

    /// A redirect.
    #[must_use]
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::new(&format!("HTTP/1.1 {status} X\nLocation: {location}\n\n"))
    }

    /// A success that is too large.
    #[must_use]
    pub fn oversized() -> Self {
        Self::ok(&format!(
            r#"{{"access_token":"{}"}}"#,
            "x".repeat(2 * MAX_BODY_BYTES)
        ))
    }

    /// No answer at all: the connection stays open and silent.
    #[must_use]
    pub const fn silence() -> Self {
        Self(Kind::Silence)
    }

    /// Cuts the connection in the middle of the body.
    #[must_use]
    pub fn cut(self) -> Self {
        let body = self.body().len();
        let mut bytes = self.into_bytes().unwrap_or_default();
        bytes.truncate(bytes.len() - body.div_ceil(2));
        Self(Kind::Bytes(bytes))
    }

    /// Replaces the text `from` by `to`.
    ///
    /// # Panics
    /// If `from` does not occur.
    #[must_use]
    pub fn with(self, from: &str, to: &str) -> Self {
        let Kind::Text(text) = self.0 else {
            panic!("a recorded answer")
        };
        assert!(text.contains(from), "{from} does not occur");
        Self(Kind::Text(text.replacen(from, to, 1)))
    }

    /// Returns the body of a recorded answer.
    #[must_use]
    pub fn body(&self) -> &str {
        match &self.0 {
            Kind::Text(text) => text.split_once("\n\n").map_or("", |(_, body)| body),
            _ => "",
        }
    }

    /// Returns the bytes on the wire; `None` for silence.
    pub(super) fn into_bytes(self) -> Option<Vec<u8>> {
        let text = match self.0 {
            Kind::Text(text) => text,
            Kind::Bytes(bytes) => return Some(bytes),
            Kind::Silence => return None,
        };
        let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
        let mut out = head.replace('\n', "\r\n");
        if !head.starts_with("HTTP/1.1 204") {
            out.push_str(&format!("\r\nContent-Length: {}", body.len()));
        }
        out.push_str("\r\nConnection: close\r\n\r\n");
        out.push_str(body);
        Some(out.into_bytes())
    }
}

macro_rules! recorded {
    ($($name:ident $file:literal)+) => {
        /// The recorded answers. Where each comes from: `recorded/discord/README.md`.
        pub mod recorded {
            use super::Answer;

            $(
                #[doc = concat!("`", $file, "`")]
                #[must_use]
                pub fn $name() -> Answer {
                    Answer::new(include_str!(concat!("../../recorded/discord/", $file, ".http")))
                }
            )+

            /// Every recorded answer with the name of its file.
            #[must_use]
            pub fn all() -> Vec<(&'static str, Answer)> {
                vec![$(($file, $name())),+]
            }

            /// A recorded ID token that must be refused: `expired`, `other_key`, `other_audience`, `unsigned`,
            /// `other_token` or `unknown_key`.
            ///
            /// # Panics
            /// If there is no such token.
            #[must_use]
            pub fn bad_id_token(name: &str) -> &'static str {
                match name {
                    "expired" => include_str!("../../recorded/discord/id_token_expired.jwt"),
                    "other_key" => include_str!("../../recorded/discord/id_token_other_key.jwt"),
                    "other_audience" => include_str!("../../recorded/discord/id_token_other_audience.jwt"),
                    "unsigned" => include_str!("../../recorded/discord/id_token_unsigned.jwt"),
                    "other_token" => include_str!("../../recorded/discord/id_token_other_token.jwt"),
                    "unknown_key" => include_str!("../../recorded/discord/id_token_unknown_key.jwt"),
                    _ => panic!("no such ID token"),
                }
                .trim_end()
            }
        }
    };
}

recorded! {
    application "application"
    application_tokens "application_tokens"
    authorization "authorization"
    bad_gateway_html "bad_gateway_html"
    bots_only "bots_only"
    device "device"
    device_quick "device_quick"
    device_verified "device_verified"
    error_access_denied "error_access_denied"
    error_authorization_pending "error_authorization_pending"
    error_expired_token "error_expired_token"
    error_invalid_client "error_invalid_client"
    error_invalid_code "error_invalid_code"
    error_invalid_device_code "error_invalid_device_code"
    error_invalid_redirect_uri "error_invalid_redirect_uri"
    error_invalid_refresh_token "error_invalid_refresh_token"
    error_invalid_request "error_invalid_request"
    error_invalid_scope "error_invalid_scope"
    error_invalid_verifier "error_invalid_verifier"
    error_missing_verifier "error_missing_verifier"
    error_slow_down "error_slow_down"
    error_unsupported_grant_type "error_unsupported_grant_type"
    forbidden_html "forbidden_html"
    html_with_200 "html_with_200"
    invalid_access_token "invalid_access_token"
    invalid_form "invalid_form"
    keys "keys"
    me "me"
    me_without_identify "me_without_identify"
    method_not_allowed "method_not_allowed"
    missing_scope "missing_scope"
    no_content "no_content"
    not_found "not_found"
    partner_530010 "partner_530010"
    partner_530010_bot "partner_530010_bot"
    partner_530010_bot_null "partner_530010_bot_null"
    preview "preview"
    rate_limited "rate_limited"
    rate_limited_html "rate_limited_html"
    revoked "revoked"
    to_the_page "to_the_page"
    token "token"
    token_client_credentials "token_client_credentials"
    token_guild "token_guild"
    token_openid "token_openid"
    token_provisional "token_provisional"
    token_provisional_bot "token_provisional_bot"
    token_refreshed "token_refreshed"
    token_webhook "token_webhook"
    tokens "tokens"
    unauthorized "unauthorized"
    unavailable "unavailable"
    unknown_application "unknown_application"
    unknown_token "unknown_token"
    userinfo "userinfo"
}
