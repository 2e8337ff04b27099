//! Random scripts against the contract and a small model.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Step {
    Advance(u64),
    Backwards,
    ToDeadline,
    Reply {
        status: u16,
        code: usize,
        retry_after: Option<u16>,
        stale: bool,
    },
    Fail,
    Cancel,
}

const CODES_OF_ERRORS: [&str; 6] = [
    "authorization_pending",
    "slow_down",
    "expired_token",
    "access_denied",
    "invalid_grant",
    "x",
];

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0_u64..40_000).prop_map(Step::Advance),
        1 => Just(Step::Backwards),
        8 => Just(Step::ToDeadline),
        8 => (0..3_u8, proptest::option::of(0_u16..100), any::<bool>()).prop_map(
            |(code, retry_after, stale)| Step::Reply {
                status: 400, code: code.into(), retry_after, stale: stale && code == 0,
            }
        ),
        4 => (
            prop_oneof![Just(200), Just(400), Just(401), Just(429), Just(500), Just(302)],
            0..CODES_OF_ERRORS.len(),
            proptest::option::of(0_u16..100),
            any::<bool>(),
        )
            .prop_map(|(status, code, retry_after, stale)| Step::Reply {
                status, code, retry_after, stale,
            }),
        3 => Just(Step::Fail),
        1 => Just(Step::Cancel),
    ]
}

/// What a script led to: outputs with the time at which they were there.
struct Run {
    log: Vec<(u64, String)>,
    texts: Vec<String>,
}

fn run(steps: &[Step], interval: u64, expires_in: u64, drain_early: bool) -> Run {
    let mut codes = codes();
    codes.interval = secs(interval);
    codes.expires_in = secs(expires_in);
    let mut rig = Rig::with(&codes);
    let mut log = Vec::new();
    let mut newest = rig.now;
    // the model: when the last word fell, and how long to be quiet after it
    let mut quiet_until = rig.now.saturating_add(secs(interval.max(1)));
    let mut slow_downs = 0;
    for step in steps {
        let asked = match rig.session.state {
            State::Asking { id, .. } => Some(id),
            _ => None,
        };
        match step {
            Step::Advance(millis) => rig.sleep(Duration::from_millis(*millis)),
            Step::Backwards => rig.session.handle(MonoTime::from_millis(0), Input::Tick),
            Step::ToDeadline => {
                if let Some(deadline) = rig.session.deadline() {
                    rig.now = deadline.at;
                }
                rig.session.handle(rig.now, Input::Tick);
            }
            Step::Cancel => {
                let ended = rig.session.has_ended();
                let answer = rig.session.cancel(rig.now);
                assert!(!ended || answer == Err(Misuse::Ended));
                assert!(rig.session.has_ended());
            }
            Step::Fail | Step::Reply { .. } => {
                let poll = &rig.session.context.poll;
                let (reply, stale, slow) = match step {
                    Step::Reply {
                        status,
                        code,
                        retry_after,
                        stale,
                    } => {
                        let code = CODES_OF_ERRORS[*code];
                        let body = if *status == 200 {
                            TOKEN.to_owned()
                        } else {
                            refusal(code)
                        };
                        let wait = retry_after.map(|wait| wait.to_string());
                        let response = response(*status, wait.as_deref(), &body);
                        let slow = code == "slow_down" && matches!(status, 400..=499);
                        (poll.from_http(response), *stale, slow)
                    }
                    _ => (
                        Err(TransportError::new(TransportErrorKind::Lost).into()),
                        false,
                        false,
                    ),
                };
                let id = if stale { Some(CallId(u64::MAX)) } else { asked };
                if let Some(id) = id {
                    if asked == Some(id) {
                        slow_downs += u64::from(slow);
                        quiet_until = rig
                            .now
                            .saturating_add(secs(interval.max(1) + 5 * slow_downs));
                    }
                    rig.session.handle(rig.now, Input::Reply(id, reply));
                } else {
                    rig.session.handle(rig.now, Input::Tick);
                }
            }
        }
        newest = newest.max(rig.now);
        if let Some(deadline) = rig.session.deadline() {
            assert!(deadline.at > newest, "the deadline lies behind");
            assert!(rig.session.interval() == secs(interval.max(1) + 5 * slow_downs));
        }
        if drain_early {
            while let Some(output) = rig.session.poll_output() {
                if matches!(output, Output::Call(_)) {
                    assert!(newest >= quiet_until, "polled too early");
                    assert!(newest < rig.session.expires_at(), "polled too late");
                }
                log.push((newest.as_millis(), format!("{output:?}")));
            }
        }
    }
    let mut texts: Vec<String> = log.iter().map(|(_, text)| text.clone()).collect();
    texts.extend(core::iter::from_fn(|| rig.session.poll_output()).map(|o| format!("{o:?}")));
    assert_eq!(
        texts.last().is_some_and(|text| text.starts_with("End")),
        rig.session.has_ended()
    );
    Run { log, texts }
}

proptest! {
    #[test]
    fn s22_s23_s43_no_script_breaks_the_contract(
        steps in proptest::collection::vec(step(), 0..30),
        interval in 0_u64..20,
        expires_in in 0_u64..600,
    ) {
        let early = run(&steps, interval, expires_in, true);
        let late = run(&steps, interval, expires_in, false);
        prop_assert_eq!(&early.texts, &late.texts, "draining late changes something");
        prop_assert_eq!(early.log.len(), early.texts.len());
        let ends = early.texts.iter().filter(|text| text.starts_with("End")).count();
        prop_assert!(ends <= 1);
        if ends == 1 {
            prop_assert!(early.texts.last().unwrap().starts_with("End"), "the end comes last");
        }
    }

    #[test]
    fn o128_who_only_follows_the_deadlines_comes_to_an_end(
        replies in proptest::collection::vec(0..3_usize, 0..200),
        interval in 0_u64..20,
        expires_in in 0_u64..600,
    ) {
        let mut codes = codes();
        codes.interval = secs(interval);
        codes.expires_in = secs(expires_in);
        let mut rig = Rig::with(&codes);
        let mut replies = replies.into_iter();
        let mut turns = 0;
        while let Some(deadline) = rig.session.deadline() {
            rig.now = deadline.at;
            rig.session.handle(rig.now, Input::Tick);
            while let Some(output) = rig.session.poll_output() {
                if let Output::Call(call) = output {
                    match replies.next() {
                        Some(0) => rig.answer(&call, 400, &refusal("authorization_pending")),
                        Some(1) => rig.answer(&call, 500, ""),
                        Some(_) => rig.answer(&call, 400, &refusal("slow_down")),
                        None => {} // silence
                    }
                }
            }
            turns += 1;
            prop_assert!(turns < 2000);
        }
        prop_assert!(rig.clock() <= secs(expires_in + 30));
    }
}
