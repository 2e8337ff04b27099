//! The desktop's driver: logins that go as they should.

use std::sync::Arc;
use std::thread;

use ra_blocking::{KeyPool, Keys, Login};
use ra_core::Misuse;
use ra_core::desktop::login::{Event, LoginErrorKind, Outcome, Phase, RenewReason, Renewal};
use ra_http::CaptchaSolution;
use ra_testkit::Fake;

use crate::gateway::{Service, TICKET, TOKEN};
use crate::support::watchdog;

pub const CAPTCHA: &str = r#"{"captcha_key":["captcha-required"],"captcha_service":"hcaptcha",
    "captcha_sitekey":"site","captcha_rqtoken":"rq","captcha_session_id":"sid"}"#;

pub fn name(event: &Event) -> &'static str {
    match event {
        Event::Qr { .. } => "qr",
        Event::User(_) => "user",
        Event::Captcha(_) => "captcha",
        Event::Renewing { .. } => "renewing",
        _ => "unknown",
    }
}

fn names(login: &mut Login) -> Vec<&'static str> {
    login.map(|event| name(&event)).collect()
}

#[test]
fn r30_a_login_ends_with_the_token() {
    let _watchdog = watchdog();
    let service = Service::new();
    let mut options = service.options();
    options.config.user_agent = "tester/1".to_owned();
    let mut login = Login::start(options).unwrap();
    let gateway = thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.approve();
        service.answer("200 OK", &gateway.token_body())
    });
    assert_eq!(names(&mut login), ["qr", "user"]);
    let request = gateway.join().unwrap();
    assert!(request.starts_with("POST /api/v9/users/@me/remote-auth/login HTTP/1.1\r\n"));
    assert!(
        request.contains("\r\nuser-agent: tester/1\r\n"),
        "{request}"
    );
    assert!(request.ends_with(&format!("{{\"ticket\":\"{TICKET}\"}}")));
    assert_eq!(login.phase(), Phase::Ended);
    assert!(login.next_event().is_none());
    assert_eq!(login.cancel(), Err(Misuse::Ended));
    login.canceller().cancel(); // does nothing after the end
    let Outcome::LoggedIn { token, user } = login.outcome().unwrap() else {
        panic!("no token")
    };
    assert_eq!(
        (token.expose(), user.id, user.username.as_str()),
        (TOKEN, 81, "mary")
    );
}

#[test]
fn outcome_alone_runs_the_whole_login() {
    let _watchdog = watchdog();
    let service = Service::new();
    let login = service.login();
    let gateway = thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.approve();
        service.answer("200 OK", &gateway.token_body());
    });
    assert!(matches!(login.outcome(), Ok(Outcome::LoggedIn { .. })));
    gateway.join().unwrap();
}

#[test]
fn r14_a_refusal_by_the_person_is_an_outcome() {
    let _watchdog = watchdog();
    let service = Service::new();
    let login = service.login();
    let gateway = thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.handshake();
        gateway.scan();
        gateway.say(ra_proto::frame::GatewayFrame::Cancel);
        gateway.closed()
    });
    assert!(matches!(login.outcome(), Ok(Outcome::Declined)));
    assert_eq!(gateway.join().unwrap(), Some(1000));
}

#[test]
fn a_caller_may_cancel_between_events() {
    let _watchdog = watchdog();
    let service = Service::new();
    let mut login = service.login();
    let gateway = thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.handshake();
        gateway.closed()
    });
    assert_eq!(login.next_event().map(|event| name(&event)), Some("qr"));
    login.cancel().unwrap();
    assert!(login.next_event().is_none());
    assert_eq!(gateway.join().unwrap(), Some(1000));
    assert!(matches!(login.outcome(), Ok(Outcome::Cancelled)));
}

/// Parts of frames are kept, whoever waits meanwhile.
#[test]
fn frames_that_arrive_byte_by_byte_are_whole() {
    let _watchdog = watchdog();
    let service = Service::new();
    let mut login = Login::start(service.options_byte_by_byte()).unwrap();
    let gateway = thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.approve();
        service.answer("200 OK", &gateway.token_body());
    });
    assert_eq!(names(&mut login), ["qr", "user"]);
    assert!(matches!(login.outcome(), Ok(Outcome::LoggedIn { .. })));
    gateway.join().unwrap();
}

#[test]
fn r31_a_captcha_is_solved_by_the_person_and_the_exchange_goes_on() {
    let _watchdog = watchdog();
    let service = Service::new();
    let mut login = service.login();
    let gateway = thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.approve();
        let first = service.answer("400 Bad Request", CAPTCHA);
        assert!(!first.contains("x-captcha-key"));
        service.answer("200 OK", &gateway.token_body())
    });
    let mut names = Vec::new();
    while let Some(event) = login.next_event() {
        names.push(name(&event));
        if let Event::Captcha(challenge) = event {
            assert_eq!(challenge.sitekey.as_deref(), Some("site"));
            login.solve_captcha(CaptchaSolution::new("solved")).unwrap();
        } else {
            let early = login.solve_captcha(CaptchaSolution::new("early"));
            assert_eq!(early, Err(Misuse::NoCaptcha));
        }
    }
    assert_eq!(names, ["qr", "user", "captcha"]);
    let request = gateway.join().unwrap();
    for header in [
        "x-captcha-key: solved",
        "x-captcha-rqtoken: rq",
        "x-captcha-session-id: sid",
    ] {
        assert!(request.contains(&format!("\r\n{header}\r\n")), "{header}");
    }
    assert!(matches!(login.outcome(), Ok(Outcome::LoggedIn { .. })));
}

#[test]
fn r31_a_captcha_that_nobody_solves_ends_the_login() {
    let _watchdog = watchdog();
    let service = Service::new();
    let mut login = service.login();
    let gateway = thread::spawn(move || {
        service.accept().approve();
        service.answer("400 Bad Request", CAPTCHA);
    });
    while let Some(event) = login.next_event() {
        if let Event::Captcha(_) = event {
            login.give_up_captcha().unwrap();
        }
    }
    gateway.join().unwrap();
    assert_eq!(login.outcome().unwrap_err().kind(), LoginErrorKind::Captcha);
}

#[test]
fn r21_an_expired_code_is_renewed_with_another_key() {
    let _watchdog = watchdog();
    let service = Service::new();
    let mut options = service.options();
    options.config.renewal = Renewal::Limit(1);
    options.keys = KeyPool::start(Arc::new(Fake), 2).unwrap().into();
    let login = Login::start(options).unwrap();
    let gateway = thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.handshake();
        gateway.close(4003);
        let mut gateway = service.accept();
        gateway.approve();
        service.answer("200 OK", &gateway.token_body());
    });
    let events: Vec<Event> = login.collect();
    gateway.join().unwrap();
    let names: Vec<_> = events.iter().map(name).collect();
    assert_eq!(names, ["qr", "renewing", "qr", "user"]);
    let (Event::Qr { url: first, .. }, Event::Qr { url: second, .. }) = (&events[0], &events[2])
    else {
        panic!("two codes")
    };
    assert_ne!(first, second);
    let expired = RenewReason::Expired;
    assert!(matches!(&events[1], Event::Renewing { reason, .. } if *reason == expired));
}

#[test]
fn a_login_with_real_keys() {
    let _watchdog = watchdog();
    let service = Service::new();
    let mut options = service.options();
    options.keys = Keys::new(ra_crypto::RustCrypto);
    let login = Login::start(options).unwrap();
    let gateway = thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.hello();
        let init = gateway.hear();
        gateway.close(4001);
        init
    });
    assert!(login.outcome().is_err());
    let init = gateway.join().unwrap();
    let Ok(ra_proto::frame::DesktopFrame::Init { encoded_public_key }) =
        ra_proto::frame::DesktopFrame::decode(&init)
    else {
        panic!("no init")
    };
    let spki = ra_proto::base64::decode(&encoded_public_key).unwrap();
    ra_crypto::check_public_key(&spki).unwrap();
}

#[test]
fn a_ping_is_answered_while_the_login_waits() {
    let _watchdog = watchdog();
    let service = Service::new();
    let mut login = service.login();
    let canceller = login.canceller();
    let gateway = thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.handshake();
        let ping = tungstenite::Message::Ping("are you there".into());
        gateway.socket.send(ping).unwrap();
        let pong = gateway.socket.read().unwrap();
        canceller.cancel();
        pong
    });
    assert_eq!(names(&mut login), ["qr"]);
    let pong = gateway.join().unwrap();
    assert_eq!(pong, tungstenite::Message::Pong("are you there".into()));
}

#[test]
fn drivers_and_carriers_cross_threads() {
    fn moves<T: Send + 'static>() {}
    fn shared<T: Send + Sync + 'static>() {}
    moves::<Login>();
    moves::<ra_blocking::Approval>();
    shared::<ra_blocking::Canceller>();
    shared::<ra_blocking::HttpCarrier>();
    shared::<ra_blocking::Network>();
    shared::<KeyPool>();
    shared::<ra_blocking::StartError>();
}
