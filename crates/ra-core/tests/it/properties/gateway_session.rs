//! The gateway's socket under random scripts.

use std::sync::Arc;

use proptest::prelude::*;
use ra_core::gateway::{Config, Input, Output, Phase, Session};
use ra_core::{CallId, Deadline, MonoTime};
use ra_crypto::Entropy;
use ra_proto::{CloseCode, Ticket};
use ra_testkit::{Fake, NoEntropy};

use super::{Acted, Machine, NONCE, Seen, cases, check, close_code, junk, script};
use crate::gateway_session::{
    HEARTBEAT, digest_frame, init_frame, nonce_frame, proof_frame, raw_frame, spki, user,
};

/// A session whose nonce is known, and starts with the secret that all scripts share.
struct Gateway {
    session: Session,
    entropy: Canary,
}

/// Entropy that gives out the secret and zeros after it.
struct Canary;

impl Entropy for Canary {
    fn fill(&mut self, dest: &mut [u8]) -> Result<(), ra_crypto::EntropyError> {
        dest.fill(0);
        let known = NONCE.len().min(dest.len());
        dest[..known].copy_from_slice(&NONCE[..known]);
        Ok(())
    }
}

fn nonce() -> [u8; 32] {
    let mut nonce = [0; 32];
    Canary.fill(&mut nonce).unwrap();
    nonce
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// The next step of a good desktop or of a phone's owner.
    Next,
    Any(Deed),
}

#[derive(Clone, Debug)]
pub(crate) enum Deed {
    Text(String),
    NoEntropy(String),
    Binary,
    Oversized,
    Closed(Option<u16>),
    Lost,
    Tick,
    Attach(String),
    Approve,
    Decline,
    ShutDown(u16),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Next),
        3 => Just(Step::Any(Deed::Tick)),
        4 => Just(Step::Any(Deed::Text(HEARTBEAT.to_owned()))),
        2 => frame().prop_map(|frame| Step::Any(Deed::Text(frame))),
        2 => "[a-z]{1,32}".prop_map(|name| Step::Any(Deed::Attach(name))),
        1 => rare().prop_map(Step::Any),
    ]
}

fn frame() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(init_frame(&spki())),
        prop::collection::vec(any::<u8>(), 0..300).prop_map(|spki| init_frame(&spki)),
        Just(digest_frame(&nonce())),
        Just(nonce_frame(&nonce())),
        Just(proof_frame(&ra_crypto::nonce_proof(&nonce()))),
        Just(raw_frame(&ra_crypto::digest_proof(&nonce()))),
        "[A-Za-z0-9_=-]{0,44}".prop_map(|text| proof_frame(&text)),
        "[A-Za-z0-9_=-]{0,44}".prop_map(|text| raw_frame(&text)),
        junk(),
    ]
}

fn rare() -> impl Strategy<Value = Deed> {
    prop_oneof![
        Just(Deed::Binary),
        Just(Deed::Oversized),
        Just(Deed::Lost),
        close_code().prop_map(Deed::Closed),
        Just(Deed::Approve),
        Just(Deed::Decline),
        (1000u16..5000).prop_map(Deed::ShutDown),
        frame().prop_map(Deed::NoEntropy),
    ]
}

impl Machine for Gateway {
    type Step = Step;
    type Deed = Deed;

    fn new() -> Self {
        let config = Arc::new(Config::default());
        Self {
            session: Session::new(config, Arc::new(Fake), MonoTime::ZERO),
            entropy: Canary,
        }
    }

    fn choose(&self, step: &Step, _: &[CallId]) -> Deed {
        match (step, self.session.phase()) {
            (Step::Any(deed), _) => deed.clone(),
            (Step::Next, Phase::AwaitInit) => Deed::Text(init_frame(&spki())),
            (Step::Next, Phase::AwaitProof) => Deed::Text(digest_frame(&nonce())),
            (Step::Next, Phase::AwaitScan) => Deed::Attach("mary".to_owned()),
            (Step::Next, _) => Deed::Approve,
        }
    }

    fn act(&mut self, now: MonoTime, deed: &Deed) -> Acted {
        let session = &mut self.session;
        let (mut none, mut entropy): (_, &mut dyn Entropy) = (NoEntropy, &mut self.entropy);
        let input = match deed {
            Deed::Text(text) => Input::Text(text),
            Deed::NoEntropy(text) => {
                entropy = &mut none;
                Input::Text(text)
            }
            Deed::Binary => Input::Binary,
            Deed::Oversized => Input::Oversized,
            Deed::Closed(code) => Input::Closed(code.map(CloseCode)),
            Deed::Lost => Input::Lost,
            Deed::Tick => Input::Tick,
            Deed::Attach(name) => {
                let answer = session.attach(now, &user(name), entropy);
                return Acted::Commanded(format!("{answer:?}"));
            }
            Deed::Approve => {
                let answer = session.approve(now, &Ticket::new("canary-ticket".to_owned()));
                return Acted::Commanded(format!("{answer:?}"));
            }
            Deed::Decline => return Acted::Commanded(format!("{:?}", session.decline(now))),
            Deed::ShutDown(code) => {
                session.shut_down(now, CloseCode(*code));
                return Acted::Commanded(String::new());
            }
        };
        session.handle(now, input, entropy);
        Acted::Handled(format!("{input:?} {session:?}"))
    }

    fn poll(&mut self) -> Option<Seen> {
        let output = self.session.poll_output()?;
        Some(match &output {
            Output::Send(text) => Seen::new(text.expose().to_owned(), &output),
            Output::Event(event) => Seen::new(format!("{event:?}"), &output),
            Output::Close(code) => Seen::new(code.to_string(), &output),
            Output::End(end) => Seen::end(&output, end, |outcome| format!("{outcome:?}")),
            other => panic!("an output that is not known here: {other:?}"),
        })
    }

    fn deadline(&self) -> Option<Deadline> {
        self.session.deadline()
    }

    fn has_ended(&self) -> bool {
        self.session.phase() == Phase::Ended
    }
}

proptest! {
    #![proptest_config(cases(384))]

    #[test]
    fn a_gateway_session_keeps_its_contract(script in script(Step::Next, 3, step())) {
        check::<Gateway>(&script)?;
    }
}
