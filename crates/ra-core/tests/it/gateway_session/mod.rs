//! The gateway's side of one socket: one file a phase, one for the clocks, one for the endings.

mod await_init;
mod await_proof;
mod clocks;
mod endings;
mod errors;
mod real_keys;
mod scanned;

use std::sync::Arc;

use ra_core::gateway::{Config, Input, Outcome, Output, Phase, Session, SessionError};
use ra_core::{Deadline, MonoTime, Wake};
use ra_crypto::{Backend, SessionKey};
use ra_proto::frame::{DesktopFrame, GatewayFrame, Proof};
use ra_proto::{CloseCode, Ticket, User, base64};
use ra_testkit::{Fake, FakeKey, SeededEntropy};

pub(crate) const HEARTBEAT: &str = r#"{"op":"heartbeat"}"#;
pub(crate) const ACK: &str = r#"{"op":"heartbeat_ack"}"#;
pub(crate) const LIVING: [Phase; 4] = [
    Phase::AwaitInit,
    Phase::AwaitProof,
    Phase::AwaitScan,
    Phase::Scanned,
];
/// Its public key has bytes that the two alphabets of base64 write differently.
const KEY: u64 = u64::MAX;
/// When every session of these tests starts.
pub(crate) const START: u64 = 1_000;

/// A session on a stage: fast-forwards to a phase, plays the desktop, keeps the time.
pub(crate) struct Stage {
    pub(crate) session: Session,
    pub(crate) now: u64,
    pub(crate) entropy: SeededEntropy,
    /// The nonce of the challenge, once it came.
    pub(crate) nonce: Vec<u8>,
}

impl Stage {
    pub(crate) fn with(config: Config, backend: impl Backend + 'static, seed: u64) -> Self {
        let start = MonoTime::from_millis(START);
        Self {
            session: Session::new(Arc::new(config), Arc::new(backend), start),
            now: START,
            entropy: SeededEntropy::new(seed),
            nonce: Vec::new(),
        }
    }

    /// A session in this phase, with nothing left in its queue.
    pub(crate) fn at(phase: Phase) -> Self {
        Self::with(Config::default(), Fake, 3).forward(phase)
    }

    pub(crate) fn forward(mut self, phase: Phase) -> Self {
        self.drain();
        if phase >= Phase::AwaitProof {
            let outputs = self.say(&init_frame(&spki()));
            self.nonce = open(&sent(&outputs));
        }
        if phase >= Phase::AwaitScan {
            self.say(&digest_frame(&self.nonce.clone()));
        }
        if phase >= Phase::Scanned {
            assert_eq!(self.attach(&user("mary")), Ok(()));
            self.drain();
        }
        if phase == Phase::Ended {
            self.session.shut_down(self.time(), CloseCode::GOING_AWAY);
            self.drain();
        }
        assert_eq!(self.session.phase(), phase);
        self
    }

    pub(crate) fn time(&self) -> MonoTime {
        MonoTime::from_millis(self.now)
    }

    /// The desktop says something; what the session puts out.
    pub(crate) fn say(&mut self, frame: &str) -> Vec<Output> {
        self.input(Input::Text(frame))
    }

    pub(crate) fn input(&mut self, input: Input<'_>) -> Vec<Output> {
        let now = self.time();
        self.session.handle(now, input, &mut self.entropy);
        match self.session.deadline() {
            Some(deadline) => assert!(deadline.at > now, "{deadline:?} is not ahead of {now:?}"),
            None => assert_eq!(self.session.phase(), Phase::Ended),
        }
        self.drain()
    }

    pub(crate) fn attach(&mut self, user: &User) -> Result<(), ra_core::Misuse> {
        self.session.attach(self.time(), user, &mut self.entropy)
    }

    /// Time passes, then a tick.
    pub(crate) fn pass(&mut self, millis: u64) -> Vec<Output> {
        self.now += millis;
        self.input(Input::Tick)
    }

    pub(crate) fn drain(&mut self) -> Vec<Output> {
        std::iter::from_fn(|| self.session.poll_output()).collect()
    }

    /// Milliseconds since the start at which the session wakes, and why.
    pub(crate) fn wakes(&self) -> (u64, Wake) {
        let Deadline { at, wake, .. } = self.session.deadline().expect("a living session");
        (at.as_millis() - START, wake)
    }
}

pub(crate) fn spki() -> Vec<u8> {
    SessionKey::public_key(&FakeKey::new(KEY)).to_vec()
}

pub(crate) fn init_frame(spki: &[u8]) -> String {
    let encoded_public_key = base64::encode_standard(spki).into();
    DesktopFrame::Init { encoded_public_key }.encode()
}

/// The answer in the digest dialect.
pub(crate) fn digest_frame(nonce: &[u8]) -> String {
    proof_frame(&ra_crypto::digest_proof(nonce))
}

/// The answer in the nonce dialect.
pub(crate) fn nonce_frame(nonce: &[u8]) -> String {
    raw_frame(&ra_crypto::nonce_proof(nonce))
}

/// A frame whose member `proof` says this.
pub(crate) fn proof_frame(proof: &str) -> String {
    DesktopFrame::NonceProof(Proof::Digest(proof.into())).encode()
}

/// A frame whose member `nonce` says this.
pub(crate) fn raw_frame(nonce: &str) -> String {
    DesktopFrame::NonceProof(Proof::Nonce(nonce.into())).encode()
}

pub(crate) fn user(name: &str) -> User {
    User::parse(format!("80351110224678912:1337:abcdef:{name}").as_bytes()).expect("a good payload")
}

pub(crate) fn ticket() -> Ticket {
    Ticket::new("canary-ticket".to_owned())
}

/// Returns the text that was sent; nothing else may have come.
pub(crate) fn sent(outputs: &[Output]) -> String {
    match outputs {
        [Output::Send(text)] => text.expose().to_owned(),
        other => panic!("not one text: {other:?}"),
    }
}

/// Opens the sealed member of a frame with the desktop's key.
pub(crate) fn open(frame: &str) -> Vec<u8> {
    open_with(&mut FakeKey::new(KEY), frame)
}

pub(crate) fn open_with(key: &mut dyn SessionKey, frame: &str) -> Vec<u8> {
    let sealed = match GatewayFrame::decode(frame).expect("a frame") {
        GatewayFrame::NonceProof { encrypted_nonce } => encrypted_nonce,
        GatewayFrame::PendingTicket {
            encrypted_user_payload,
        } => encrypted_user_payload,
        other => panic!("nothing is sealed in {other:?}"),
    };
    let sealed = base64::decode(&sealed).expect("base64");
    key.open(&sealed).expect("our key").expose().to_vec()
}

/// A failure: this close code, then the end.
pub(crate) fn assert_fails(outputs: &[Output], code: u16, error: &SessionError) {
    match outputs {
        [Output::Close(closed), Output::End(Err(got))] => {
            assert_eq!((closed.0, got), (code, error));
        }
        other => panic!("not a failure: {other:?}"),
    }
}

/// An end that the host brought about, with this close code.
pub(crate) fn assert_closes(outputs: &[Output], code: CloseCode, outcome: Outcome) {
    assert_eq!(outputs, [Output::Close(code), Output::End(Ok(outcome))]);
}
