//! R-21: another session with another key and another QR, and when there is none.

use super::*;
use ra_core::desktop::login::{RenewReason, Renewal};

fn limited(renewals: u32) -> Config {
    let mut config = config();
    config.renewal = Renewal::Limit(renewals);
    config
}

/// The reason and the delay of a renewal.
fn renewing(outputs: &[Output]) -> (RenewReason, Duration) {
    outputs
        .iter()
        .find_map(|output| match output {
            Output::Event(Event::Renewing { reason, delay }) => Some((*reason, *delay)),
            _ => None,
        })
        .unwrap_or_else(|| panic!("no renewal: {outputs:?}"))
}

fn expire(stage: &mut Stage) -> Vec<Output> {
    stage.input(Input::closed(Some(CloseCode::SESSION_TIMED_OUT)))
}

#[test]
fn r21_expiry_opens_a_new_session_with_a_new_key() {
    let mut stage = Stage::new().until_qr();
    let outputs = expire(&mut stage);
    assert_eq!(
        names(&outputs),
        ["renewing", "need key"],
        "the key is made during the pause"
    );
    let (reason, delay) = renewing(&outputs);
    assert_eq!((reason, reason.as_str()), (RenewReason::Expired, "expired"));
    assert_eq!(stage.wakes(), (delay.as_millis() as u64, Wake::BackOff));
    stage.key();
    assert_eq!(names(&stage.pass(delay.as_millis() as u64)), ["connect"]);
    stage.show_qr();
}

#[test]
fn r21_what_is_renewed_and_why() {
    let cases: [(&str, RenewReason); 6] = [
        ("expiry by our clock", RenewReason::Expired),
        ("4004", RenewReason::Dead),
        ("no acknowledgement", RenewReason::Dead),
        ("lost", RenewReason::Network),
        ("1000", RenewReason::Network),
        ("1006 and the like", RenewReason::Network),
    ];
    for (case, expected) in cases {
        let mut stage = Stage::new().until_qr();
        let outputs = match case {
            "expiry by our clock" => {
                stage.now += 120_000;
                stage.input(Input::Tick)
            }
            "4004" => stage.input(Input::closed(Some(CloseCode::HEARTBEAT_MISSED))),
            "no acknowledgement" => {
                let (wait, _) = stage.wakes();
                stage.pass(wait);
                stage.pass(41_250)
            }
            "lost" => stage.input(Input::lost()),
            "1000" => stage.input(Input::closed(Some(CloseCode::NORMAL))),
            _ => stage.input(Input::closed(None)),
        };
        assert_eq!(renewing(&outputs).0, expected, "{case}");
    }
    assert_eq!(RenewReason::Dead.as_str(), "dead");
    assert_eq!(RenewReason::Network.as_str(), "network");
    assert_eq!(RenewReason::Fingerprint.as_str(), "fingerprint");
}

#[test]
fn r08_r21_a_wrong_fingerprint_is_another_session_and_no_qr() {
    let mut stage = Stage::new();
    stage.drain();
    for round in 0..3 {
        stage.input(Input::Connected);
        stage.key();
        stage.say(HELLO);
        stage.say(&challenge(b"n"));
        let outputs = stage.say(&crate::desktop_session::fingerprint_frame(KEY + 1));
        assert!(!names(&outputs).contains(&"qr"));
        if round < 2 {
            assert_eq!(renewing(&outputs).0, RenewReason::Fingerprint);
            let (wait, _) = stage.wakes();
            stage.pass(wait);
        } else {
            assert_eq!(
                failed(outputs).kind(),
                LoginErrorKind::Protocol,
                "3 in a row before any QR"
            );
        }
    }
}

#[test]
fn r21_protocol_errors_and_refusals_are_final() {
    let frames = ["[]", HELLO, r#"{"op":"pending_login","ticket":"t"}"#];
    for frame in frames {
        let error = failed(Stage::new().until_qr().say(frame));
        assert_eq!(error.kind(), LoginErrorKind::Protocol, "{frame}");
    }
    let error = failed(
        Stage::new()
            .until_qr()
            .input(Input::closed(Some(CloseCode::INVALID_VERSION))),
    );
    assert_eq!(error.kind(), LoginErrorKind::Refused);
}

#[test]
fn r21_the_back_off_doubles_from_1500_ms_to_30_s_spread_by_a_quarter() {
    let mut config = config();
    config.failures_before_qr = u32::MAX;
    let mut stage = Stage::with(config);
    stage.drain();
    stage.key();
    let doubling = [1_500u64, 3_000, 6_000, 12_000, 24_000];
    // for ever: more often than a number can be doubled
    for expected in doubling.into_iter().chain([30_000; 60]) {
        let (reason, delay) = renewing(&stage.input(connect_failed()));
        assert_eq!(reason, RenewReason::Network);
        let delay = delay.as_millis() as u64;
        assert!(
            (expected - expected / 4..=expected).contains(&delay),
            "{delay} of {expected}"
        );
        assert_eq!(stage.wakes().0, delay);
        assert_eq!(names(&stage.pass(delay)), ["connect"]);
    }
}

#[test]
fn r21_a_shown_qr_resets_the_back_off_and_the_failures() {
    let mut stage = Stage::new();
    stage.drain();
    stage.key();
    for _ in 0..4 {
        // two failures, a QR, two failures …: never three in a row
        for _ in 0..2 {
            stage.input(connect_failed());
            let (wait, _) = stage.wakes();
            stage.pass(wait);
        }
        stage.show_qr();
        let (_, delay) = renewing(&expire(&mut stage));
        assert!(delay <= Duration::from_millis(1_500), "{delay:?}");
        let (wait, _) = stage.wakes();
        stage.pass(wait);
    }
}

#[test]
fn r21_three_failures_in_a_row_before_any_qr_end_it() {
    let mut stage = Stage::new();
    stage.drain();
    for _ in 0..2 {
        assert_eq!(
            renewing(&stage.input(connect_failed())).0,
            RenewReason::Network
        );
        let (wait, _) = stage.wakes();
        stage.pass(wait);
    }
    let outputs = stage.input(connect_failed());
    assert_eq!(names(&outputs), ["end badly"]);
    assert_eq!(failed(outputs).kind(), LoginErrorKind::Network);
}

#[test]
fn r21_the_limit_of_renewals_is_kept() {
    for limit in [0, 1, 3] {
        let mut stage = Stage::with(limited(limit)).until_qr();
        for _ in 0..limit {
            assert_eq!(renewing(&expire(&mut stage)).0, RenewReason::Expired);
            let (wait, _) = stage.wakes();
            stage.pass(wait);
            stage.show_qr();
        }
        let error = failed(expire(&mut stage));
        assert_eq!(error.kind(), LoginErrorKind::Expired);
    }
}

#[test]
fn r21_a_gateway_that_says_when_to_come_back_is_waited_for_up_to_a_minute() {
    let busy = |millis| {
        let kind = TransportErrorKind::upgrade(503, Some(Duration::from_millis(millis)));
        Input::ConnectFailed(TransportError::new(kind))
    };
    let mut stage = Stage::new();
    stage.drain();
    assert_eq!(
        renewing(&stage.input(busy(20_000))).1,
        Duration::from_secs(20)
    );
    let mut stage = Stage::new();
    stage.drain();
    assert_eq!(
        renewing(&stage.input(busy(60_000))).1,
        Duration::from_secs(60)
    );
    let mut stage = Stage::new();
    stage.drain();
    let error = failed(stage.input(busy(60_001)));
    assert_eq!(
        error.retry(),
        ra_core::Retry::After(Duration::from_millis(60_001))
    );
    assert_eq!(error.kind(), LoginErrorKind::Network);
}

#[test]
fn connections_that_cannot_succeed_are_not_tried_again() {
    for (kind, class) in [
        (TransportErrorKind::Tls, LoginErrorKind::Network),
        (
            TransportErrorKind::ProxyCredentials,
            LoginErrorKind::Network,
        ),
        (TransportErrorKind::NotAllowed, LoginErrorKind::Local),
        (
            TransportErrorKind::upgrade(403, None),
            LoginErrorKind::Network,
        ),
        (
            TransportErrorKind::upgrade(302, None),
            LoginErrorKind::Network,
        ),
    ] {
        let mut stage = Stage::new();
        stage.drain();
        let outputs = stage.input(Input::ConnectFailed(TransportError::new(kind)));
        assert_eq!(names(&outputs), ["end badly"], "{kind:?}");
        assert_eq!(failed(outputs).kind(), class, "{kind:?}");
    }
}

#[test]
fn r14_r21_after_a_no_the_caller_decides() {
    let mut stage = Stage::new().until_qr();
    let outputs = stage.say(r#"{"op":"cancel"}"#);
    assert_eq!(names(&outputs), ["disconnect", "end well"]);
    assert!(matches!(
        outputs.last(),
        Some(Output::End(Ok(Outcome::Declined)))
    ));
}

#[test]
fn a_key_failure_during_the_pause_ends_the_login() {
    let mut stage = Stage::new().until_qr();
    expire(&mut stage);
    let outputs = stage.input(Input::Key(Err(ra_core::desktop::login::KeyUnavailable)));
    assert_eq!(
        names(&outputs),
        ["end badly"],
        "and there is nothing to disconnect"
    );
}
