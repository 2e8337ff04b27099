//! Times at their edges: none at all, and backwards.

use super::*;
use ra_core::Misuse;
use ra_http::CaptchaSolution;

#[test]
fn times_of_zero_still_lie_ahead() {
    let mut connect = config();
    connect.connect_within = Duration::ZERO;
    assert_eq!(Stage::with(connect).wakes(), (1, Wake::Connect));
    let mut key = config();
    key.key_within = Duration::ZERO;
    assert_eq!(Stage::with(key).wakes(), (1, Wake::Key));
    let mut captcha = config();
    captcha.captcha_within = Duration::ZERO;
    let (mut stage, call) = Stage::with(captcha).until_exchange();
    assert_eq!(names(&stage.reply(&call, 400, CAPTCHA)), ["event"]);
    assert_eq!(stage.wakes(), (1, Wake::Person));
    // nor may a service make us ask again in the same instant
    let (mut stage, call) = Stage::new().until_exchange();
    assert!(stage.reply(&call, 429, r#"{"retry_after":0}"#).is_empty());
    assert_eq!(stage.wakes(), (1, Wake::BackOff));
}

#[test]
fn time_that_runs_backwards_stands_still() {
    type Command = fn(&mut Login, MonoTime) -> Result<(), Misuse>;
    let later = MonoTime::from_millis(11_000);
    let commands: [Command; 2] = [
        |login, now| login.solve_captcha(now, CaptchaSolution::new("x")),
        Login::give_up_captcha,
    ];
    // commands move the clock, even those that are refused
    for command in commands {
        let mut stage = Stage::new();
        stage.drain();
        assert_eq!(command(&mut stage.login, later), Err(Misuse::NoCaptcha));
        stage.input(Input::Connected);
        stage.key();
        assert_eq!(stage.wakes(), (10_000 + 15_000, Wake::Handshake));
    }
    let mut stage = Stage::new();
    stage.drain();
    assert!(stage.pass(10_000).is_empty());
    stage.now -= 10_000;
    stage.input(Input::Connected);
    stage.key();
    assert_eq!(stage.wakes(), (10_000 + 15_000, Wake::Handshake));
}
