//! Properties of every machine, checked with random scripts of inputs, commands and times. Most steps are plausible.
//!
//! No panic; one end at most, and last; a deadline that lies ahead, and none after the end; late
//! draining equals early draining; time that runs backwards equals time that stands still; no
//! rendering shows a secret. The desktop's socket is compared with a model besides.

mod desktop_login;
mod desktop_session;
mod gateway_session;
mod mobile_session;
mod model;

use std::error::Error;
use std::fmt::Debug;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use ra_core::{CallId, Deadline, MonoTime};

/// Outputs that may wait before a machine takes them for a flood.
const FLOOD: usize = 256;
/// The challenge that gateways of these scripts give: a secret.
pub(crate) const NONCE: &[u8] = b"canary-nonce";

/// A machine under test, with the means to draw plausible inputs for it.
pub(crate) trait Machine {
    /// A step of a script.
    type Step: Clone + Debug;
    /// The input or command that a step means here; the same for a machine that is drained late.
    type Deed: Clone + Debug;

    fn new() -> Self;
    fn choose(&self, step: &Self::Step, calls: &[CallId]) -> Self::Deed;
    fn act(&mut self, now: MonoTime, deed: &Self::Deed) -> Acted;
    fn poll(&mut self) -> Option<Seen>;
    fn deadline(&self) -> Option<Deadline>;
    fn has_ended(&self) -> bool;
}

/// Result of an input or a command, besides outputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Acted {
    /// It was an input, with this rendering.
    Handled(String),
    /// It was a command, with this answer.
    Commanded(String),
}

/// One output.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// The whole output, secrets included.
    pub(crate) exact: String,
    /// Its texts in Debug, Display and the chain of causes.
    pub(crate) shown: String,
    pub(crate) is_end: bool,
    pub(crate) call: Option<CallId>,
}

impl Seen {
    pub(crate) fn new(exact: String, output: &impl Debug) -> Self {
        Self {
            exact,
            shown: format!("{output:?} {output:#?}"),
            is_end: false,
            call: None,
        }
    }

    /// The end, exact by `exact` where it is an outcome.
    pub(crate) fn end<T, E: Error>(
        output: &impl Debug,
        end: &Result<T, E>,
        exact: impl FnOnce(&T) -> String,
    ) -> Self {
        let exact = match end {
            Ok(outcome) => exact(outcome),
            Err(error) => chain(error),
        };
        let mut seen = Self::new(exact, output);
        if let Err(error) = end {
            seen.shown += &chain(error);
        }
        seen.is_end = true;
        seen
    }
}

fn chain(error: &dyn Error) -> String {
    let mut text = format!("{error:?} {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &format!(" < {error:?} {error}");
        cause = error.source();
    }
    text
}

/// Movement of the clock before a step.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pace {
    On(u64),
    Back(u64),
    /// To so many milliseconds around the deadline.
    Deadline(i64),
}

fn pace() -> impl Strategy<Value = Pace> {
    prop_oneof![
        12 => Just(Pace::On(0)),
        6 => (0u64..3_000).prop_map(Pace::On),
        1 => (0u64..200_000).prop_map(Pace::On),
        2 => (0u64..100_000).prop_map(Pace::Back),
        3 => (-1i64..=1).prop_map(Pace::Deadline),
    ]
}

/// Up to so many good steps, so that most scripts get somewhere, and then any.
pub(crate) fn script<S: Clone + Debug>(
    good: S,
    most: usize,
    step: impl Strategy<Value = S>,
) -> impl Strategy<Value = Vec<(Pace, S)>> {
    let lead = (0u64..100, 0..=most).prop_map(move |(millis, steps)| {
        let step = (Pace::On(millis), good.clone());
        vec![step; steps]
    });
    let rest = prop::collection::vec((pace(), step), 0..40);
    (lead, rest).prop_map(|(lead, rest)| [lead, rest].concat())
}

/// So many scripts; in Miri as many as the environment says.
pub(crate) fn cases(cases: u32) -> ProptestConfig {
    let usual = ProptestConfig::default();
    let cases = if cfg!(miri) { usual.cases } else { cases };
    ProptestConfig { cases, ..usual }
}

/// Runs the script three times: drained after each step, drained at the end, and on a clock that
/// stands still where the first ran backwards.
pub(crate) fn check<M: Machine>(script: &[(Pace, M::Step)]) -> Result<(), TestCaseError> {
    let (deeds, answers, early) = run::<M>(script)?;
    if early.len() < FLOOD {
        let seen = (&answers, exact(&early));
        let (late_answers, late) = replay::<M>(&deeds);
        prop_assert_eq!(seen.clone(), (&late_answers, exact(&late)), "drained late");
        let mut latest = MonoTime::ZERO;
        let steady = deeds.into_iter().map(|(now, deed)| {
            latest = latest.max(now);
            (latest, deed)
        });
        let (steady_answers, steady) = replay::<M>(&steady.collect::<Vec<_>>());
        prop_assert_eq!(seen, (&steady_answers, exact(&steady)), "time backwards");
    }
    let secrets = [
        "canary".to_owned(),
        ra_crypto::nonce_proof(NONCE).to_string(),
        ra_crypto::digest_proof(NONCE).to_string(),
    ];
    let rendered = answers.iter().map(|acted| match acted {
        Acted::Handled(text) | Acted::Commanded(text) => text,
    });
    for text in rendered.chain(early.iter().map(|seen| &seen.shown)) {
        let leak = secrets.iter().find(|secret| text.contains(*secret));
        prop_assert_eq!(leak, None, "{}", text);
    }
    Ok(())
}

/// Does it all again, and drains at the end.
fn replay<M: Machine>(deeds: &[(MonoTime, M::Deed)]) -> (Vec<Acted>, Vec<Seen>) {
    let mut machine = M::new();
    let answers = (deeds.iter())
        .map(|(now, deed)| machine.act(*now, deed))
        .collect();
    let seen = std::iter::from_fn(|| machine.poll()).collect();
    (answers, seen)
}

fn exact(seen: &[Seen]) -> Vec<&str> {
    seen.iter().map(|output| &*output.exact).collect()
}

type Run<M> = (Vec<(MonoTime, <M as Machine>::Deed)>, Vec<Acted>, Vec<Seen>);

/// Runs the script, drained after each step, and checks the contract that all machines share.
fn run<M: Machine>(script: &[(Pace, M::Step)]) -> Result<Run<M>, TestCaseError> {
    let mut machine = M::new();
    let (mut deeds, mut answers, mut seen) = (Vec::new(), Vec::new(), Vec::new());
    let mut calls = Vec::new();
    let (mut now, mut latest) = (0u64, 0u64);
    drain(&mut machine, &mut seen, &mut calls)?;
    for (pace, step) in script {
        now = match (pace, machine.deadline()) {
            (Pace::On(millis), _) => now + millis,
            (Pace::Back(millis), _) => now.saturating_sub(*millis),
            (Pace::Deadline(by), Some(next)) => next.at.as_millis().saturating_add_signed(*by),
            (Pace::Deadline(_), None) => now,
        };
        latest = latest.max(now);
        let time = MonoTime::from_millis(now);
        let deed = machine.choose(step, &calls);
        let acted = machine.act(time, &deed);
        let deadline = machine.deadline();
        if matches!(acted, Acted::Handled(_)) {
            let ahead = deadline.is_none_or(|next| next.at.as_millis() > latest);
            prop_assert!(ahead, "{:?} at {} after {:?}", deadline, latest, deed);
        }
        prop_assert_eq!(deadline.is_none(), machine.has_ended());
        deeds.push((time, deed));
        answers.push(acted);
        drain(&mut machine, &mut seen, &mut calls)?;
        let told = seen.last().is_some_and(|last| last.is_end);
        prop_assert_eq!(
            told,
            machine.has_ended(),
            "an end that is not told, or too early"
        );
    }
    Ok((deeds, answers, seen))
}

/// Takes what waits; nothing may come after an end.
fn drain<M: Machine>(
    machine: &mut M,
    seen: &mut Vec<Seen>,
    calls: &mut Vec<CallId>,
) -> Result<(), TestCaseError> {
    while let Some(output) = machine.poll() {
        let over = seen.last().is_some_and(|last| last.is_end);
        prop_assert!(!over, "after the end: {:?}", output.shown);
        calls.extend(output.call);
        seen.push(output);
    }
    Ok(())
}

/// Everything of a call, secrets included.
pub(crate) fn exact_call(call: &ra_core::HttpCall) -> String {
    let request = &call.request;
    let headers: Vec<_> = (request.headers().iter())
        .map(|(name, value)| (name.as_str(), value.as_bytes().to_vec()))
        .collect();
    format!(
        "{:?} {} {} {headers:?} {:?} {:?}",
        call.id,
        request.method(),
        request.uri(),
        request.body().as_bytes(),
        call.timeout
    )
}

/// Texts that are no frames, or hardly.
pub(crate) fn junk() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("{".to_owned()),
        Just(r#"{"op":7}"#.to_owned()),
        Just("[".repeat(100)),
        "[ -~é]{0,40}",
        "[a-z_]{0,80}".prop_map(|op| format!(r#"{{"op":"{op}","x":[null]}}"#)),
    ]
}

pub(crate) fn close_code() -> impl Strategy<Value = Option<u16>> {
    prop_oneof![
        Just(None),
        prop::sample::select(vec![1000u16, 1001, 1006, 4000, 4001, 4002, 4003, 4004])
            .prop_map(Some),
        (1000u16..5000).prop_map(Some),
    ]
}
