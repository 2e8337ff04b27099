//! The test kit's world, scheduled by steps: queues of what is on its way, and what each screen shows.

use std::cell::Cell;
use std::collections::VecDeque;

use http::{Request, Response};
use ra_core::desktop::login::{Config, Event, Login, Outcome, ProofPolicy, Renewal};
use ra_core::desktop::session::Dialect;
use ra_core::gateway::Accept;
use ra_core::mobile::{self, MfaAnswer, Phase};
use ra_core::{CallId, Jitter, Misuse, MonoTime};
use ra_crypto::SessionKey as _;
use ra_http::{Body, TransportErrorKind};
use ra_proto::frame::{DesktopFrame, GatewayFrame};
use ra_proto::rest::MfaMethod;
use ra_proto::{Fingerprint, MfaAnswerText, Token, base64};
use ra_testkit::FakeKey;
use ra_testkit::differential::START;
use ra_testkit::service::{Account, LineId, Service, Wire};
use ra_testkit::world::{Caller, Effect, Parties};

use super::oracle::Oracle;

/// Enough for two desktops that renew, few enough for a fuzzer.
pub(super) const MOST_LINES: LineId = 24;
/// Most texts that the adversary remembers.
const MOST_OVERHEARD: usize = 64;
/// Value of the phones' `Authorization` header.
pub(super) const AUTHORIZATIONS: [&str; 2] = ["canary-ada", "canary-bob"];
/// User ids of the accounts.
pub(super) const IDS: [u64; 2] = [1001, 1002];
/// The right code of a second factor.
const CODE: &str = "123456";

/// Everybody, and everything on its way between them.
pub(super) struct World {
    pub(super) parties: Parties,
    pub(super) oracle: Oracle,
    /// Queues of each socket, in the order of opening. They stay when the socket ends.
    pub(super) lines: Vec<Line>,
    pub(super) calls: VecDeque<(Caller, CallId, Request<Body>)>,
    pub(super) replies: VecDeque<(Caller, CallId, Response<Body>)>,
    pub(super) screens: [Screen; 2],
    /// The latest texts on any socket: the adversary reads along.
    pub(super) overheard: VecDeque<String>,
    settings: u8,
}

/// Messages on their way over one socket.
#[derive(Default)]
pub(super) struct Line {
    pub(super) up: VecDeque<Wire>,
    pub(super) down: VecDeque<Wire>,
}

/// Events of a desktop, and the key of its session.
#[derive(Default)]
pub(super) struct Screen {
    /// The key from `init`.
    pub(super) key: Option<FakeKey>,
    code: Option<Fingerprint>,
    user: Option<u64>,
    /// The desktop got something else than the gateway's own messages in their order.
    pub(super) is_meddled_with: bool,
}

impl World {
    pub(super) fn new(settings: u8, check_canary: bool) -> Self {
        let mut service = Service::new(0);
        service.check_canary = check_canary;
        service.gateway.accept = match settings & 3 {
            1 => Accept::Digest,
            2 => Accept::Nonce,
            _ => Accept::Any,
        };
        let host = &mut service.host;
        host.mint = |kind, number| format!("canary-{kind}-{number}");
        host.accounts = vec![
            Account::new("1001:0:0:ada", AUTHORIZATIONS[0]),
            Account::new("1002:0:0:bob", AUTHORIZATIONS[1]),
        ];
        host.accounts[0].mfa = (settings & 4 != 0).then(|| CODE.to_owned());
        host.captcha = (settings & 8 != 0).then(|| "canary-solution".to_owned());
        let mut world = Self {
            parties: Parties::new(START, service, 2),
            oracle: Oracle::default(),
            lines: Vec::new(),
            calls: VecDeque::new(),
            replies: VecDeque::new(),
            screens: Default::default(),
            overheard: VecDeque::new(),
            settings,
        };
        (0..2).for_each(|d| world.start_desktop(d));
        world
    }

    /// Starts a desktop's program, or ends it and starts it anew.
    pub(super) fn start_desktop(&mut self, d: usize) {
        self.screens[d] = Screen::default();
        let settings = self.settings;
        self.parties.start_desktop(d, |now| login(settings, now));
        self.settle("");
    }

    /// The gateway goes down in order, and comes back without its memory.
    pub(super) fn restart_gateway(&mut self) {
        let now = self.parties.now;
        self.parties.service.restart(now);
        self.settle("");
    }

    pub(super) fn give_key(&mut self, d: usize) {
        if self.parties.desktops[d].wants_key {
            let id = self.oracle.new_key(d);
            self.parties.give_key(d, id);
            self.settle("");
        }
    }

    pub(super) fn connect(&mut self, d: usize, fails: bool) {
        if fails || self.parties.service.opened() >= MOST_LINES {
            self.parties.fail_connect(d, || TransportErrorKind::Connect);
        } else if self.parties.desktops[d].is_connecting {
            self.parties.connect(d);
            self.screens[d].is_meddled_with = false;
        }
        self.settle("");
    }

    /// The adversary opens a socket.
    pub(super) fn open_line(&mut self) {
        let now = self.parties.now;
        if self.parties.service.opened() < MOST_LINES {
            let _ = self.parties.service.connect(now); // it refuses nothing
            self.settle("");
        }
    }

    /// Returns the queues of a desktop's socket.
    pub(super) fn line_of(&mut self, d: usize) -> Option<&mut Line> {
        let line = self.parties.desktops[d].line?;
        Some(self.line(line))
    }

    /// Returns the queues of a socket, whose number is counted from 1.
    pub(super) fn line(&mut self, line: LineId) -> &mut Line {
        let index = line.saturating_sub(1) as usize;
        if self.lines.len() <= index {
            self.lines.resize_with(index + 1, Line::default);
        }
        &mut self.lines[index]
    }

    /// The message at `at`, if there is one, reaches the gateway.
    pub(super) fn carry_up(&mut self, d: usize, at: usize) {
        let wire = self.line_of(d).and_then(|line| line.up.remove(at));
        if let (Some(line), Some(wire)) = (self.parties.desktops[d].line, wire) {
            self.gateway_hears(line, &wire);
        }
    }

    pub(super) fn gateway_hears(&mut self, line: LineId, wire: &Wire) {
        self.parties.to_gateway(line, wire);
        let text = match wire {
            Wire::Text(text) => text,
            _ => "",
        };
        self.settle(text);
    }

    /// The message at `at`, if there is one, reaches the desktop.
    pub(super) fn carry_down(&mut self, d: usize, at: usize) {
        let wire = self.line_of(d).and_then(|line| line.down.remove(at));
        if let Some(wire) = wire {
            self.screens[d].is_meddled_with |= at > 0;
            self.desktop_hears(d, &wire);
        }
    }

    pub(super) fn desktop_hears(&mut self, d: usize, wire: &Wire) {
        if let Some(line) = self.parties.desktops[d].line {
            self.parties.to_desktop(line, wire);
            self.settle("");
        }
    }

    pub(super) fn scan(&mut self, p: usize, account: usize, code: Fingerprint) {
        if let Ok(api) = "https://discord.com/api/v9".parse() {
            let config = mobile::Config::new(api, Token::new(AUTHORIZATIONS[account].to_owned()));
            self.oracle.scans(p, account, code);
            self.parties.scan(p, &config, code);
            self.settle("");
        }
    }

    /// Does what a phone's owner does. The oracle learns of it before anybody else.
    pub(super) fn decide(&mut self, p: usize, act: u8) {
        let Some(phone) = self.parties.phone(p) else {
            return;
        };
        let before = phone.session.machine().phase();
        let code = if act % 8 == 4 { "000000" } else { CODE };
        let answer = || MfaAnswer::new(MfaMethod::Totp, MfaAnswerText::new(code.to_owned()));
        let done = Cell::new(Err(Misuse::Ended));
        self.parties.command_phone(p, |session, now| {
            done.set(match act % 8 {
                0..=2 => session.approve(now),
                3..=5 => session.answer_mfa(now, answer()),
                6 => session.decline(now),
                _ => session.abandon(now),
            });
        });
        match act % 8 {
            0..=2 if done.get().is_ok() => {
                assert_eq!(before, Phase::AwaitDecision, "a yes before the question");
                self.oracle.owner_approves(p);
            }
            6 if done.get().is_ok() => self.oracle.owner_declines(p),
            _ => {}
        }
        self.settle("");
    }

    /// Does what the person at a desktop does. A command that does not fit the moment is refused.
    pub(super) fn command_desktop(&mut self, d: usize, act: impl Fn(&mut Login, MonoTime)) {
        self.parties.command_desktop(d, act);
        self.settle("");
    }

    /// The service answers a call; a copy of the call may stay on its way.
    pub(super) fn answer(&mut self, at: usize, twice: bool) {
        if let Some((caller, id, request)) = self.calls.remove(at) {
            let response = self.serve(&request);
            self.replies.push_back((caller, id, response));
            if twice {
                self.calls.push_back((caller, id, request));
            }
        }
    }

    /// The service answers a call of anybody.
    pub(super) fn serve(&mut self, request: &Request<Body>) -> Response<Body> {
        let response = self.parties.answer(request);
        self.settle("");
        response
    }

    /// A reply reaches its caller, or gets lost on the way.
    pub(super) fn reply(&mut self, at: usize, lost: bool) {
        if let Some((caller, id, response)) = self.replies.remove(at) {
            self.parties.reply(caller, id, (!lost).then_some(&response));
            self.settle("");
        }
    }

    /// Everybody looks at the clock.
    pub(super) fn tick(&mut self) {
        self.parties.tick();
        self.settle("");
    }

    /// Returns whether nothing is on its way.
    pub(super) fn is_quiet(&mut self) -> bool {
        (0..2).all(|d| {
            let desktop = &self.parties.desktops[d];
            let waits = desktop.wants_key || desktop.is_connecting;
            let line = self.line_of(d);
            !waits && line.is_none_or(|line| line.up.is_empty() && line.down.is_empty())
        }) && self.calls.is_empty()
            && self.replies.is_empty()
    }

    /// The last sealed nonce on its way down a socket.
    pub(super) fn challenge(&mut self, line: LineId) -> Option<String> {
        let mut texts = self.line(line).down.iter().rev();
        texts.find_map(|wire| match wire {
            Wire::Text(text) => match GatewayFrame::decode(text) {
                Ok(GatewayFrame::NonceProof { encrypted_nonce }) => {
                    Some(encrypted_nonce.into_owned())
                }
                _ => None,
            },
            _ => None,
        })
    }

    /// Puts all effects on their way, and lets the oracle judge them. `heard` is the text that the gateway got just
    /// now.
    pub(super) fn settle(&mut self, heard: &str) {
        let issued = std::mem::take(&mut self.parties.service.host.issued);
        issued
            .into_iter()
            .for_each(|it| self.oracle.learn(it, heard));
        while let Some(effect) = self.parties.next_effect() {
            match effect {
                Effect::ToGateway(d, line, wire) => {
                    if let Wire::Text(text) = &wire {
                        self.desktop_says(d, text);
                    }
                    self.line(line).up.push_back(wire);
                }
                Effect::ToDesktop(line, wire) => {
                    if let Wire::Text(text) = &wire {
                        self.overhear(text);
                    }
                    self.line(line).down.push_back(wire);
                }
                Effect::Call(caller, id, request) => {
                    if let Caller::Phone(p, _) = caller {
                        self.oracle.phone_calls(p, request.uri().path());
                    }
                    self.calls.push_back((caller, id, request));
                }
                Effect::DesktopEvent(d, event) => self.show(d, &event),
                Effect::DesktopEnd(d, Ok(Outcome::LoggedIn { token, user })) => {
                    let screen = &self.screens[d];
                    let account = self.oracle.token_is_read(token.expose(), screen.code);
                    assert_eq!(screen.user, Some(user.id), "the user was not shown");
                    assert!(
                        screen.is_meddled_with || user.id == IDS[account],
                        "the token belongs to another user than the one shown"
                    );
                }
                _ => {}
            }
        }
    }

    #[allow(clippy::panic)] // is one of the properties
    fn desktop_says(&mut self, d: usize, text: &str) {
        match DesktopFrame::decode(text) {
            Ok(DesktopFrame::Init { encoded_public_key }) => {
                let id = key_id(&encoded_public_key).unwrap_or_default();
                self.oracle.key_is_used(d, id);
                let screen = &mut self.screens[d];
                screen.key = Some(FakeKey::new(id));
                (screen.code, screen.user) = (None, None);
            }
            Ok(DesktopFrame::NonceProof(_)) => {
                if let Some(key) = &self.screens[d].key {
                    self.oracle.proof_is_made(text, fingerprint(key));
                }
            }
            Ok(DesktopFrame::Heartbeat) => {}
            _ => panic!("a desktop sends what no gateway can read"),
        }
        self.overhear(text);
    }

    fn show(&mut self, d: usize, event: &Event) {
        let screen = &mut self.screens[d];
        match event {
            Event::Qr { url, .. } => {
                let own = screen.key.as_ref().map(fingerprint);
                assert_eq!(own, Some(url.fingerprint()), "a code for another key");
                screen.code = own;
            }
            Event::User(user) => {
                assert!(screen.code.is_some(), "a scan of a code that was not shown");
                screen.user = Some(user.id);
            }
            Event::Renewing { .. } => (screen.code, screen.user) = (None, None),
            _ => {}
        }
    }

    fn overhear(&mut self, text: &str) {
        if self.overheard.len() == MOST_OVERHEARD {
            self.overheard.pop_front();
        }
        self.overheard.push_back(text.to_owned());
    }
}

fn login(settings: u8, now: MonoTime) -> Login {
    let mut config = Config::default();
    config.proof = match settings & 0x30 {
        0x10 => ProofPolicy::Only(Dialect::Nonce),
        0x20 => ProofPolicy::Only(Dialect::Digest),
        _ => ProofPolicy::Auto,
    };
    config.renewal = match settings & 0x40 {
        0 => Renewal::Forever,
        _ => Renewal::Limit(1),
    };
    Login::new(config, Jitter::from_seed(settings.into()), now)
}

pub(super) fn fingerprint(key: &FakeKey) -> Fingerprint {
    ra_crypto::fingerprint(key.public_key())
}

/// Returns the id of a fake key.
fn key_id(encoded_public_key: &str) -> Option<u64> {
    let public = base64::decode(encoded_public_key).ok()?;
    let id = public.get(8..16)?.try_into().ok()?;
    Some(u64::from_le_bytes(id))
}
