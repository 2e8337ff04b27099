//! R-31: a captcha is put before the person at the screen, and nobody else.

use super::*;
use ra_core::Misuse;
use ra_http::CaptchaSolution;

fn asked() -> (Stage, HttpCall) {
    let (mut stage, call) = Stage::new().until_exchange();
    match &stage.reply(&call, 400, CAPTCHA)[..] {
        [Output::Event(Event::Captcha(challenge))] => {
            assert_eq!(challenge.service.as_deref(), Some("hcaptcha"));
            assert_eq!(challenge.sitekey.as_deref(), Some("site"));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(stage.login.phase(), Phase::AwaitCaptcha);
    (stage, call)
}

fn solve(stage: &mut Stage) -> HttpCall {
    let now = MonoTime::from_millis(stage.now);
    stage
        .login
        .solve_captcha(now, CaptchaSolution::new("canary-solution"))
        .unwrap();
    the_call(stage.drain())
}

#[test]
fn r31_the_answer_goes_out_with_the_same_ticket_and_the_three_headers() {
    let (mut stage, first) = asked();
    let call = solve(&mut stage);
    assert!(!format!("{call:?}").contains("canary"));
    assert_eq!(
        call.request.body().as_bytes(),
        first.request.body().as_bytes()
    );
    let header = |name: &str| {
        call.request
            .headers()
            .get(name)
            .map(|v| v.to_str().unwrap().to_owned())
    };
    assert_eq!(header("x-captcha-key").as_deref(), Some("canary-solution"));
    assert_eq!(header("x-captcha-rqtoken").as_deref(), Some("tok"));
    assert_eq!(header("x-captcha-session-id").as_deref(), Some("sid"));
    assert_eq!(
        names(&stage.reply(&call, 200, token_body("t"))),
        ["end well"],
        "the key has survived"
    );
}

#[test]
fn r31_the_person_has_five_minutes() {
    let (mut stage, _) = asked();
    assert_eq!(stage.wakes(), (300_000, Wake::Person));
    assert!(stage.pass(299_999).is_empty());
    let outputs = stage.pass(1);
    assert_eq!(names(&outputs), ["end badly"]);
    assert_eq!(failed(outputs).kind(), LoginErrorKind::Captcha);
}

#[test]
fn r31_the_persons_time_is_not_the_exchanges() {
    let (mut stage, _) = asked();
    stage.now += 200_000;
    let call = solve(&mut stage);
    assert!(
        stage.reply(&call, 429, r#"{"retry_after":30}"#).is_empty(),
        "waited out"
    );
}

#[test]
fn r31_after_an_answer_the_tries_count_anew() {
    let fail = |stage: &mut Stage, call: &HttpCall| {
        assert!(stage.reply(call, 503, "busy").is_empty());
        let (wait, _) = stage.wakes();
        the_call(stage.pass(wait))
    };
    let (mut stage, mut call) = Stage::new().until_exchange();
    for _ in 0..2 {
        call = fail(&mut stage, &call);
    }
    assert_eq!(names(&stage.reply(&call, 400, CAPTCHA)), ["event"]);
    call = solve(&mut stage);
    for _ in 0..2 {
        call = fail(&mut stage, &call);
    }
    assert_eq!(names(&stage.reply(&call, 503, "busy")), ["end badly"]);
}

#[test]
fn r31_the_person_may_give_up() {
    let (mut stage, _) = asked();
    let now = MonoTime::from_millis(stage.now);
    stage.login.give_up_captcha(now).unwrap();
    let error = failed(stage.drain());
    assert_eq!(
        (error.kind(), error.retry()),
        (LoginErrorKind::Captcha, ra_core::Retry::NewSession)
    );
}

#[test]
fn r31_three_captchas_are_enough() {
    let (mut stage, _) = asked();
    for _ in 0..2 {
        let call = solve(&mut stage);
        assert_eq!(names(&stage.reply(&call, 400, CAPTCHA)), ["event"]);
    }
    let call = solve(&mut stage);
    assert_eq!(
        failed(stage.reply(&call, 400, CAPTCHA)).kind(),
        LoginErrorKind::Captcha
    );
}

#[test]
fn a_captcha_that_nobody_asked_for_is_misuse() {
    let now = MonoTime::from_millis(2_000);
    let mut stages = [
        Stage::new(),
        Stage::new().until_qr(),
        Stage::new().until_exchange().0,
    ];
    for stage in &mut stages {
        let phase = stage.login.phase();
        let solution = CaptchaSolution::new("x");
        assert_eq!(
            stage.login.solve_captcha(now, solution),
            Err(Misuse::NoCaptcha)
        );
        assert_eq!(stage.login.give_up_captcha(now), Err(Misuse::NoCaptcha));
        assert_eq!(stage.login.phase(), phase);
    }
    // while the answer is under way there is none either
    let (mut stage, _) = asked();
    solve(&mut stage);
    assert_eq!(stage.login.give_up_captcha(now), Err(Misuse::NoCaptcha));
}
