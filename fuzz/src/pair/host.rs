use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use http::{Request, Response};
use ra_core::MonoTime;
use ra_crypto::Backend as _;
use ra_http::Body;
use ra_proto::rest::{
    Call, CancelRequest, CreateRequest, CreateResponse, FinishRequest, LoginRequest, LoginResponse,
    MFA_HEADER, MfaFinishRequest, MfaFinishResponse, MfaMethod, MfaRequired,
};
use ra_proto::{Fingerprint, HandshakeToken, MfaTicket, MfaToken, Ticket, User, base64};
use ra_testkit::{Fake, NoEntropy};

use super::truth::Account;
use super::world::World;

pub(super) const AUTHORIZATIONS: [&str; 2] = ["canary-ada", "canary-bob"];
pub(super) const IDS: [u64; 2] = [1001, 1002];
/// The right answer to a second factor.
pub(super) const CODE: &str = "123456";
const NAMES: [&str; 2] = ["ada", "bob"];
const MFA_TOKENS: [&str; 2] = ["canary-passed-ada", "canary-passed-bob"];
const HANDSHAKE_LIVES: Duration = Duration::from_secs(120);
const TICKET_LIVES: Duration = Duration::from_secs(60);

/// The REST side, as R-54 wants it: everything is good once, for a while, for those whom it was made for.
#[derive(Default)]
pub(super) struct Host {
    /// Which accounts have a second factor.
    pub(super) mfa: [bool; 2],
    pub(super) captcha: bool,
    /// What the next call meets instead of an answer.
    pub(super) mishap: Option<u8>,
    /// Which line shows each code.
    ready: HashMap<Fingerprint, usize>,
    handshakes: BTreeMap<String, Handshake>,
    tickets: BTreeMap<String, Sealed>,
    minted: u32,
}

struct Handshake {
    account: Account,
    code: Fingerprint,
    line: usize,
    until: MonoTime,
}

/// What a ticket is good for.
struct Sealed {
    account: Account,
    code: Fingerprint,
    public_key: Vec<u8>,
    until: MonoTime,
}

impl Host {
    /// All that was kept in memory is gone.
    pub(super) fn forget(&mut self) {
        self.ready.clear();
        self.handshakes.clear();
        self.tickets.clear();
    }

    pub(super) fn is_ready(&mut self, code: Fingerprint, line: usize) {
        self.ready.insert(code, line);
    }

    pub(super) fn is_over(&mut self, line: usize) {
        self.ready.retain(|_, of| *of != line);
        self.handshakes
            .retain(|_, handshake| handshake.line != line);
    }

    fn mint(&mut self, what: &str) -> String {
        self.minted += 1;
        format!("canary-{what}-{}", self.minted)
    }
}

impl World {
    /// Answers a REST call.
    pub(super) fn serve(&mut self, request: &Request<Body>) -> Response<Body> {
        if let Some(kind) = self.host.mishap.take() {
            return mishap(kind);
        }
        let authorization = request.headers().get("authorization");
        let account = AUTHORIZATIONS
            .iter()
            .position(|known| authorization.is_some_and(|given| given == known));
        let body = request.body().as_bytes();
        let served = match (Call::match_path(request.uri().path()), account) {
            (Some(Call::Login), _) => self.exchange(request),
            (_, None) => return refused(401, 0),
            (Some(Call::Create), Some(account)) => self.create(account, body),
            (Some(Call::Finish), Some(account)) => self.approve(account, request),
            (Some(Call::Cancel), Some(account)) => self.decline(account, body),
            (Some(Call::MfaFinish), Some(account)) => second_factor(account, body),
            (None, Some(_)) => None,
        };
        served.unwrap_or_else(|| refused(404, 10012))
    }

    fn create(&mut self, account: Account, body: &[u8]) -> Option<Response<Body>> {
        let code = CreateRequest::decode(body).ok()?.fingerprint;
        let line = *self.host.ready.get(&code)?;
        let payload = format!("{}:0:0:{}", IDS[account], NAMES[account]);
        let user = User::parse(payload.as_bytes()).ok()?;
        let done = Cell::new(false);
        let gate = self.lines[line].gate.at(self.now);
        let outputs = gate.command(|gate, now| {
            let attached = gate.session.attach(now, &user, &mut gate.entropy);
            done.set(attached.is_ok());
        });
        self.heed_line(line, outputs);
        if !done.get() || !self.host.ready.contains_key(&code) {
            return None;
        }
        // whoever scanned before is replaced
        self.host.handshakes.retain(|_, other| other.line != line);
        let token = self.host.mint("handshake");
        let until = self.now.saturating_add(HANDSHAKE_LIVES);
        let handshake = Handshake {
            account,
            code,
            line,
            until,
        };
        self.host.handshakes.insert(token.clone(), handshake);
        self.truth.handshakes.push((token.clone(), account, code));
        let reply = CreateResponse::new(HandshakeToken::new(token));
        Some(answer(200, reply.encode().into_vec()))
    }

    fn approve(&mut self, account: Account, request: &Request<Body>) -> Option<Response<Body>> {
        let finish = FinishRequest::decode(request.body().as_bytes()).ok()?;
        let passed = request.headers().get(MFA_HEADER);
        if self.host.mfa[account] && passed.is_none_or(|given| given != MFA_TOKENS[account]) {
            let ticket = MfaTicket::new("canary-mfa".to_owned());
            let required = MfaRequired::new(ticket, vec![MfaMethod::Totp]);
            return Some(answer(401, required.encode().into_vec()));
        }
        let handshake = self.take_handshake(account, finish.handshake_token.expose())?;
        let line = handshake.line;
        let gate = self.lines[line].gate.at(self.now);
        let public_key = gate.machine().session.public_key()?.to_vec();
        let ticket = Ticket::new(self.host.mint("ticket"));
        let done = Cell::new(false);
        let outputs = gate.command(|gate, now| {
            done.set(gate.session.approve(now, &ticket).is_ok());
        });
        if done.get() {
            let sealed = Sealed {
                account,
                code: handshake.code,
                public_key,
                until: self.now.saturating_add(TICKET_LIVES),
            };
            self.truth.tickets.push(ticket.expose().to_owned());
            self.host.tickets.insert(ticket.expose().to_owned(), sealed);
        }
        self.heed_line(line, outputs);
        done.get().then(|| answer(204, Vec::new()))
    }

    fn decline(&mut self, account: Account, body: &[u8]) -> Option<Response<Body>> {
        let cancel = CancelRequest::decode(body).ok()?;
        let line = self
            .take_handshake(account, cancel.handshake_token.expose())?
            .line;
        let done = Cell::new(false);
        let gate = self.lines[line].gate.at(self.now);
        let outputs = gate.command(|gate, now| done.set(gate.session.decline(now).is_ok()));
        self.heed_line(line, outputs);
        done.get().then(|| answer(204, Vec::new()))
    }

    /// Uses a handshake token up, if it is this account's.
    fn take_handshake(&mut self, account: Account, token: &str) -> Option<Handshake> {
        let handshake = self.host.handshakes.get(token)?;
        let good = handshake.account == account && handshake.until > self.now;
        good.then(|| self.host.handshakes.remove(token))?
    }

    fn exchange(&mut self, request: &Request<Body>) -> Option<Response<Body>> {
        if self.host.captcha && !request.headers().contains_key("x-captcha-key") {
            let challenge = r#"{"captcha_key":["captcha-required"],"captcha_service":"hcaptcha","captcha_rqtoken":"rq"}"#;
            return Some(answer(400, challenge.as_bytes().to_vec()));
        }
        let login = LoginRequest::decode(request.body().as_bytes()).ok()?;
        let sealed = self.host.tickets.remove(login.ticket.expose())?;
        if sealed.until <= self.now {
            return None;
        }
        let token = self.host.mint("token");
        self.truth
            .token_is_made(&token, sealed.account, sealed.code);
        let key = Fake.peer_key(&sealed.public_key).ok()?;
        let sealed = key.seal(token.as_bytes(), &mut NoEntropy).ok()?;
        let reply = LoginResponse::new(base64::encode_standard(&sealed));
        Some(answer(200, reply.encode().into_vec()))
    }
}

fn second_factor(account: Account, body: &[u8]) -> Option<Response<Body>> {
    let given = MfaFinishRequest::decode(body).ok()?;
    if given.data.expose() != CODE {
        return Some(refused(400, 60008));
    }
    let token = MfaToken::new(MFA_TOKENS[account].to_owned());
    let reply = MfaFinishResponse::new(token);
    Some(answer(200, reply.encode().into_vec()))
}

/// What a busy, broken or lying host says.
fn mishap(kind: u8) -> Response<Body> {
    match kind % 6 {
        0 => answer(429, br#"{"retry_after":0.5}"#.to_vec()),
        1 => answer(502, b"<html>canary".to_vec()),
        2 => answer(302, Vec::new()),
        3 => answer(200, b"{}".to_vec()),
        4 => answer(
            200,
            br#"{"encrypted_token":"AAAA","handshake_token":"canary-made-up","token":"canary"}"#
                .to_vec(),
        ),
        _ => answer(204, Vec::new()),
    }
}

fn refused(status: u16, code: u32) -> Response<Body> {
    let body = format!(r#"{{"message":"canary","code":{code}}}"#);
    answer(status, body.into_bytes())
}

fn answer(status: u16, body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    if let Ok(status) = http::StatusCode::from_u16(status) {
        *response.status_mut() = status;
    }
    response
}
