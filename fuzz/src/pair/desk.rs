use ra_core::Jitter;
use ra_core::desktop::login::{Config, Event, Login, Outcome, Output, ProofPolicy, Renewal};
use ra_core::desktop::session::Dialect;
use ra_crypto::SessionKey as _;
use ra_proto::frame::DesktopFrame;
use ra_proto::{Fingerprint, base64};
use ra_testkit::FakeKey;

use super::host::IDS;
use super::line::Wire;
use super::world::{Caller, World};
use crate::twins::Twins;

/// A desktop, with what it waits for from outside.
pub(super) struct Desk {
    pub(super) login: Twins<Login>,
    /// Counts restarts: what was asked for before one is not answered after it.
    pub(super) life: u32,
    pub(super) wants_key: bool,
    pub(super) is_connecting: bool,
    pub(super) line: Option<usize>,
    /// The key of the session on the line, from `init`.
    pub(super) key: Option<FakeKey>,
    /// The code on the screen.
    code: Option<Fingerprint>,
    /// Who has scanned it, as the screen says.
    user: Option<u64>,
    /// Something else than the gateway's own words, in their order, has reached the desktop.
    pub(super) is_meddled_with: bool,
}

impl Desk {
    pub(super) fn new(login: Twins<Login>, life: u32) -> Self {
        Self {
            login,
            life,
            wants_key: false,
            is_connecting: false,
            line: None,
            key: None,
            code: None,
            user: None,
            is_meddled_with: false,
        }
    }
}

pub(super) fn config(settings: u8) -> (Config, Jitter) {
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
    (config, Jitter::from_seed(settings.into()))
}

pub(super) fn fingerprint(key: &FakeKey) -> Fingerprint {
    ra_crypto::fingerprint(key.public_key())
}

impl World {
    /// Does what a desktop wants done.
    pub(super) fn heed_desk(&mut self, d: usize, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::NeedKey => self.desks[d].wants_key = true,
                Output::Connect(_) => self.desks[d].is_connecting = true,
                Output::Send(text) => self.desk_says(d, text.into_string()),
                Output::Disconnect(code) => {
                    self.desks[d].is_connecting = false;
                    if let Some(line) = self.desks[d].line.take() {
                        self.lines[line].up.push_back(Wire::Close(code));
                    }
                }
                Output::Call(call) => {
                    let caller = Caller::Desk(d, self.desks[d].life);
                    self.call(caller, call);
                }
                Output::Event(event) => self.desk_shows(d, &event),
                Output::End(end) => self.desk_ends(d, end.ok()),
                _ => {}
            }
        }
    }

    #[allow(clippy::panic)] // is one of the properties
    fn desk_says(&mut self, d: usize, text: String) {
        match DesktopFrame::decode(&text) {
            Ok(DesktopFrame::Init { encoded_public_key }) => {
                let id = key_id(&encoded_public_key).unwrap_or_default();
                self.truth.key_is_used(d, id);
                self.desks[d].key = Some(FakeKey::new(id));
                self.desks[d].code = None;
                self.desks[d].user = None;
            }
            Ok(DesktopFrame::NonceProof(_)) => {
                if let Some(key) = &self.desks[d].key {
                    self.truth.proof_is_made(&text, fingerprint(key));
                }
            }
            Ok(DesktopFrame::Heartbeat) => {}
            _ => panic!("a desktop says what no gateway can read"),
        }
        self.overhear(&text);
        if let Some(line) = self.desks[d].line {
            self.lines[line].up.push_back(Wire::Text(text));
        }
    }

    fn desk_shows(&mut self, d: usize, event: &Event) {
        let desk = &mut self.desks[d];
        match event {
            Event::Qr { url, .. } => {
                let own = desk.key.as_ref().map(fingerprint);
                assert_eq!(own, Some(url.fingerprint()), "a code for another key");
                desk.code = own;
            }
            Event::User(user) => {
                assert!(desk.code.is_some(), "a scan of a code that was not shown");
                desk.user = Some(user.id);
            }
            Event::Renewing { .. } => (desk.code, desk.user) = (None, None),
            _ => {}
        }
    }

    fn desk_ends(&mut self, d: usize, outcome: Option<Outcome>) {
        let desk = &self.desks[d];
        if let Some(Outcome::LoggedIn { token, user }) = outcome {
            let account = self.truth.token_is_read(token.expose(), desk.code);
            assert_eq!(desk.user, Some(user.id), "somebody who was not shown");
            assert!(
                desk.is_meddled_with || user.id == IDS[account],
                "the token of somebody else than was shown"
            );
        }
    }
}

/// Which fake key this is.
pub(super) fn key_id(encoded_public_key: &str) -> Option<u64> {
    let public = base64::decode(encoded_public_key).ok()?;
    let id = public.get(8..16)?.try_into().ok()?;
    Some(u64::from_le_bytes(id))
}
