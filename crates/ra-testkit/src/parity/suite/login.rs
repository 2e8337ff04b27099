//! The desktop's driver: logins that go as they should.

use std::sync::Arc;
use std::thread;

use ra_core::Misuse;
use ra_core::desktop::login::{Event, LoginErrorKind, Outcome, Phase, RenewReason, Renewal};
use ra_http::CaptchaSolution;

use crate::Fake;
use crate::parity::gateway::{Service, TICKET, TOKEN};
use crate::parity::peers::{accept, read_request};
use crate::parity::{Keys, Operations, RunningLogin};

/// A reply that asks for a captcha.
pub const CAPTCHA: &str = r#"{"captcha_key":["captcha-required"],"captcha_service":"hcaptcha",
    "captcha_sitekey":"site","captcha_rqtoken":"rq","captcha_session_id":"sid"}"#;

/// The name of an event.
pub fn name(event: &Event) -> &'static str {
    match event {
        Event::Qr { .. } => "qr",
        Event::User(_) => "user",
        Event::Captcha(_) => "captcha",
        Event::Renewing { .. } => "renewing",
        _ => "unknown",
    }
}

/// The names of a login's events, to its end.
pub fn names(login: &mut impl RunningLogin) -> Vec<&'static str> {
    events(login).iter().map(name).collect()
}

fn events(login: &mut impl RunningLogin) -> Vec<Event> {
    std::iter::from_fn(|| login.next_event()).collect()
}

pub fn r30_a_login_ends_with_the_token<A: Operations>(adapter: A) {
    let service = Service::new();
    let mut options = service.options();
    options.config.user_agent = "tester/1".to_owned();
    let mut login = adapter.start_login(options).unwrap();
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
    let Outcome::LoggedIn { token, user } = login.outcome().unwrap() else {
        panic!("no token")
    };
    assert_eq!(
        (token.expose(), user.id, user.username.as_str()),
        (TOKEN, 81, "mary")
    );
}

pub fn outcome_alone_runs_the_whole_login<A: Operations>(adapter: A) {
    let service = Service::new();
    let login = service.login(adapter);
    let gateway = thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.approve();
        service.answer("200 OK", &gateway.token_body());
    });
    assert!(matches!(login.outcome(), Ok(Outcome::LoggedIn { .. })));
    gateway.join().unwrap();
}

pub fn r14_a_refusal_by_the_person_is_an_outcome<A: Operations>(adapter: A) {
    let service = Service::new();
    let login = service.login(adapter);
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

pub fn a_caller_may_cancel_between_events<A: Operations>(adapter: A) {
    let service = Service::new();
    let mut login = service.login(adapter);
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
pub fn frames_that_arrive_byte_by_byte_are_whole<A: Operations>(adapter: A) {
    let service = Service::new();
    let mut login = adapter.start_login(service.options_byte_by_byte()).unwrap();
    let gateway = thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.approve();
        service.answer("200 OK", &gateway.token_body());
    });
    assert_eq!(names(&mut login), ["qr", "user"]);
    assert!(matches!(login.outcome(), Ok(Outcome::LoggedIn { .. })));
    gateway.join().unwrap();
}

pub fn r31_a_captcha_is_solved_by_the_person_and_the_exchange_goes_on<A: Operations>(adapter: A) {
    let service = Service::new();
    let mut login = service.login(adapter);
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

pub fn r31_a_captcha_that_nobody_solves_ends_the_login<A: Operations>(adapter: A) {
    let service = Service::new();
    let mut login = service.login(adapter);
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

pub fn r21_an_expired_code_is_renewed_with_another_key<A: Operations>(adapter: A) {
    let service = Service::new();
    let mut options = service.options();
    options.config.renewal = Renewal::Limit(1);
    options.keys = Keys::Pool(adapter.start_pool(Arc::new(Fake), 2));
    let mut login = adapter.start_login(options).unwrap();
    let gateway = thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.handshake();
        gateway.close(4003);
        let mut gateway = service.accept();
        gateway.approve();
        service.answer("200 OK", &gateway.token_body());
    });
    let events = events(&mut login);
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

pub fn a_login_with_real_keys<A: Operations>(adapter: A) {
    let service = Service::new();
    let mut options = service.options();
    options.keys = Keys::Backend(Arc::new(ra_crypto::RustCrypto));
    let login = adapter.start_login(options).unwrap();
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

pub fn a_ping_is_answered_while_the_login_waits<A: Operations>(adapter: A) {
    let service = Service::new();
    let mut login = service.login(adapter);
    let gateway = thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.handshake();
        let ping = tungstenite::Message::Ping("are you there".into());
        gateway.socket.send(ping).unwrap();
        let pong = gateway.socket.read().unwrap();
        gateway.close(4003);
        pong
    });
    assert_eq!(names(&mut login), ["qr"]);
    let pong = gateway.join().unwrap();
    assert_eq!(pong, tungstenite::Message::Pong("are you there".into()));
}

pub fn a_login_can_be_cancelled_before_it_was_asked_for_events<A: Operations>(adapter: A) {
    let mut login = Service::new().login(adapter);
    login.cancel().unwrap();
    assert!(matches!(login.outcome(), Ok(Outcome::Cancelled)));
}

/// The socket of a desktop says who it is and which version it speaks.
pub fn r01_r02_the_upgrade_says_who_we_are_and_asks_for_the_version<A: Operations>(adapter: A) {
    let service = Service::new();
    let mut options = service.options();
    let port = service.sockets.local_addr().unwrap().port();
    options.config.gateway = format!("ws://localhost:{port}/?v=2").parse().unwrap();
    options.config.user_agent = "tester/1".to_owned();
    let mut login = adapter.start_login(options).unwrap();
    let gateway = thread::spawn(move || {
        let mut stream = accept(&service.sockets);
        read_request(&mut stream)
    });
    assert_eq!(names(&mut login), [""; 0]);
    let request = gateway.join().unwrap();
    assert!(request.starts_with("GET /?v=2 HTTP/1.1\r\n"), "{request}");
    let lower = request.to_lowercase();
    for header in [
        "origin: https://discord.com",
        "user-agent: tester/1",
        &format!("host: localhost:{port}"),
    ] {
        assert!(lower.contains(&format!("\r\n{header}\r\n")), "{request}");
    }
    assert!(!lower.contains("sec-websocket-extensions"), "{request}");
}
