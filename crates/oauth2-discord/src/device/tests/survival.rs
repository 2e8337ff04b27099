//! What a flow survives (S-23, S-37).

use super::*;

fn backs_off(rig: &mut Rig, wait: u64) {
    let wait = secs(wait);
    assert_eq!(rig.event(), Event::Unanswered { wait });
    assert_eq!(rig.to_next_poll(), wait);
}

#[test]
fn s37_a_wait_that_was_asked_for_is_told_as_such() {
    for (status, header, wait) in [
        (429, None, 10),
        (429, Some("30"), 30),
        (503, Some("30"), 30),
        (503, Some("1"), 10),
    ] {
        let mut rig = Rig::new();
        let call = rig.call();
        rig.answer_with(&call, response(status, header, ""));
        let wait = secs(wait);
        assert_eq!(rig.event(), Event::AskedToWait { wait }, "{status}");
        assert_eq!(rig.to_next_poll(), wait);
    }
}

#[test]
fn s23_s37_a_wait_that_the_codes_do_not_live_to_see_ends_it() {
    // asked 5 s after the codes came
    for (expires_in, goes_on) in [(35, false), (36, true)] {
        let mut codes = codes();
        codes.expires_in = secs(expires_in);
        let mut rig = Rig::with(&codes);
        let call = rig.call();
        rig.answer_with(&call, response(429, Some("30"), ""));
        let wait = secs(30);
        assert_eq!(rig.event(), Event::AskedToWait { wait });
        assert_eq!(rig.session.has_ended(), !goes_on, "{expires_in}");
        if goes_on {
            rig.call();
        } else {
            assert!(matches!(rig.end(), Err(DeviceError::Expired)));
        }
    }
}

#[test]
fn s23_o135_rate_limits_and_failures_keep_it_alive() {
    for status in [408, 423, 425, 429, 500, 502, 503, 504, 520] {
        let large = " ".repeat(ra_http::MAX_BODY_BYTES + 1);
        let bodies = ["", "<html>", "{}", r#"{"error":"new"}"#, r#"{"code":7}"#];
        for body in [&bodies[..], &[r#"{"error":"access_denied"}"#, &large]].concat() {
            if status < 500 && body.contains("access_denied") {
                continue; // there it is the person who said no
            }
            let mut rig = Rig::new();
            let call = rig.call();
            rig.answer(&call, status, body);
            let wait = secs(10);
            let event = match status {
                429 => Event::AskedToWait { wait },
                _ => Event::Unanswered { wait },
            };
            assert_eq!((rig.event(), rig.to_next_poll()), (event, wait), "{status}");
            let call = rig.call();
            rig.answer(&call, 200, TOKEN);
            assert!(matches!(rig.end(), Ok(Outcome::Granted(_))), "{status}");
        }
    }
}

#[test]
fn s23_o135_codes_for_a_passing_failure_keep_it_alive() {
    for code in ["temporarily_unavailable", "server_error"] {
        let mut rig = Rig::new();
        let call = rig.call();
        rig.answer(&call, 400, &refusal(code));
        backs_off(&mut rig, 10);
    }
}

#[test]
fn s23_a_broken_network_keeps_it_alive() {
    use TransportErrorKind as Kind;
    for kind in [
        Kind::Resolve,
        Kind::Connect,
        Kind::Timeout,
        Kind::Lost,
        Kind::Proxy,
    ] {
        let mut rig = Rig::new();
        for wait in [10, 20, 40, 60, 60] {
            let call = rig.call();
            rig.fail(&call, kind);
            backs_off(&mut rig, wait);
        }
        let call = rig.call();
        rig.answer(&call, 400, &refusal("authorization_pending"));
        assert_eq!(rig.to_next_poll(), secs(5), "an answer ends the back-off");
        assert_eq!(rig.session.interval(), secs(5));
        let call = rig.call();
        rig.fail(&call, kind);
        backs_off(&mut rig, 10); // from the beginning again
    }
}

#[test]
fn o135_a_network_that_is_set_up_wrongly_ends_it() {
    for kind in [
        TransportErrorKind::NotAllowed,
        TransportErrorKind::ProxyCredentials,
        TransportErrorKind::Tls,
    ] {
        let mut rig = Rig::new();
        let call = rig.call();
        rig.fail(&call, kind);
        assert!(
            matches!(rig.end(), Err(DeviceError::Refused(_))),
            "{kind:?}"
        );
    }
}

#[test]
fn s23_a_long_interval_is_lengthened_too() {
    let mut codes = codes();
    codes.interval = secs(100);
    let mut rig = Rig::with(&codes);
    let call = rig.call();
    rig.fail(&call, TransportErrorKind::Timeout);
    let wait = secs(200);
    assert_eq!(rig.event(), Event::Unanswered { wait });
    assert_eq!(
        rig.wake(),
        Wake::Expiry,
        "the next poll would come too late"
    );
}

#[test]
fn s37_waits_of_a_rate_limit_are_kept_and_clamped() {
    for (header, body, wait) in [
        (None, r#"{"retry_after":12.5,"global":true}"#, 12_500),
        (None, r#"{"retry_after":-1}"#, 10_000),
        (None, r#"{"retry_after":"NaN"}"#, 10_000),
        (Some("17"), r#"{"retry_after":1}"#, 17_000),
        (Some("nan"), "<html>", 10_000),
        (Some("99999999999999999999"), "", 24 * 60 * 60 * 1000),
    ] {
        let mut codes = codes();
        codes.expires_in = secs(1_000_000);
        let mut rig = Rig::with(&codes);
        let call = rig.call();
        rig.answer_with(&call, response(429, header, body));
        assert_eq!(
            rig.to_next_poll(),
            Duration::from_millis(wait),
            "{header:?} {body}"
        );
    }
}

#[test]
fn s23_a_call_without_any_reply_is_given_up_on() {
    let mut rig = Rig::new();
    let call = rig.call();
    assert_eq!(rig.wake(), Wake::Call);
    assert_eq!(rig.clock(), secs(35));
    backs_off(&mut rig, 10);
    rig.answer(&call, 400, &refusal("slow_down")); // too late to count
    assert!(rig.session.poll_output().is_none());
    assert_eq!(rig.session.interval(), secs(5));
    rig.call();

    let mut rig = Rig::new();
    rig.session = Session::new(PublicClient::new(Snowflake::new(7)), &codes(), rig.now)
        .call_within(Duration::ZERO);
    rig.call();
    assert_eq!(rig.wake(), Wake::Call);
    assert_eq!(rig.clock(), Duration::from_millis(5001));
}

#[test]
fn a_decision_that_comes_late_still_counts() {
    for (status, body) in [
        (200, TOKEN.to_owned()),
        (400, refusal("access_denied")),
        (400, refusal("expired_token")),
    ] {
        let mut rig = Rig::new();
        let call = rig.call();
        rig.wake();
        rig.event();
        let newer = rig.call();
        rig.answer(&call, status, &body);
        match (status, rig.end()) {
            (200, Ok(Outcome::Granted(_))) => {}
            (400, Ok(Outcome::Denied) | Err(DeviceError::Expired)) => {}
            other => panic!("{other:?}"),
        }
        rig.answer(&newer, 400, &refusal("invalid_grant"));
        assert!(rig.session.poll_output().is_none());
    }
}

#[test]
fn a_late_refusal_leaves_the_decision_to_the_newer_call() {
    let mut rig = Rig::new();
    let call = rig.call();
    rig.wake();
    rig.event();
    let newer = rig.call();
    rig.answer(&call, 400, &refusal("invalid_request"));
    rig.answer(&newer, 200, TOKEN);
    assert!(matches!(rig.end(), Ok(Outcome::Granted(_))));
}

#[test]
fn a_late_reply_that_decides_nothing_leaves_the_newer_call_under_way() {
    for (status, code) in [
        (400, "authorization_pending"),
        (400, "slow_down"),
        (503, "server_error"),
    ] {
        let mut rig = Rig::new();
        let call = rig.call();
        rig.wake();
        rig.event();
        let newer = rig.call();
        let deadline = rig.session.deadline();
        rig.answer(&call, status, &refusal(code));
        assert_eq!(rig.session.deadline(), deadline, "{code}");
        assert!(rig.session.poll_output().is_none(), "{code}");
        rig.answer(&newer, 200, TOKEN);
        assert!(matches!(rig.end(), Ok(Outcome::Granted(_))), "{code}");
    }
}

#[test]
fn a_machine_that_slept_goes_on_or_expires() {
    let mut rig = Rig::new();
    rig.call();
    rig.sleep(secs(100)); // past the time for the reply, and past the next poll
    backs_off(&mut rig, 10);
    rig.sleep(secs(1000));
    assert!(matches!(rig.end(), Err(DeviceError::Expired)));
}
