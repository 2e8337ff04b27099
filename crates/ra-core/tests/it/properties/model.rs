//! A second opinion on the desktop's socket: a model written from the requirements, as a table,
//! that knows nothing of the machine's code.

use std::time::Duration;

use proptest::prelude::*;
use ra_core::desktop::session::{
    Config, Event, Input, Outcome, Output, Phase, Session, SessionError,
};
use ra_core::{Jitter, MonoTime};
use ra_proto::CloseCode;
use ra_testkit::FakeKey;

use super::cases;
use crate::desktop_session::{ACK, CANCEL, LOGIN, challenge, fingerprint_frame, user_frame};

const KEY: u64 = 7;

/// An input of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Hello,
    Ack,
    Nonce,
    SealedToAnother,
    OurFingerprint,
    AnotherFingerprint,
    User,
    NoUser,
    Ticket,
    EmptyTicket,
    Cancel,
    UnknownOp,
    Junk,
    Binary,
    Oversized,
    Closed(Option<u16>),
    Lost,
    /// A heartbeat's interval goes by.
    Beat,
    /// More time goes by than anybody waits.
    Ages,
    Nothing,
    GiveUp,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Approved,
    Declined,
    Cancelled,
    /// The gateway broke the protocol.
    Protocol,
    WrongFingerprint,
    ProofRefused,
    Silent,
    Dead,
    Expired,
    Closed,
    Lost,
}

/// All that the model remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Model {
    phase: Phase,
    end: Option<End>,
    qr_shown: bool,
    user_shown: bool,
    /// Our last heartbeat has not been acknowledged.
    unanswered: bool,
}

impl Model {
    fn new() -> Self {
        Self {
            phase: Phase::AwaitHello,
            end: None,
            qr_shown: false,
            user_shown: false,
            unanswered: false,
        }
    }

    fn see(&mut self, sign: Sign) {
        use {Phase as P, Sign as S};
        let over = match (self.phase, sign) {
            (P::Ended, _) => return,
            // R-05, R-07, R-08, R-11, R-15: the way it should go
            (P::AwaitHello, S::Hello) => return self.phase = P::AwaitNonce,
            (P::AwaitNonce, S::Nonce) => return self.phase = P::AwaitInit,
            (P::AwaitInit, S::OurFingerprint) => {
                self.phase = P::AwaitScan;
                self.qr_shown = true;
                return;
            }
            (P::AwaitScan | P::AwaitVerdict, S::User) => {
                self.phase = P::AwaitVerdict;
                self.user_shown = true;
                return;
            }
            (P::AwaitVerdict, S::Ticket) => End::Approved, // R-13
            (P::AwaitScan | P::AwaitVerdict, S::Cancel) => End::Declined, // R-14
            // R-03: skipped
            (_, S::UnknownOp | S::Nothing) => return,
            // R-08
            (P::AwaitInit, S::AnotherFingerprint) => End::WrongFingerprint,
            // R-10: the clock starts with `hello`
            (P::AwaitHello, S::Beat) => return,
            (_, S::Beat) if self.unanswered => End::Dead,
            (_, S::Beat) => return self.unanswered = true,
            (P::AwaitNonce | P::AwaitInit | P::AwaitScan | P::AwaitVerdict, S::Ack) => {
                return self.unanswered = false;
            }
            // R-18, R-19, R-20
            (P::AwaitHello | P::AwaitNonce, S::Ages) => End::Silent,
            (P::AwaitInit, S::Ages) => End::ProofRefused,
            (_, S::Ages) => End::Expired,
            // R-16, R-20
            (_, S::Closed(Some(4003))) => End::Expired,
            (_, S::Closed(Some(4004))) => End::Dead,
            (P::AwaitInit, S::Closed(None | Some(1000 | 4001 | 4002))) => End::ProofRefused,
            (_, S::Closed(_)) => End::Closed,
            (_, S::Lost) => End::Lost,
            (_, S::GiveUp) => End::Cancelled,
            // R-03, R-15, R-17: all the rest, in this phase
            (_, _) => End::Protocol,
        };
        self.phase = P::Ended;
        self.end = Some(over);
    }
}

fn sign() -> impl Strategy<Value = Sign> {
    let signs = [
        Sign::Hello,
        Sign::Nonce,
        Sign::SealedToAnother,
        Sign::OurFingerprint,
        Sign::AnotherFingerprint,
        Sign::User,
        Sign::NoUser,
        Sign::Ticket,
        Sign::EmptyTicket,
        Sign::Cancel,
        Sign::Junk,
        Sign::Binary,
        Sign::Oversized,
        Sign::Lost,
        Sign::Ages,
        Sign::GiveUp,
        Sign::Closed(None),
        Sign::Closed(Some(1000)),
        Sign::Closed(Some(1001)),
        Sign::Closed(Some(4000)),
        Sign::Closed(Some(4001)),
        Sign::Closed(Some(4002)),
        Sign::Closed(Some(4003)),
        Sign::Closed(Some(4004)),
        Sign::Closed(Some(4999)),
    ];
    let harmless = [Sign::Ack, Sign::Beat, Sign::UnknownOp, Sign::Nothing];
    prop_oneof![
        1 => prop::sample::select(signs.to_vec()),
        1 => prop::sample::select(harmless.to_vec()),
    ]
}

/// Signs of which most lead on: the good way, with some drawn signs between its steps.
fn story() -> impl Strategy<Value = Vec<Sign>> {
    let way = [
        Sign::Hello,
        Sign::Nonce,
        Sign::OurFingerprint,
        Sign::User,
        Sign::Ticket,
    ];
    (
        0..=way.len(),
        prop::collection::vec((0usize..6, sign()), 0..8),
    )
        .prop_map(move |(far, between)| {
            let mut signs = way[..far].to_vec();
            for (at, sign) in between {
                signs.insert(at.min(signs.len()), sign);
            }
            signs
        })
}

/// The machine, and what it has shown.
struct Real {
    session: Session,
    now: u64,
    seen: Model,
}

impl Real {
    fn new() -> Self {
        let mut config = Config::default();
        config.answer_within = Duration::from_secs(100);
        let key = Box::new(FakeKey::new(KEY));
        Self {
            session: Session::new(config, key, Jitter::from_seed(9), MonoTime::ZERO),
            now: 0,
            seen: Model::new(),
        }
    }

    fn see(&mut self, sign: Sign) {
        let text = match sign {
            Sign::Hello => {
                r#"{"op":"hello","timeout_ms":900000,"heartbeat_interval":1000}"#.to_owned()
            }
            Sign::Ack => ACK.to_owned(),
            Sign::Nonce => challenge(b"nonce"),
            Sign::SealedToAnother => format!(
                r#"{{"op":"nonce_proof","encrypted_nonce":"{}"}}"#,
                FakeKey::new(1).seal_text("nonce")
            ),
            Sign::OurFingerprint => fingerprint_frame(KEY),
            Sign::AnotherFingerprint => fingerprint_frame(1),
            Sign::User => user_frame("1:0:0:mary"),
            Sign::NoUser => user_frame("1:0:0:"),
            Sign::Ticket => LOGIN.to_owned(),
            Sign::EmptyTicket => r#"{"op":"pending_login","ticket":""}"#.to_owned(),
            Sign::Cancel => CANCEL.to_owned(),
            Sign::UnknownOp => r#"{"op":"future"}"#.to_owned(),
            _ => "junk".to_owned(),
        };
        self.now += match sign {
            Sign::Beat => 1_000,
            Sign::Ages => 3_600_000,
            _ => 0,
        };
        let input = match sign {
            Sign::Binary => Input::Binary,
            Sign::Oversized => Input::Oversized,
            Sign::Closed(code) => Input::Closed(code.map(CloseCode)),
            Sign::Lost => Input::Lost,
            Sign::Beat | Sign::Ages | Sign::Nothing | Sign::GiveUp => Input::Tick,
            _ => Input::Text(&text),
        };
        let now = MonoTime::from_millis(self.now);
        if sign == Sign::GiveUp {
            let _ = self.session.cancel(now); // misuse after the end
        } else {
            self.session.handle(now, input);
        }
        while let Some(output) = self.session.poll_output() {
            match output {
                Output::Event(Event::Qr { .. }) => self.seen.qr_shown = true,
                Output::Event(Event::User(_)) => self.seen.user_shown = true,
                Output::End(end) => self.seen.end = Some(class(&end)),
                _ => {}
            }
        }
        self.seen.phase = self.session.phase();
    }
}

fn class(end: &Result<Outcome, SessionError>) -> End {
    match end {
        Ok(Outcome::Approved { .. }) => End::Approved,
        Ok(Outcome::Declined) => End::Declined,
        Ok(_) => End::Cancelled,
        Err(SessionError::FingerprintMismatch) => End::WrongFingerprint,
        Err(SessionError::ProofRefused(_)) => End::ProofRefused,
        Err(SessionError::Silence { .. }) => End::Silent,
        Err(SessionError::HeartbeatMissed) => End::Dead,
        Err(SessionError::Expired) => End::Expired,
        Err(SessionError::Closed { .. }) => End::Closed,
        Err(SessionError::Lost { .. }) => End::Lost,
        Err(_) => End::Protocol,
    }
}

proptest! {
    #![proptest_config(cases(1024))]

    #[test]
    fn a_desktop_session_does_what_the_model_says(story in story()) {
        let (mut real, mut model) = (Real::new(), Model::new());
        for sign in story {
            real.see(sign);
            model.see(sign);
            model.unanswered &= model.end.is_none();
            real.seen.unanswered = model.unanswered; // not to be seen from outside
            prop_assert_eq!(real.seen, model, "after {:?}", sign);
        }
    }
}
