//! The caller does not want to any more, at any point.

use super::*;
use ra_core::Misuse;

fn cancel(stage: &mut Stage) -> Vec<Output> {
    let now = MonoTime::from_millis(stage.now);
    assert_eq!(stage.login.cancel(now), Ok(()));
    let outputs = stage.drain();
    assert!(
        matches!(outputs.last(), Some(Output::End(Ok(Outcome::Cancelled)))),
        "{outputs:?}"
    );
    assert_eq!(
        (stage.login.deadline(), stage.login.phase()),
        (None, Phase::Ended)
    );
    assert_eq!(stage.login.cancel(now), Err(Misuse::Ended));
    assert!(stage.key().is_empty());
    assert!(stage.input(Input::Connected).is_empty());
    assert!(stage.say(HELLO).is_empty());
    assert!(stage.pass(1_000_000).is_empty());
    outputs
}

#[test]
fn cancelling_hangs_up_where_there_is_something_to_hang_up() {
    let mut opening = Stage::new();
    opening.drain();
    assert_eq!(names(&cancel(&mut opening)), ["disconnect", "end well"]);

    let mut waiting_for_key = Stage::new();
    waiting_for_key.drain();
    waiting_for_key.input(Input::Connected);
    assert_eq!(
        names(&cancel(&mut waiting_for_key)),
        ["disconnect", "end well"]
    );

    let mut at_qr = Stage::new().until_qr();
    assert_eq!(names(&cancel(&mut at_qr)), ["disconnect", "end well"]);

    let mut pausing = Stage::new().until_qr();
    pausing.input(Input::lost());
    assert_eq!(names(&cancel(&mut pausing)), ["end well"]);

    let (mut exchanging, _) = Stage::new().until_exchange();
    assert_eq!(names(&cancel(&mut exchanging)), ["end well"]);
}

#[test]
fn r34_debug_of_a_login_shows_its_phase_only() {
    let (stage, _) = Stage::new().until_exchange();
    assert_eq!(
        format!("{:?}", stage.login),
        "Login { phase: Exchanging, .. }"
    );
    let input = Input::text(LOGIN);
    assert!(!format!("{input:?}").contains("canary"));
    let key = Input::Key(Ok(Box::new(FakeKey::new(1))));
    assert_eq!(format!("{key:?}"), "Key(..)");
    let reply = Input::Reply(
        Stage::new().until_exchange().1.id,
        Ok(response(200, token_body("canary"))),
    );
    assert!(format!("{reply:?}").ends_with("200 OK)"));
}
