//! When polls go out.

use super::*;

const PENDING: &str = "authorization_pending";

fn with_interval(interval: &str) -> DeviceAuthorization {
    let json = format!(
        r#"{{"device_code":"d","user_code":"U","verification_uri":"https://discord.com/activate",
            "expires_in":300{interval}}}"#
    );
    DeviceAuthorization::decode(json.as_bytes()).unwrap()
}

#[test]
fn o128_a_poll_an_interval_until_the_codes_expire() {
    let mut rig = Rig::new();
    assert_eq!(
        rig.session.expires_at(),
        MonoTime::from_millis(START + 300_000)
    );
    for n in 1..=59 {
        let call = rig.call();
        assert_eq!(rig.clock(), secs(5 * n));
        rig.answer(&call, 400, &refusal(PENDING));
    }
    assert_eq!(rig.wake(), Wake::Expiry);
    assert_eq!(rig.clock(), secs(300));
    assert!(matches!(rig.end(), Err(DeviceError::Expired)));
}

#[test]
fn o128_o131_pending_waits_the_interval_from_the_reply_on() {
    let mut rig = Rig::new();
    let call = rig.call();
    rig.sleep(secs(3)); // the answer takes its time
    rig.answer(&call, 400, &refusal(PENDING));
    assert_eq!(rig.to_next_poll(), secs(5));
    assert_eq!(rig.session.interval(), secs(5));
    assert!(rig.session.poll_output().is_none(), "pending is no event");
}

#[test]
fn s22_the_interval_is_five_seconds_unless_it_is_said_and_never_under_one() {
    for (interval, wait) in [
        ("", 5),
        (r#","interval":null"#, 5),
        (r#","interval":0"#, 1),
        (r#","interval":1"#, 1),
        (r#","interval":5"#, 5),
        (r#","interval":30"#, 30),
    ] {
        let mut rig = Rig::with(&with_interval(interval));
        rig.call();
        assert_eq!(rig.clock(), secs(wait), "{interval}");
    }
}

#[test]
fn o132_s22_each_slow_down_adds_five_seconds_for_good() {
    let mut rig = Rig::new();
    for interval in [10, 15, 20] {
        let call = rig.call();
        rig.answer(&call, 400, &refusal("slow_down"));
        let interval = secs(interval);
        assert_eq!(rig.event(), Event::SlowedDown { interval });
        assert_eq!(rig.to_next_poll(), interval);
    }
    let call = rig.call();
    rig.answer(&call, 400, &refusal(PENDING));
    assert_eq!(
        rig.to_next_poll(),
        secs(20),
        "pending does not take it back"
    );
    let call = rig.call();
    rig.answer(&call, 429, &refusal("slow_down"));
    assert_eq!(rig.to_next_poll(), secs(25), "whatever the status");
}

#[test]
fn s23_a_wait_that_the_service_asks_for_counts_if_it_is_longer() {
    for (status, code, header, wait) in [
        (400, PENDING, "30", 30),
        (400, PENDING, "2", 5),
        (400, "slow_down", "30", 30),
        (400, "slow_down", "1", 10),
        (429, "x", "30", 30),
        (429, "x", "1", 10),
    ] {
        let mut rig = Rig::new();
        let call = rig.call();
        rig.answer_with(&call, response(status, Some(header), &refusal(code)));
        assert_eq!(rig.to_next_poll(), secs(wait), "{status} {code} {header}");
    }
}

#[test]
fn one_call_at_a_time() {
    let mut rig = Rig::new();
    let call = rig.call();
    rig.sleep(secs(29));
    assert!(rig.session.poll_output().is_none());
    rig.answer(&call, 400, &refusal(PENDING));
    assert_eq!(rig.to_next_poll(), secs(5));
}

#[test]
fn time_that_runs_backwards_stands_still() {
    let mut rig = Rig::new();
    let call = rig.call();
    let late = rig.now;
    rig.now = MonoTime::from_millis(0);
    rig.answer(&call, 400, &refusal(PENDING));
    let deadline = rig.session.deadline().unwrap();
    assert_eq!(deadline.at, late.saturating_add(secs(5)));
    rig.session.handle(MonoTime::from_millis(1), Input::Tick);
    assert_eq!(rig.session.deadline(), Some(deadline));
}

#[test]
fn polls_are_left_out_if_nobody_carries_them_out() {
    let mut codes = with_interval(r#","interval":1"#);
    codes.expires_in = secs(1_000_000);
    for first_is_event in [false, true] {
        let mut rig = Rig::with(&codes);
        if first_is_event {
            rig.call();
        }
        while rig
            .session
            .deadline()
            .is_some_and(|deadline| deadline.wake != Wake::Expiry)
        {
            rig.now = rig.session.deadline().unwrap().at;
            rig.session.handle(rig.now, Input::Tick);
            assert!(
                rig.session
                    .deadline()
                    .is_none_or(|deadline| deadline.at > rig.now)
            );
            if rig.clock() > secs(100_000) {
                break;
            }
        }
        let outputs = core::iter::from_fn(|| rig.session.poll_output()).count();
        assert_eq!(outputs, 64);
        rig.wake(); // drained, it goes on
        assert!(matches!(rig.session.poll_output(), Some(Output::Call(_))));
    }
}
