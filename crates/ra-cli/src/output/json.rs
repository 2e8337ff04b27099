//! Events as JSON, one object a line, flushed line by line.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

/// One line of `--json`. Ids and discriminators are text, because JSON numbers lose digits of a snowflake.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event<'a> {
    /// A QR code to show.
    Qr {
        /// What the code says.
        url: Cow<'a, str>,
        /// The last part of `url`.
        fingerprint: Cow<'a, str>,
        /// Milliseconds until it is replaced or the login ends.
        expires_in_ms: u64,
    },
    /// Somebody scanned the code.
    User {
        /// Snowflake.
        id: Cow<'a, str>,
        /// Name.
        username: Cow<'a, str>,
        /// Four digits, or `0`.
        discriminator: Cow<'a, str>,
        /// Avatar hash.
        avatar: Option<Cow<'a, str>>,
    },
    /// A captcha has to be solved.
    Captcha {
        /// Who makes it.
        service: Option<Cow<'a, str>>,
        /// Which one.
        sitekey: Option<Cow<'a, str>>,
    },
    /// The code is being replaced.
    Renewed {
        /// Why.
        reason: Cow<'a, str>,
    },
    /// The phone declined.
    Declined,
    /// Logged in. The one line that holds a secret.
    Token {
        /// The token; absent (`null`) when it went to `--token-file`.
        token: Option<&'a str>,
        /// Whose it is.
        user_id: Cow<'a, str>,
    },
    /// The login failed.
    Error {
        /// Kind.
        kind: &'a str,
        /// One line for people.
        message: &'a str,
        /// `never`, `new_session` or `after:SECONDS`.
        retry: &'a str,
    },
}

/// Writes `event` as one line and flushes it.
///
/// # Errors
/// Those of `out`.
pub fn write(out: &mut impl Write, event: &Event<'_>) -> io::Result<()> {
    serde_json::to_writer(&mut *out, event)?;
    out.write_all(b"\n")?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(event: &Event<'_>) -> String {
        let mut out = Vec::new();
        write(&mut out, event).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_event_is_one_line_of_the_contract() {
        let cases = [
            (
                Event::Qr {
                    url: "u".into(),
                    fingerprint: "f".into(),
                    expires_in_ms: 12,
                },
                r#"{"event":"qr","url":"u","fingerprint":"f","expires_in_ms":12}"#,
            ),
            (
                Event::User {
                    id: "1".into(),
                    username: "a\"\n".into(),
                    discriminator: "0".into(),
                    avatar: None,
                },
                r#"{"event":"user","id":"1","username":"a\"\n","discriminator":"0","avatar":null}"#,
            ),
            (
                Event::Captcha {
                    service: Some("hcaptcha".into()),
                    sitekey: None,
                },
                r#"{"event":"captcha","service":"hcaptcha","sitekey":null}"#,
            ),
            (
                Event::Renewed {
                    reason: "expired".into(),
                },
                r#"{"event":"renewed","reason":"expired"}"#,
            ),
            (Event::Declined, r#"{"event":"declined"}"#),
            (
                Event::Token {
                    token: Some("t"),
                    user_id: "1".into(),
                },
                r#"{"event":"token","token":"t","user_id":"1"}"#,
            ),
            (
                Event::Token {
                    token: None,
                    user_id: "1".into(),
                },
                r#"{"event":"token","token":null,"user_id":"1"}"#,
            ),
            (
                Event::Error {
                    kind: "expired",
                    message: "m",
                    retry: "never",
                },
                r#"{"event":"error","kind":"expired","message":"m","retry":"never"}"#,
            ),
        ];
        for (event, expected) in cases {
            assert_eq!(line(&event), format!("{expected}\n"));
        }
    }
}
