//! The gateway's REST side, as small as can be: handshake tokens, tickets, one account.

use std::collections::{HashMap, VecDeque};

use http::{Request, Response};
use ra_crypto::Backend;
use ra_http::Body;
use ra_proto::rest::{
    Call, CancelRequest, CreateRequest, CreateResponse, FinishRequest, LoginRequest, LoginResponse,
    MFA_HEADER, MfaFinishRequest, MfaFinishResponse, MfaMethod, MfaRequired,
};
use ra_proto::{Fingerprint, HandshakeToken, MfaTicket, MfaToken, Ticket, User};

use crate::{Fake, SeededEntropy};

/// What the host does to calls, beyond what is right.
#[derive(Clone, Debug)]
pub struct Host {
    /// Who scans.
    pub user: User,
    /// What the phone sends in `Authorization`.
    pub authorization: String,
    /// What the desktop is to get.
    pub token: Vec<u8>,
    /// The answer to the captcha that the ticket exchange asks for, if it asks.
    pub captcha: Option<String>,
    /// The code of the second factor that `finish` asks for, if it asks.
    pub mfa: Option<String>,
    /// Responses that the next ticket exchanges get instead of the right ones.
    pub misbehave: VecDeque<Canned>,
    handshakes: HashMap<String, Fingerprint>,
    tickets: HashMap<String, Vec<u8>>,
    counter: u32,
}

/// A canned response.
#[derive(Clone, Copy, Debug)]
pub struct Canned {
    /// Its status.
    pub status: u16,
    /// Its headers, in lower case.
    pub headers: &'static [(&'static str, &'static str)],
    /// Its body.
    pub body: &'static [u8],
}

/// What a call wants of a socket.
#[derive(Debug)]
pub(super) enum Wish {
    Nothing,
    Attach(Fingerprint),
    Approve(Fingerprint, Ticket),
    Decline(Fingerprint),
}

/// The public key of the desktop that shows this fingerprint now.
type Find<'a> = &'a dyn Fn(Fingerprint) -> Option<Vec<u8>>;

impl Default for Host {
    fn default() -> Self {
        let user = User::parse(b"80351110224678912:1337:abcdef:Nelly").expect("a good payload");
        Self {
            user,
            authorization: "phone-token".into(),
            token: b"desktop-token".to_vec(),
            captcha: None,
            mfa: None,
            misbehave: VecDeque::new(),
            handshakes: HashMap::new(),
            tickets: HashMap::new(),
            counter: 0,
        }
    }
}

impl Host {
    pub(super) fn answer(
        &mut self,
        request: &Request<Body>,
        find: Find<'_>,
    ) -> (Response<Body>, Wish) {
        let body = request.body().as_bytes();
        let call = Call::match_path(request.uri().path());
        let phone = request
            .headers()
            .get("authorization")
            .is_some_and(|v| v.as_bytes() == self.authorization.as_bytes());
        match call {
            Some(Call::Login) => (self.login(request), Wish::Nothing),
            _ if !phone => (error(401, 0), Wish::Nothing),
            Some(Call::Create) => match CreateRequest::decode(body) {
                Ok(create) if find(create.fingerprint).is_some() => {
                    let token = self.mint("handshake");
                    self.handshakes.clear(); // a second scan replaces the first
                    self.handshakes.insert(token.clone(), create.fingerprint);
                    let reply = CreateResponse::new(HandshakeToken::new(token))
                        .encode()
                        .into_vec();
                    (ok(reply), Wish::Attach(create.fingerprint))
                }
                _ => (error(404, 10012), Wish::Nothing),
            },
            Some(Call::Finish) => self.finish(request, find),
            Some(Call::Cancel) => match CancelRequest::decode(body)
                .ok()
                .and_then(|cancel| self.handshakes.remove(cancel.handshake_token.expose()))
            {
                Some(fingerprint) => (status(204, Vec::new()), Wish::Decline(fingerprint)),
                None => (error(404, 10012), Wish::Nothing),
            },
            Some(Call::MfaFinish) => (self.finish_mfa(body), Wish::Nothing),
            None => (error(404, 0), Wish::Nothing),
        }
    }

    fn finish(&mut self, request: &Request<Body>, find: Find<'_>) -> (Response<Body>, Wish) {
        let Ok(finish) = FinishRequest::decode(request.body().as_bytes()) else {
            return (error(400, 50035), Wish::Nothing);
        };
        let passed = request
            .headers()
            .get(MFA_HEADER)
            .is_some_and(|v| v == "mfa-passed");
        if self.mfa.is_some() && !passed {
            let required = MfaRequired::new(MfaTicket::new("mfa-ticket"), vec![MfaMethod::Totp]);
            return (status(401, required.encode().into_vec()), Wish::Nothing);
        }
        let scanned = self.handshakes.remove(finish.handshake_token.expose());
        match scanned.and_then(|fingerprint| Some((fingerprint, find(fingerprint)?))) {
            Some((fingerprint, spki)) => {
                let ticket = self.mint("ticket");
                self.tickets.insert(ticket.clone(), spki);
                let wish = Wish::Approve(fingerprint, Ticket::new(ticket));
                (status(204, Vec::new()), wish)
            }
            None => (error(404, 10012), Wish::Nothing),
        }
    }

    fn finish_mfa(&self, body: &[u8]) -> Response<Body> {
        match MfaFinishRequest::decode(body) {
            Ok(answer) if Some(answer.data.expose()) == self.mfa.as_deref() => {
                ok(MfaFinishResponse::new(MfaToken::new("mfa-passed"))
                    .encode()
                    .into_vec())
            }
            Ok(_) => error(400, 60008),
            Err(_) => error(400, 50035),
        }
    }

    fn login(&mut self, request: &Request<Body>) -> Response<Body> {
        if let Some(canned) = self.misbehave.pop_front() {
            let mut response = status(canned.status, canned.body.to_vec());
            for (name, value) in canned.headers {
                let value = http::HeaderValue::from_static(value);
                response.headers_mut().insert(*name, value);
            }
            return response;
        }
        if let Some(expected) = &self.captcha
            && request
                .headers()
                .get("x-captcha-key")
                .is_none_or(|v| v.as_bytes() != expected.as_bytes())
        {
            let body = br#"{"captcha_key":["captcha-required"],"captcha_service":"hcaptcha","captcha_sitekey":"site","captcha_rqdata":"rq","captcha_rqtoken":"rqt","captcha_session_id":"sid"}"#;
            return status(400, body.to_vec());
        }
        let redeemed = LoginRequest::decode(request.body().as_bytes())
            .ok()
            .and_then(|login| self.tickets.remove(login.ticket.expose()));
        match redeemed.and_then(|spki| Fake.peer_key(&spki).ok()) {
            Some(key) => {
                let sealed = key
                    .seal(&self.token, &mut SeededEntropy::new(0))
                    .expect("a short token");
                ok(
                    LoginResponse::new(ra_proto::base64::encode_standard(&sealed))
                        .encode()
                        .into_vec(),
                )
            }
            None => error(400, 50035),
        }
    }

    fn mint(&mut self, what: &str) -> String {
        self.counter += 1;
        format!("{what}-{}", self.counter)
    }
}

fn status(code: u16, body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = http::StatusCode::from_u16(code).expect("a status");
    response
}

fn ok(body: Vec<u8>) -> Response<Body> {
    status(200, body)
}

fn error(code: u16, discord: u32) -> Response<Body> {
    status(
        code,
        format!(r#"{{"message":"no","code":{discord}}}"#).into_bytes(),
    )
}
