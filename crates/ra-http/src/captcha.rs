//! Captcha: the challenge as a value, and the retry with a solution that a person made.
//!
//! Nothing here solves a captcha or calls a service that does.

use core::fmt;

use http::{HeaderName, Request};
use zeroize::ZeroizeOnDrop;

use crate::{Body, HttpError, set_secret_header};

const KEY: HeaderName = HeaderName::from_static("x-captcha-key");
const RQTOKEN: HeaderName = HeaderName::from_static("x-captcha-rqtoken");
const SESSION_ID: HeaderName = HeaderName::from_static("x-captcha-session-id");

/// A challenge to be solved by the person at the screen.
///
/// Members that are absent, no text, or not printable ASCII are `None`. `Debug` shows none of them.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CaptchaChallenge {
    /// Provider of the captcha, such as `hcaptcha` (`captcha_service`).
    pub service: Option<String>,
    /// The site key to show the captcha with (`captcha_sitekey`).
    pub sitekey: Option<String>,
    /// Data for the captcha's widget (`captcha_rqdata`).
    pub rqdata: Option<String>,
    /// Goes back with the solution (`captcha_rqtoken`).
    pub rqtoken: Option<String>,
    /// Goes back with the solution (`captcha_session_id`).
    pub session_id: Option<String>,
    /// Why it is asked for, such as `captcha-required` or `invalid-response` (`captcha_key`).
    pub reasons: Vec<String>,
}

impl CaptchaChallenge {
    /// A challenge with a service and a site key and nothing else; the other fields are public.
    #[must_use]
    pub fn new(service: Option<String>, sitekey: Option<String>) -> Self {
        Self {
            service,
            sitekey,
            ..Self::default()
        }
    }
}

impl fmt::Debug for CaptchaChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaptchaChallenge").finish_non_exhaustive()
    }
}

ra_types::secret_text! {
    /// The captcha's response to the person's solution.
    CaptchaSolution;
}

impl ZeroizeOnDrop for CaptchaSolution {}

/// Adds the solution of `challenge` to the call that was refused for it.
///
/// # Errors
/// [`HttpErrorKind::BadRequest`](crate::HttpErrorKind::BadRequest) if the solution is empty or no header can hold it.
pub fn apply_captcha(
    request: &mut Request<Body>,
    challenge: &CaptchaChallenge,
    solution: &CaptchaSolution,
) -> Result<(), HttpError> {
    set_secret_header(request, KEY, solution.expose(), "captcha solution")?;
    if let Some(rqtoken) = &challenge.rqtoken {
        set_secret_header(request, RQTOKEN, rqtoken, "captcha_rqtoken")?;
    }
    if let Some(session_id) = &challenge.session_id {
        set_secret_header(request, SESSION_ID, session_id, "captcha_session_id")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn challenge() -> CaptchaChallenge {
        let mut challenge = CaptchaChallenge::new(Some("canary".into()), Some("canary".into()));
        challenge.rqtoken = Some("canary-rqtoken".into());
        challenge.session_id = Some("canary-session".into());
        challenge
    }

    #[test]
    fn r31_the_retry_carries_the_three_headers() {
        let mut request = Request::new(Body::empty());
        let solution = CaptchaSolution::new("canary-solution");
        apply_captcha(&mut request, &challenge(), &solution).unwrap();
        assert_eq!(request.headers()["X-Captcha-Key"], "canary-solution");
        assert_eq!(request.headers()["X-Captcha-Rqtoken"], "canary-rqtoken");
        assert_eq!(request.headers()["X-Captcha-Session-Id"], "canary-session");
        assert!(!format!("{request:?}").contains("canary"));
    }

    #[test]
    fn r31_absent_members_send_no_header() {
        let mut request = Request::new(Body::empty());
        let solution = CaptchaSolution::new("solution");
        apply_captcha(&mut request, &CaptchaChallenge::default(), &solution).unwrap();
        assert_eq!(request.headers().len(), 1);
    }

    #[test]
    fn r31_an_empty_solution_is_refused() {
        let mut request = Request::new(Body::empty());
        let error =
            apply_captcha(&mut request, &challenge(), &CaptchaSolution::new("")).unwrap_err();
        assert_eq!(error.field(), Some("captcha solution"));
        assert!(request.headers().is_empty());
    }

    #[test]
    fn r34_challenge_and_solution_redact_and_the_solution_is_wiped() {
        fn wiped<T: ZeroizeOnDrop>(_: &T) {}
        let solution = CaptchaSolution::new("canary");
        wiped(&solution);
        assert_eq!(format!("{:?}", challenge()), "CaptchaChallenge { .. }");
        assert_eq!(format!("{solution:?}"), "CaptchaSolution(..)");
    }
}
