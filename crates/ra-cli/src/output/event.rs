//! The events of `--json`.

use serde::Serialize;

/// One line of `--json`. Ids and discriminators are text, because JSON numbers lose digits of a snowflake.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event<'a> {
    /// A QR code to show.
    Qr {
        /// Text of the code.
        url: &'a str,
        /// Last part of `url`.
        fingerprint: String,
        /// Milliseconds until the code is replaced or the login ends.
        expires_in_ms: u64,
    },
    /// Somebody scanned the code.
    User {
        /// Snowflake.
        id: String,
        /// Name.
        username: &'a str,
        /// Four digits, or `0`.
        discriminator: &'a str,
        /// Avatar hash.
        avatar: Option<&'a str>,
    },
    /// A captcha has to be solved.
    Captcha {
        /// Provider of the captcha.
        service: Option<&'a str>,
        /// The provider's key for the site.
        sitekey: Option<&'a str>,
    },
    /// The code is being replaced.
    Renewed {
        /// Reason, as a word.
        reason: &'a str,
    },
    /// The person declined.
    Declined,
    /// Logged in. This is the only event that holds a secret.
    Token {
        /// The token; `null` if it went to `--token-file`.
        token: Option<&'a str>,
        /// Snowflake of the user.
        user_id: String,
    },
    /// The command failed.
    Error {
        /// Word for the kind of failure.
        kind: &'a str,
        /// One line for people.
        message: &'a str,
        /// `never`, `new_session` or `after:SECONDS`.
        retry: &'a str,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_one_line_of_the_contract() {
        let token = |token| Event::Token {
            token,
            user_id: "1".into(),
        };
        let qr = Event::Qr {
            url: "u",
            fingerprint: "f".into(),
            expires_in_ms: 12,
        };
        let user = Event::User {
            id: "1".into(),
            username: "a\"\n",
            discriminator: "0",
            avatar: None,
        };
        let captcha = Event::Captcha {
            service: Some("hcaptcha"),
            sitekey: None,
        };
        let renewed = Event::Renewed { reason: "expired" };
        let error = Event::Error {
            kind: "expired",
            message: "m",
            retry: "never",
        };
        for (event, expected) in [
            (
                qr,
                r#"{"event":"qr","url":"u","fingerprint":"f","expires_in_ms":12}"#,
            ),
            (
                user,
                r#"{"event":"user","id":"1","username":"a\"\n","discriminator":"0","avatar":null}"#,
            ),
            (
                captcha,
                r#"{"event":"captcha","service":"hcaptcha","sitekey":null}"#,
            ),
            (renewed, r#"{"event":"renewed","reason":"expired"}"#),
            (Event::Declined, r#"{"event":"declined"}"#),
            (
                token(Some("t")),
                r#"{"event":"token","token":"t","user_id":"1"}"#,
            ),
            (
                token(None),
                r#"{"event":"token","token":null,"user_id":"1"}"#,
            ),
            (
                error,
                r#"{"event":"error","kind":"expired","message":"m","retry":"never"}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&event).unwrap(), expected);
        }
    }
}
