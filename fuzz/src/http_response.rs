//! Target `http_response`: responses to the calls of desktop and phone.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use ra_http::{
    Body, CaptchaChallenge, CaptchaSolution, Endpoint, HttpError, HttpErrorKind, MAX_BODY_BYTES,
    MAX_RETRY_AFTER, Retry,
};
use ra_proto::rest::{
    Cancel, CreateHandshake, ExchangeTicket, Finish, FinishMfa, FinishMfaReply, FinishReply,
};
use ra_proto::rest::{MfaMethod, MfaRequired};
use ra_proto::{Fingerprint, HandshakeToken, MfaAnswerText, MfaTicket, Ticket, Token};
use serde_json::Value;

/// Members that an error may name.
const FIELDS: [&str; 3] = ["handshake_token", "encrypted_token", "token"];
const MOST_METHODS: usize = 32;

/// Reads a response: a status (`400`, or `200*9000` to repeat the body), headers, an empty line, a body. Every
/// endpoint returns a success or the refusal that the status says. Waits are bounded, a captcha's members fit
/// headers, and an error shows only numbers of the response.
///
/// # Panics
/// If a property does not hold.
pub fn http_response(data: &[u8]) {
    let Some(message) = Message::read(data) else {
        return;
    };
    let token = || Token::new("canary".to_owned());
    let handshake = || HandshakeToken::new("canary".to_owned());
    let create = CreateHandshake::new(token(), Fingerprint::from_bytes([7; 32]));
    if let Some(handshake) = message.read_by(&create) {
        message.assert_success();
        assert!(!handshake.expose().is_empty());
        assert_eq!(format!("{handshake:?}"), "HandshakeToken(..)");
    }
    let exchange = ExchangeTicket::new(Ticket::new("canary".to_owned()), None);
    if let Some(sealed) = message.read_by(&exchange) {
        message.assert_success();
        assert!(sealed.len() < message.body.len());
    }
    if let Some(()) = message.read_by(&Cancel::new(token(), handshake())) {
        message.assert_success();
    }
    match message.read_by(&Finish::new(token(), handshake(), false, None)) {
        Some(FinishReply::Mfa(required)) => message.assert_asked(&required),
        Some(_) => message.assert_success(),
        None => {}
    }
    let ticket = MfaTicket::new("canary".to_owned());
    let answer = MfaAnswerText::new("canary".to_owned());
    match message.read_by(&FinishMfa::new(token(), ticket, MfaMethod::Totp, answer)) {
        Some(FinishMfaReply::Token(passed)) => {
            message.assert_success();
            assert!(!passed.expose().is_empty());
            assert_eq!(format!("{passed:?}"), "MfaToken(..)");
        }
        Some(_) => message.assert_code(60008),
        None => {}
    }
}

struct Message {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Message {
    fn read(data: &[u8]) -> Option<Self> {
        let (line, mut rest) = line(data);
        let (status, times) = line.split_once('*').unwrap_or((line, "1"));
        let status = StatusCode::from_u16(status.parse().ok()?).ok()?;
        let mut headers = HeaderMap::new();
        loop {
            let (header, after) = self::line(rest);
            rest = after;
            let Some((name, value)) = header.split_once(':') else {
                break;
            };
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            headers.append(name, HeaderValue::from_str(value).ok()?);
        }
        let times = times.parse::<u16>().ok()?.into();
        let fits = rest.len().saturating_mul(times) <= 2 * MAX_BODY_BYTES;
        fits.then(|| Self {
            status,
            headers,
            body: rest.repeat(times),
        })
    }

    fn response(&self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body.clone()));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers.clone();
        response
    }

    fn read_by<E: Endpoint>(&self, endpoint: &E) -> Option<E::Reply> {
        let reply = endpoint.from_http(self.response());
        reply.map_err(|error| self.assert_error(&error)).ok()
    }

    fn is_too_large(&self) -> bool {
        self.body.len() > MAX_BODY_BYTES
    }

    fn assert_success(&self) {
        assert!(self.status.is_success() && !self.is_too_large());
    }

    fn assert_asked(&self, required: &MfaRequired) {
        self.assert_code(MfaRequired::CODE);
        assert!(!required.ticket.expose().is_empty());
        assert_eq!(format!("{:?}", required.ticket), "MfaTicket(..)");
        assert!(required.methods.len() <= MOST_METHODS);
    }

    /// A refusal with this code of Discord's, read once more by other means.
    fn assert_code(&self, code: u64) {
        assert!(!self.status.is_success() && !self.is_too_large());
        if let Ok(body) = serde_json::from_slice::<Value>(&self.body) {
            assert_eq!(body["code"].as_u64(), Some(code));
        }
    }

    fn assert_error(&self, error: &HttpError) {
        let expected = match self.status.as_u16() {
            _ if self.is_too_large() => HttpErrorKind::BodyTooLarge,
            200..300 => HttpErrorKind::BadBody,
            300..400 => HttpErrorKind::Redirect,
            429 => HttpErrorKind::RateLimited,
            400 if error.captcha().is_some() => HttpErrorKind::Captcha,
            _ => HttpErrorKind::Status,
        };
        assert_eq!(error.kind(), expected);
        assert_eq!(error.status(), Some(self.status));
        assert!(error.field().is_none_or(|field| FIELDS.contains(&field)));
        assert!(error.field().is_none() || expected == HttpErrorKind::BadBody);
        let kept = error.dangerous_body();
        assert!(self.is_too_large() || kept == self.body);
        if let Some(challenge) = error.captcha() {
            assert_eq!(self.status, StatusCode::BAD_REQUEST);
            assert_challenge(challenge);
        }
        self.assert_waits(error);
        assert_shown(error);
    }

    fn assert_waits(&self, error: &HttpError) {
        assert!(
            error
                .retry_after()
                .is_none_or(|wait| wait <= MAX_RETRY_AFTER)
        );
        match error.retry() {
            Retry::After(wait) => assert!(wait <= MAX_RETRY_AFTER),
            _ => assert_ne!(error.kind(), HttpErrorKind::RateLimited),
        }
        let asked = self.headers.get("retry-after");
        let asked = asked.and_then(|value| value.to_str().ok()).map(str::trim);
        let digits = |text: &&str| text.len() < 9 && text.bytes().all(|b| b.is_ascii_digit());
        let asked = asked.filter(digits).and_then(|text| text.parse().ok());
        if let Some(seconds) = asked
            && error.kind() != HttpErrorKind::BadBody
        {
            let wait = Duration::from_secs(seconds).min(MAX_RETRY_AFTER);
            assert_eq!(error.retry_after(), Some(wait), "the header counts");
        }
    }
}

/// Its members may be shown on a terminal, and go into headers with a solution.
#[allow(clippy::expect_used)] // are two of the properties
fn assert_challenge(challenge: &CaptchaChallenge) {
    let members = [
        &challenge.service,
        &challenge.sitekey,
        &challenge.rqdata,
        &challenge.rqtoken,
        &challenge.session_id,
    ];
    for text in members.into_iter().flatten().chain(&challenge.reasons) {
        assert!(text.bytes().all(|byte| matches!(byte, b' '..=b'~')));
    }
    assert_eq!(format!("{challenge:?}"), "CaptchaChallenge { .. }");
    let solved = (challenge.clone(), CaptchaSolution::new("canary"));
    let again = ExchangeTicket::new(Ticket::new("canary".to_owned()), Some(solved));
    let base = "https://discord.com/api/v9".parse().expect("an address");
    let request = again.to_http(&base).expect("what was read can be sent");
    for (name, text) in [
        ("x-captcha-rqtoken", &challenge.rqtoken),
        ("x-captcha-session-id", &challenge.session_id),
    ] {
        let sent = request.headers().get(name).map(HeaderValue::as_bytes);
        assert_eq!(sent, text.as_ref().map(String::as_bytes), "{name}");
    }
    assert!(!format!("{request:?}").contains("canary"));
}

/// Checks that an error shows only its kind, its numbers and our own names.
fn assert_shown(error: &HttpError) {
    let status = error.status().map(|status| status.as_u16());
    let (kind, code, field) = (error.kind(), error.code(), error.field());
    let wait = error.retry_after();
    let debug = format!(
        "HttpError {{ kind: {kind:?}, status: {status:?}, code: {code:?}, field: {field:?}, \
         retry_after: {wait:?}, transport: None, .. }}"
    );
    assert_eq!(format!("{error:?}"), debug);
    let mut line = match kind {
        HttpErrorKind::Status => "the call was refused".to_owned(),
        HttpErrorKind::RateLimited => "too many calls".to_owned(),
        HttpErrorKind::Captcha => "a captcha has to be solved".to_owned(),
        HttpErrorKind::Redirect => "a redirect was refused".to_owned(),
        HttpErrorKind::BodyTooLarge => "the response is too large".to_owned(),
        _ => format!("the response makes no sense at {}", field.unwrap_or("body")),
    };
    line += &status.map_or(String::new(), |status| format!(", status {status}"));
    line += &code.map_or(String::new(), |code| format!(", code {code}"));
    line += &wait.map_or(String::new(), |wait| {
        format!(", retry after {} s", wait.as_secs_f64())
    });
    assert_eq!(error.to_string(), line);
}

/// The first line, without its end, and what follows it. What is not text is no line.
fn line(data: &[u8]) -> (&str, &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n');
    let (line, rest) = match end.and_then(|end| data.split_at_checked(end)) {
        Some((line, rest)) => (line, rest.get(1..).unwrap_or_default()),
        None => (data, &[][..]),
    };
    (core::str::from_utf8(line).unwrap_or_default(), rest)
}
