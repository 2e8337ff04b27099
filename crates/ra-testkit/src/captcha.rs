//! A captcha before the ticket exchange, for tests of a gateway.

use std::fmt;

use http::HeaderMap;
use serde_json::json;

/// The challenge that the ticket exchange answers with until somebody sends the solution.
///
/// There is no captcha service behind it: `solution` is what the person at the screen is to type.
/// A request passes if it carries the solution in `X-Captcha-Key`, and, where they are set, the
/// request token in `X-Captcha-Rqtoken` and the session in `X-Captcha-Session-Id`.
#[derive(Clone)]
pub struct Captcha {
    /// `captcha_service`. Default: `hcaptcha`.
    pub service: String,
    /// `captcha_sitekey`.
    pub sitekey: String,
    /// `captcha_rqdata`, left out if `None`.
    pub rqdata: Option<String>,
    /// `captcha_rqtoken`, left out if `None`.
    pub rqtoken: Option<String>,
    /// `captcha_session_id`, left out if `None`.
    pub session_id: Option<String>,
    solution: String,
}

impl Captcha {
    /// A challenge that `solution` solves, with example values in all other fields.
    #[must_use]
    pub fn new(solution: impl Into<String>) -> Self {
        Self {
            service: "hcaptcha".into(),
            sitekey: "00000000-0000-4000-8000-000000000000".into(),
            rqdata: Some("example-rqdata".into()),
            rqtoken: Some("example-rqtoken".into()),
            session_id: Some("example-session".into()),
            solution: solution.into(),
        }
    }

    /// Checks whether a request with these headers may pass.
    fn check(&self, headers: &HeaderMap) -> Result<(), Unsolved> {
        let sent = |name: &str, wanted: &str| {
            headers
                .get(name)
                .is_some_and(|sent| sent.as_bytes() == wanted.as_bytes())
        };
        let echoed = |name: &str, wanted: &Option<String>| {
            wanted.as_deref().is_none_or(|wanted| sent(name, wanted))
        };
        if !headers.contains_key("x-captcha-key") {
            return Err(Unsolved::Missing);
        }
        let solved = sent("x-captcha-key", &self.solution)
            & echoed("x-captcha-rqtoken", &self.rqtoken)
            & echoed("x-captcha-session-id", &self.session_id);
        if solved { Ok(()) } else { Err(Unsolved::Wrong) }
    }

    /// The body of the 400 that carries the challenge.
    fn body(&self, why: Unsolved) -> String {
        let why = match why {
            Unsolved::Missing => "captcha-required",
            Unsolved::Wrong => "invalid-input-response",
        };
        let mut body = json!({
            "captcha_key": [why],
            "captcha_service": self.service,
            "captcha_sitekey": self.sitekey,
        });
        let optional = [
            ("captcha_rqdata", &self.rqdata),
            ("captcha_rqtoken", &self.rqtoken),
            ("captcha_session_id", &self.session_id),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                body[name] = json!(value);
            }
        }
        body.to_string()
    }
}

impl ra_gateway::Captcha for Captcha {
    fn challenge(&self, headers: &HeaderMap) -> Option<String> {
        self.check(headers).err().map(|why| self.body(why))
    }
}

/// Reason a request does not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unsolved {
    Missing,
    Wrong,
}

impl fmt::Debug for Captcha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Captcha")
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn r31_only_the_solution_with_its_echoes_passes() {
        let captcha = Captcha::new("42");
        let echoes = [
            ("x-captcha-rqtoken", "example-rqtoken"),
            ("x-captcha-session-id", "example-session"),
        ];
        let with = |key| headers(&[&[("x-captcha-key", key)], &echoes[..]].concat());
        assert_eq!(captcha.check(&with("42")), Ok(()));
        assert_eq!(captcha.check(&with("43")), Err(Unsolved::Wrong));
        assert_eq!(captcha.check(&headers(&echoes)), Err(Unsolved::Missing));
        assert_eq!(
            captcha.check(&headers(&[("x-captcha-key", "42")])),
            Err(Unsolved::Wrong)
        );
        for echo in echoes {
            let alone = headers(&[("x-captcha-key", "42"), echo]);
            assert_eq!(
                captcha.check(&alone),
                Err(Unsolved::Wrong),
                "{echo:?} alone"
            );
        }
        let mut bare = captcha;
        (bare.rqtoken, bare.session_id) = (None, None);
        assert_eq!(bare.check(&headers(&[("x-captcha-key", "42")])), Ok(()));
    }

    #[test]
    fn r31_the_challenge_has_discords_members() {
        let mut captcha = Captcha::new("42");
        captcha.rqdata = None;
        let body: serde_json::Value =
            serde_json::from_str(&captcha.body(Unsolved::Missing)).unwrap();
        assert_eq!(body["captcha_key"], json!(["captcha-required"]));
        assert_eq!(body["captcha_service"], "hcaptcha");
        assert_eq!(body["captcha_rqtoken"], "example-rqtoken");
        assert_eq!(body.get("captcha_rqdata"), None);
    }

    #[test]
    fn r34_debug_never_shows_the_solution() {
        assert!(!format!("{:?}", Captcha::new("canary-solution")).contains("canary"));
    }
}
