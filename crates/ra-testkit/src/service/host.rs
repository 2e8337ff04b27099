//! The gateway's REST side according to R-54: a handshake token or ticket works once, for a limited time, for one
//! account.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use http::{Request, Response};
use ra_core::MonoTime;
use ra_crypto::Backend as _;
use ra_http::Body;
use ra_proto::rest::{
    Call, CancelRequest, CreateRequest, CreateResponse, FinishRequest, LoginRequest, LoginResponse,
    MFA_HEADER, MfaFinishRequest, MfaFinishResponse, MfaMethod, MfaRequired,
};
use ra_proto::{
    Fingerprint, HandshakeToken, MfaTicket, MfaToken, SecretBytes, Ticket, User, base64,
};

use super::{LineId, Service};
use crate::{Fake, NoEntropy};

const HANDSHAKE_LIVES: Duration = Duration::from_secs(120);
const TICKET_LIVES: Duration = Duration::from_secs(60);
const CAPTCHA: &[u8] = concat!(
    r#"{"captcha_key":["captcha-required"],"captcha_service":"hcaptcha","captcha_sitekey":"site","#,
    r#""captcha_rqdata":"rq","captcha_rqtoken":"rqt","captcha_session_id":"sid"}"#,
)
.as_bytes();

/// Accounts, and the state of the REST calls.
#[derive(Clone, Debug)]
pub struct Host {
    /// Accounts that phones may speak for.
    pub accounts: Vec<Account>,
    /// Returns the name of the n-th secret of a kind: `handshake`, `ticket`, `token` or `mfa`.
    pub mint: fn(&str, u32) -> String,
    /// The answer to the captcha of the ticket exchange; `None` for no captcha.
    pub captcha: Option<String>,
    /// Responses to the next ticket exchanges, in place of the right ones.
    pub misbehave: VecDeque<Canned>,
    /// Response to the next call of any kind, in place of the right one.
    pub mishap: Option<Canned>,
    /// Secrets the service issued, oldest first. Tests may remove entries.
    pub issued: Vec<Issued>,
    handshakes: HashMap<String, Handshake>,
    tickets: HashMap<String, Redeemable>,
    minted: u32,
}

/// An account.
#[derive(Clone, Debug)]
pub struct Account {
    /// The user that a desktop gets to see.
    pub user: User,
    /// Value of the phone's `Authorization` header.
    pub authorization: String,
    /// The code of the second factor; `None` for no second factor.
    pub mfa: Option<String>,
    /// Tokens of second factors that were passed.
    passed: Vec<String>,
}

impl Account {
    /// Makes an account without a second factor.
    ///
    /// # Panics
    ///
    /// If `payload` is no user payload, such as `1:0:0:nelly`.
    #[must_use]
    pub fn new(payload: &str, authorization: &str) -> Self {
        Self {
            user: User::parse(payload.as_bytes()).expect("a user payload"),
            authorization: authorization.into(),
            mfa: None,
            passed: Vec::new(),
        }
    }
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

/// Something the service gave away. Accounts are indices of [`Host::accounts`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Issued {
    /// Phones may scan this fingerprint.
    Ready(Fingerprint),
    /// A handshake token, for this account and the session with this fingerprint.
    Handshake(String, usize, Fingerprint),
    /// A ticket.
    Ticket(String),
    /// A token, for this account and the session with this fingerprint.
    Token(String, usize, Fingerprint),
}

#[derive(Clone, Debug)]
struct Handshake {
    account: usize,
    code: Fingerprint,
    line: LineId,
    until: MonoTime,
}

/// Account and session of a ticket.
#[derive(Clone, Debug)]
struct Redeemable {
    account: usize,
    code: Fingerprint,
    spki: Vec<u8>,
    until: MonoTime,
}

impl Default for Host {
    fn default() -> Self {
        Self {
            accounts: vec![Account::new(
                "80351110224678912:1337:abcdef:Nelly",
                "phone-token",
            )],
            mint: |kind, number| match kind {
                "token" => "desktop-token".into(),
                _ => format!("{kind}-{number}"),
            },
            captcha: None,
            misbehave: VecDeque::new(),
            mishap: None,
            issued: Vec::new(),
            handshakes: HashMap::new(),
            tickets: HashMap::new(),
            minted: 0,
        }
    }
}

impl Host {
    pub(super) fn forget(&mut self) {
        self.handshakes.clear();
        self.tickets.clear();
    }

    pub(super) fn forget_handshake_of(&mut self, line: LineId) {
        self.handshakes.retain(|_, other| other.line != line);
    }

    fn account_of(&self, request: &Request<Body>) -> Option<usize> {
        let given = request.headers().get("authorization")?;
        self.accounts
            .iter()
            .position(|account| given == &*account.authorization)
    }

    /// Uses a handshake token up, if it is this account's.
    fn take_handshake(&mut self, now: MonoTime, account: usize, token: &str) -> Option<Handshake> {
        let handshake = self.handshakes.get(token)?;
        let good = handshake.account == account && handshake.until > now;
        good.then(|| self.handshakes.remove(token))?
    }

    fn mint(&mut self, kind: &str) -> String {
        self.minted += 1;
        (self.mint)(kind, self.minted)
    }

    fn finish_mfa(&mut self, account: usize, body: &[u8]) -> Response<Body> {
        let Ok(given) = MfaFinishRequest::decode(body) else {
            return error(400, 50035);
        };
        if self.accounts[account].mfa.as_deref() != Some(given.data.expose()) {
            return error(400, 60008);
        }
        let token = self.mint("mfa");
        self.accounts[account].passed.push(token.clone());
        ok(MfaFinishResponse::new(MfaToken::new(token)).encode())
    }
}

impl Service {
    /// Answers a REST call.
    pub fn answer(&mut self, now: MonoTime, request: &Request<Body>) -> Response<Body> {
        if let Some(canned) = self.host.mishap.take() {
            return canned.response();
        }
        let call = Call::match_path(request.uri().path());
        let body = request.body().as_bytes();
        let answer = match (call, self.host.account_of(request)) {
            (Some(Call::Login), _) => Some(self.exchange(now, request)),
            (_, None) => Some(error(401, 0)),
            (Some(Call::Create), Some(account)) => self.create(now, account, body),
            (Some(Call::Finish), Some(account)) => self.approve(now, account, request),
            (Some(Call::Cancel), Some(account)) => self.decline(now, account, body),
            (Some(Call::MfaFinish), Some(account)) => Some(self.host.finish_mfa(account, body)),
            (None, _) => Some(error(404, 0)),
        };
        answer.unwrap_or_else(|| error(404, 10012))
    }

    fn create(&mut self, now: MonoTime, account: usize, body: &[u8]) -> Option<Response<Body>> {
        let code = CreateRequest::decode(body).ok()?.fingerprint;
        let line = *self.ready.get(&code)?;
        let user = self.host.accounts[account].user.clone();
        let attached = self.command(now, line, |it, now| {
            it.session.attach(now, &user, &mut it.entropy)
        });
        if !attached {
            return None;
        }
        self.host.forget_handshake_of(line); // a second scan replaces the first
        let token = self.host.mint("handshake");
        let handshake = Handshake {
            account,
            code,
            line,
            until: now.saturating_add(HANDSHAKE_LIVES),
        };
        self.host.handshakes.insert(token.clone(), handshake);
        let issued = Issued::Handshake(token.clone(), account, code);
        self.host.issued.push(issued);
        Some(ok(CreateResponse::new(HandshakeToken::new(token)).encode()))
    }

    fn approve(
        &mut self,
        now: MonoTime,
        account: usize,
        request: &Request<Body>,
    ) -> Option<Response<Body>> {
        let Ok(finish) = FinishRequest::decode(request.body().as_bytes()) else {
            return Some(error(400, 50035));
        };
        let given = request.headers().get(MFA_HEADER);
        let Account { mfa, passed, .. } = &self.host.accounts[account];
        let has_passed = passed
            .iter()
            .any(|token| given.is_some_and(|given| given == &**token));
        if mfa.is_some() && !has_passed {
            let ticket = MfaTicket::new((self.host.mint)("mfa-ticket", 0));
            let required = MfaRequired::new(ticket, vec![MfaMethod::Totp]);
            return Some(response(401, required.encode().into_vec()));
        }
        let token = finish.handshake_token.expose();
        let Handshake { code, line, .. } = self.host.take_handshake(now, account, token)?;
        let machine = &self.lines.get(&line)?.machine().session;
        let redeemable = Redeemable {
            account,
            code,
            spki: machine.public_key()?.to_vec(),
            until: now.saturating_add(TICKET_LIVES),
        };
        let ticket = Ticket::new(self.host.mint("ticket"));
        if !self.command(now, line, |it, now| it.session.approve(now, &ticket)) {
            return None;
        }
        let ticket = ticket.expose().to_owned();
        self.host.issued.push(Issued::Ticket(ticket.clone()));
        self.host.tickets.insert(ticket, redeemable);
        Some(response(204, Vec::new()))
    }

    fn decline(&mut self, now: MonoTime, account: usize, body: &[u8]) -> Option<Response<Body>> {
        let cancel = CancelRequest::decode(body).ok()?;
        let token = cancel.handshake_token.expose();
        let line = self.host.take_handshake(now, account, token)?.line;
        let done = self.command(now, line, |it, now| it.session.decline(now));
        done.then(|| response(204, Vec::new()))
    }

    fn exchange(&mut self, now: MonoTime, request: &Request<Body>) -> Response<Body> {
        if let Some(canned) = self.host.misbehave.pop_front() {
            return canned.response();
        }
        let given = request.headers().get("x-captcha-key");
        if let Some(expected) = &self.host.captcha
            && given.is_none_or(|given| given != &**expected)
        {
            return response(400, CAPTCHA.to_vec());
        }
        self.redeem(now, request.body().as_bytes())
            .unwrap_or_else(|| error(400, 50035))
    }

    fn redeem(&mut self, now: MonoTime, body: &[u8]) -> Option<Response<Body>> {
        let login = LoginRequest::decode(body).ok()?;
        let redeemable = self.host.tickets.remove(login.ticket.expose())?;
        if redeemable.until <= now {
            return None;
        }
        let token = self.host.mint("token");
        let key = Fake.peer_key(&redeemable.spki).ok()?;
        let sealed = key.seal(token.as_bytes(), &mut NoEntropy).ok()?;
        let issued = Issued::Token(token, redeemable.account, redeemable.code);
        self.host.issued.push(issued);
        Some(ok(
            LoginResponse::new(base64::encode_standard(&sealed)).encode()
        ))
    }
}

impl Canned {
    fn response(&self) -> Response<Body> {
        let mut response = response(self.status, self.body.to_vec());
        for (name, value) in self.headers {
            let value = http::HeaderValue::from_static(value);
            response.headers_mut().insert(*name, value);
        }
        response
    }
}

fn response(status: u16, body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status.try_into().expect("a status");
    response
}

fn ok(body: SecretBytes) -> Response<Body> {
    response(200, body.into_vec())
}

fn error(status: u16, code: u32) -> Response<Body> {
    let body = format!(r#"{{"message":"no","code":{code}}}"#);
    response(status, body.into_bytes())
}
