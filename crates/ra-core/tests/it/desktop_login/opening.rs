//! Socket and key are under way.

use super::*;
use ra_core::desktop::login::KeyUnavailable;
use ra_core::desktop::session::SessionError;

#[test]
fn r01_r02_key_and_connection_are_asked_for_at_once() {
    let mut stage = Stage::new();
    let outputs = stage.drain();
    match &outputs[..] {
        [Output::NeedKey, Output::Connect(request)] => {
            assert_eq!(request.url, "ws://127.0.0.1:9/?v=2");
            assert_eq!(request.origin, "https://discord.com");
            assert!(request.user_agent.starts_with("remote-auth/"));
            assert_eq!(request.timeout, Duration::from_secs(15));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(stage.login.phase(), Phase::Opening);
}

#[test]
fn the_order_of_key_and_connection_does_not_matter() {
    for key_first in [true, false] {
        let mut stage = Stage::new();
        stage.drain();
        if key_first {
            assert!(stage.key().is_empty());
            assert!(stage.input(Input::Connected).is_empty());
            assert_eq!(names(&stage.say(HELLO)), ["send"]);
        } else {
            assert!(stage.input(Input::Connected).is_empty());
            assert!(stage.say(HELLO).is_empty(), "held until the key is there");
            assert_eq!(names(&stage.key()), ["send"]);
        }
        assert_eq!(
            stage.login.phase(),
            Phase::InSession(session::Phase::AwaitNonce)
        );
    }
}

#[test]
fn r18_a_late_key_does_not_prolong_the_session() {
    let mut stage = Stage::new();
    stage.drain();
    stage.input(Input::Connected);
    stage.say(r#"{"op":"hello","timeout_ms":60000,"heartbeat_interval":300000}"#);
    stage.now += 20_000; // longer than an answer may take
    assert_eq!(
        names(&stage.key()),
        ["send"],
        "but the gateway gets its time from now on"
    );
    assert_eq!(
        stage.login.phase(),
        Phase::InSession(session::Phase::AwaitNonce)
    );
    stage.say(&challenge(b"n"));
    match &stage.say(&crate::desktop_session::fingerprint_frame(KEY))[..] {
        [Output::Event(Event::Qr { expires_in, .. })] => {
            assert_eq!(*expires_in, Duration::from_secs(40))
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn r19_a_silent_gateway_is_left_after_15_seconds_from_the_connection() {
    let mut stage = Stage::new();
    stage.drain();
    stage.input(Input::Connected);
    stage.now += 14_000;
    stage.key();
    assert_eq!(stage.wakes(), (1_000, Wake::Handshake));
    // a key later than that finds the gateway silent
    let mut stage = Stage::new();
    stage.drain();
    stage.input(Input::Connected);
    stage.now += 16_000;
    assert_eq!(names(&stage.key()), ["disconnect", "renewing", "need key"]);
}

#[test]
fn r19_connecting_takes_15_seconds_at_most() {
    let mut stage = Stage::new();
    stage.drain();
    assert_eq!(stage.wakes(), (15_000, Wake::Connect));
    assert!(stage.pass(14_999).is_empty());
    assert_eq!(names(&stage.pass(1)), ["disconnect", "renewing"]);
}

#[test]
fn r19_a_key_takes_a_minute_at_most() {
    let mut stage = Stage::new();
    stage.drain();
    stage.input(Input::Connected);
    assert_eq!(stage.wakes(), (60_000, Wake::Key));
    let outputs = stage.pass(60_000);
    assert_eq!(names(&outputs), ["disconnect", "end badly"]);
    let error = failed(outputs);
    assert!(matches!(error, LoginError::KeyTimeout));
    assert_eq!(error.kind(), LoginErrorKind::Local);
}

#[test]
fn without_a_key_there_is_no_login() {
    for connected in [false, true] {
        let mut stage = Stage::new();
        stage.drain();
        if connected {
            stage.input(Input::Connected);
        }
        let outputs = stage.input(Input::Key(Err(KeyUnavailable)));
        assert_eq!(names(&outputs), ["disconnect", "end badly"]);
        assert_eq!(failed(outputs).kind(), LoginErrorKind::Local);
        assert_eq!(stage.login.deadline(), None);
    }
}

#[test]
fn a_key_that_nobody_asked_for_changes_nothing() {
    let mut stage = Stage::new().until_qr();
    assert!(stage.key().is_empty());
    assert!(stage.input(Input::Key(Err(KeyUnavailable))).is_empty());
    assert!(matches!(stage.login.phase(), Phase::InSession(_)));
}

#[test]
fn answers_that_fit_no_question_change_nothing() {
    let mut stage = Stage::new();
    stage.drain();
    assert!(stage.say(HELLO).is_empty(), "there is no socket yet");
    assert!(stage.input(Input::lost()).is_empty());
    stage.input(Input::Connected);
    assert!(stage.input(Input::Connected).is_empty());
    assert!(stage.input(connect_failed()).is_empty());
    let mut stage = Stage::new().until_qr();
    assert!(stage.input(Input::Connected).is_empty());
    assert!(stage.input(connect_failed()).is_empty());
}

#[test]
fn r17_what_comes_before_the_key_is_bounded() {
    let held = |inputs: &mut dyn FnMut(&mut Stage) -> Vec<Output>| {
        let mut stage = Stage::new();
        stage.drain();
        stage.input(Input::Connected);
        inputs(&mut stage)
    };
    let many = held(&mut |stage| {
        for _ in 0..4 {
            assert!(stage.say(HELLO).is_empty());
        }
        stage.say(HELLO)
    });
    assert!(matches!(
        failed(many),
        LoginError::Session(SessionError::Backlog)
    ));
    let large = "x".repeat(65_537);
    let large = held(&mut |stage| stage.say(&large));
    assert!(matches!(
        failed(large),
        LoginError::Session(SessionError::Oversized)
    ));
    let edge = "x".repeat(65_536);
    assert!(held(&mut |stage| stage.say(&edge)).is_empty());
    let oversized = held(&mut |stage| stage.input(Input::Socket(session::Input::Oversized)));
    assert_eq!(names(&oversized), ["disconnect", "end badly"]);
    let binary = held(&mut |stage| stage.input(Input::Socket(session::Input::Binary)));
    assert!(matches!(
        failed(binary),
        LoginError::Session(SessionError::Binary)
    ));
    // ticks are no messages
    assert!(held(&mut |stage| stage.input(Input::Socket(session::Input::Tick))).is_empty());
}

#[test]
fn a_socket_that_goes_before_the_key_is_there_is_opened_again_with_it() {
    let closes = [
        None,
        Some(CloseCode::HANDSHAKE_FAILURE),
        Some(CloseCode::INVALID_VERSION),
    ];
    for how in closes.map(Input::closed).into_iter().chain([Input::lost()]) {
        let mut config = config();
        config.renewal = ra_core::desktop::login::Renewal::Limit(0); // and it is no renewal
        let mut stage = Stage::with(config);
        stage.drain();
        stage.input(Input::Connected);
        stage.say(HELLO);
        assert!(stage.input(how).is_empty());
        assert_eq!(stage.login.phase(), Phase::Opening);
        assert_eq!(stage.wakes().1, Wake::Key, "still bounded");
        // what the dead socket may still bring is not heard
        assert!(stage.say(HELLO).is_empty());
        assert!(stage.input(Input::lost()).is_empty());
        assert_eq!(names(&stage.key()), ["connect"]);
        stage.input(Input::Connected);
        assert_eq!(names(&stage.say(HELLO)), ["send"]);
    }
    // without a key it ends like any other wait for it, with nothing to hang up
    let mut stage = Stage::new();
    stage.drain();
    stage.input(Input::Connected);
    stage.input(Input::lost());
    assert_eq!(names(&stage.pass(60_000)), ["end badly"]);
}

#[test]
fn r17_what_the_gateway_says_early_is_judged_all_the_same() {
    let mut stage = Stage::new();
    stage.drain();
    stage.input(Input::Connected);
    stage.say("[]");
    let outputs = stage.key();
    assert_eq!(names(&outputs), ["disconnect", "end badly"]);
    assert_eq!(failed(outputs).kind(), LoginErrorKind::Protocol);
}

#[test]
fn r17_a_gateway_cannot_fill_the_queue() {
    let mut stage = Stage::new().until_qr();
    let now = MonoTime::from_millis(stage.now);
    let scan = user_frame("1:0:0:mary");
    for _ in 0..300 {
        stage.login.handle(now, Input::text(&scan));
    }
    let outputs = stage.drain();
    assert_eq!(outputs.len(), 256 + 2);
    assert_eq!(names(&outputs[255..]), ["event", "disconnect", "end badly"]);
    let error = failed(outputs);
    assert!(matches!(error, LoginError::Session(SessionError::Backlog)));
}
