//! Inputs that end a session in every phase; nothing comes after the end.

use ra_core::Misuse;
use ra_core::gateway::{Input, Outcome, Output, Phase, SessionError};
use ra_proto::CloseCode;
use ra_proto::frame::{MAX_DEPTH, MAX_FRAME_BYTES};

use super::*;

#[test]
fn r51_a_desktop_may_leave_with_any_code_or_none() {
    for phase in LIVING {
        for code in [1000, 1001, 1006, 4004, 4999] {
            let code = Some(CloseCode(code));
            let outputs = Stage::at(phase).input(Input::Closed(code));
            assert_eq!(outputs, [Output::End(Ok(Outcome::Left(code)))]);
        }
        for input in [Input::Closed(None), Input::Lost] {
            let mut stage = Stage::at(phase);
            let outputs = stage.input(input);
            assert_eq!(outputs, [Output::End(Ok(Outcome::Left(None)))]);
            assert_eq!(stage.session.phase(), Phase::Ended);
        }
    }
}

#[test]
fn the_host_may_end_it_with_any_code() {
    for phase in LIVING {
        for code in [CloseCode::GOING_AWAY, CloseCode(4999)] {
            let mut stage = Stage::at(phase);
            let now = stage.time();
            stage.session.shut_down(now, code);
            assert_closes(&stage.drain(), code, Outcome::ShutDown);
            assert_eq!(stage.session.phase(), Phase::Ended);
            stage.session.shut_down(now, code);
            assert_eq!(stage.drain(), []);
        }
    }
}

#[test]
fn r17_binary_and_oversized_messages_end_it() {
    for phase in LIVING {
        let outputs = Stage::at(phase).input(Input::Binary);
        assert_fails(&outputs, 4001, &SessionError::Binary);
        let outputs = Stage::at(phase).input(Input::Oversized);
        assert_fails(&outputs, 1009, &SessionError::Oversized);
    }
}

#[test]
fn r55_frames_that_cannot_be_read_are_closed_with_4001() {
    let oversized = format!(
        r#"{{"op":"heartbeat","x":"{}"}}"#,
        "x".repeat(MAX_FRAME_BYTES)
    );
    let deep = format!(
        r#"{{"op":"heartbeat","x":{}{}}}"#,
        "[".repeat(MAX_DEPTH),
        "]".repeat(MAX_DEPTH)
    );
    // in Miri each level is a hundred steps
    let bottomless = "[".repeat(if cfg!(miri) { 200 } else { 60_000 });
    for phase in LIVING {
        for text in [
            "",
            "{",
            "null",
            "[]",
            r#""heartbeat""#,
            "{}",
            r#"{"op":null}"#,
            r#"{"op":7}"#,
            r#"{"op":"heartbeat","op":"heartbeat"}"#,
            r#"{"op":"init"}"#,
            r#"{"op":"init","encoded_public_key":["x"]}"#,
            r#"{"op":"heartbeat"} x"#,
            &oversized,
            &deep,
            &bottomless,
        ] {
            let mut stage = Stage::at(phase);
            let outputs = stage.say(text);
            let refused = matches!(
                outputs[..],
                [
                    Output::Close(CloseCode::DECODE_ERROR),
                    Output::End(Err(SessionError::Decode(_)))
                ]
            );
            assert!(refused, "{phase}: {outputs:?}");
            assert_eq!(stage.session.phase(), Phase::Ended);
        }
    }
}

#[test]
fn r03_r51_unknown_ops_and_extra_keys_change_nothing() {
    for phase in LIVING {
        let mut stage = Stage::at(phase);
        let before = stage.wakes();
        // what the gateway itself says is unknown from a desktop's mouth
        for op in [
            "future",
            "hello",
            "pending_login",
            "cancel",
            "heartbeat_ack",
            "",
        ] {
            assert_eq!(stage.say(&format!(r#"{{"x":[{{}}],"op":"{op}"}}"#)), []);
        }
        assert_eq!((stage.session.phase(), stage.wakes()), (phase, before));
        assert_eq!(
            sent(&stage.say(r#"{"proof":7,"op":"heartbeat","op2":"init"}"#)),
            ACK
        );
    }
}

#[test]
fn nothing_comes_after_the_end() {
    for phase in LIVING {
        let mut stage = Stage::at(phase);
        let nonce = stage.nonce.clone();
        let _ = stage.input(Input::Lost);
        let frames = [
            HEARTBEAT.to_owned(),
            init_frame(&spki()),
            digest_frame(&nonce),
            "{".to_owned(),
        ];
        let texts = frames.iter().map(|frame| Input::Text(frame));
        for input in texts.chain([
            Input::Binary,
            Input::Oversized,
            Input::Closed(Some(CloseCode::NORMAL)),
            Input::Lost,
            Input::Tick,
        ]) {
            stage.now += 60_000;
            assert_eq!(stage.input(input), []);
        }
        let now = stage.time();
        assert_eq!(stage.attach(&user("mary")), Err(Misuse::Ended));
        assert_eq!(stage.session.approve(now, &ticket()), Err(Misuse::Ended));
        assert_eq!(stage.session.decline(now), Err(Misuse::Ended));
        stage.session.shut_down(now, CloseCode::NORMAL);
        assert_eq!(stage.drain(), []);
        assert_eq!(stage.session.deadline(), None);
        assert_eq!(stage.session.fingerprint(), None);
    }
}

#[test]
fn a_desktop_that_sends_without_reading_is_cut_off() {
    let mut stage = Stage::at(Phase::AwaitScan);
    let now = stage.time();
    let mut say = |text| {
        stage
            .session
            .handle(now, Input::Text(text), &mut stage.entropy);
        stage.session.phase()
    };
    for _ in 0..256 {
        assert_eq!(say(HEARTBEAT), Phase::AwaitScan);
    }
    assert_eq!(say(HEARTBEAT), Phase::Ended);
    let mut outputs = stage.drain();
    let end = outputs.split_off(256);
    assert!(outputs.iter().all(|o| matches!(o, Output::Send(_))));
    assert_fails(&end, 4002, &SessionError::Backlog);
}

#[test]
fn a_queue_that_is_full_waits_for_whoever_reads_late() {
    let mut stage = Stage::at(Phase::Scanned);
    let now = stage.time();
    for _ in 0..256 {
        stage
            .session
            .handle(now, Input::Text(HEARTBEAT), &mut stage.entropy);
    }
    // time, and the verdict, are not the desktop's flood
    stage.session.handle(now, Input::Tick, &mut stage.entropy);
    assert_eq!(stage.session.phase(), Phase::Scanned);
    for _ in 0..256 {
        assert!(matches!(stage.session.poll_output(), Some(Output::Send(_))));
    }
    assert_eq!(sent(&stage.say(HEARTBEAT)), ACK);
    assert_eq!(stage.session.decline(now), Ok(()));
}
