//! What is logged, and that no secret is: through `tracing` and through `log`, at every level, by us and by what we stand
//! on. A process of its own: a process has one listener.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

#[path = "it/gateway.rs"]
mod gateway;
#[path = "it/parity.rs"]
mod parity;
#[path = "it/support.rs"]
mod support;

use std::io::Write as _;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread::spawn;

use ra_blocking::{Approval, Login, Network, Proxy, RootCertificates, TlsConfig};
use ra_core::desktop::login::{Event, Outcome};
use ra_core::mobile::{self, MfaAnswer};
use ra_http::CaptchaSolution;
use ra_proto::frame::GatewayFrame;
use ra_proto::rest::MfaMethod;
use ra_proto::{Fingerprint, MfaAnswerText, Token};
use ra_testkit::logs::{self, OF_THE_SCENARIOS, Secrets, is_content_of_a_library};
use ra_testkit::parity::every_scenario;
use ra_testkit::tls::{Ca, tls_end};
use tungstenite::Message;
use tungstenite::protocol::CloseFrame;

use crate::gateway::{Service, TICKET, TOKEN};
use crate::parity::Blocking;
use crate::support::{read_request, serve, watchdog};

const CAPTCHA: &str = r#"{"captcha_key":["captcha-required"],"captcha_service":"hcaptcha",
    "captcha_sitekey":"site","captcha_rqdata":"canary-rqdata","captcha_rqtoken":"canary-rqtoken",
    "captcha_session_id":"canary-session-id"}"#;
const MFA: &str =
    r#"{"message":"mfa","code":60003,"mfa":{"ticket":"canary-mfa","methods":[{"type":"totp"}]}}"#;

/// What passes through these tests and may stand in no line.
const SECRETS: &[(&str, &str)] = &[
    ("token", TOKEN),
    ("ticket", TICKET),
    ("nonce", "a nonce"),
    ("captcha's data", "canary-rqdata"),
    ("captcha's token", "canary-rqtoken"),
    ("captcha's session", "canary-session-id"),
    ("captcha's answer", "canary-solution"),
    ("proxy's password", "canary-password"),
    ("authorization", "canary-authorization"),
    ("handshake token", "canary-handshake"),
    ("MFA ticket", "canary-mfa"),
    ("wrong code", "908172"),
    ("right code", "354657"),
    ("MFA token", "canary-passed"),
    ("body of a refusal", "canary-body"),
    ("reason of a close", "canary-reason"),
    ("odd frame", "canary-odd"),
    ("op of the peer's making", "canary_op"),
    ("who scanned", "81:0:0:mary"),
];

/// No line so far holds a secret, but for what libraries show below `info`. How many of
/// these hold one.
fn nothing_leaked(secrets: &Secrets) -> usize {
    for line in logs::lines() {
        let root = line.target.split("::").next().unwrap_or_default();
        assert!(SPEAKERS.contains(&root), "{line:?}");
    }
    let (known, leaks): (Vec<_>, Vec<_>) = logs::leaks(secrets)
        .into_iter()
        .partition(|(line, _)| is_content_of_a_library(line));
    assert!(leaks.is_empty(), "{leaks:#?}");
    known.len()
}

/// Who logs at all: a dependency that begins to is looked at before it is taken in here.
const SPEAKERS: [&str; 5] = [
    "ra_carrier",
    "rustls_platform_verifier",
    "tungstenite",
    "ureq",
    "ureq_proto",
];

fn logged(level: &str, text: &str) {
    let ours = |line: &logs::Line| {
        line.target.starts_with("ra_carrier") && line.level == level && line.text.starts_with(text)
    };
    assert!(
        logs::lines().iter().any(ours),
        "{level} {text}: {:#?}",
        logs::lines()
    );
}

fn secrets() -> Secrets {
    let proof = ra_crypto::digest_proof(b"a nonce").to_string();
    let proof: &'static str = Box::leak(proof.into_boxed_str());
    Secrets::new(&[SECRETS, &[("proof", proof)]].concat())
}

/// A CONNECT proxy that leads to whatever port it is asked for.
fn http_proxy() -> SocketAddr {
    serve(|mut stream| {
        let request = read_request(&mut stream);
        let asked = request.split(' ').nth(1).unwrap().rsplit(':').next();
        let port: u16 = asked.unwrap().parse().unwrap();
        stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").unwrap();
        let mut onward = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let (mut back, mut to) = (onward.try_clone().unwrap(), stream.try_clone().unwrap());
        spawn(move || {
            let _ = std::io::copy(&mut back, &mut to);
            let _ = to.shutdown(Shutdown::Both);
        });
        let _ = std::io::copy(&mut stream, &mut onward);
        let _ = onward.shutdown(Shutdown::Write);
    })
}

/// Through a proxy with a password, over TLS, with a captcha: everything that handles secrets takes part.
#[test]
fn r34_steps_and_ops_are_logged_and_no_content() {
    let _watchdog = watchdog();
    logs::listen();
    let ca = Ca::new();
    let service = Service::new();
    let front = |behind: &TcpListener| {
        let behind = behind.local_addr().unwrap();
        tls_end(ca.issue(&["localhost"]), behind).address.port()
    };
    let (sockets, rest) = (front(&service.sockets), front(&service.rest));
    let proxy = format!("http://me:canary-password@{}", http_proxy());
    let proxy: Proxy = proxy.parse().unwrap();
    let roots = RootCertificates::from_pem(ca.pem().as_bytes()).unwrap();
    let mut options = service.options();
    options.config.gateway = format!("wss://localhost:{sockets}").parse().unwrap();
    options.config.api = format!("https://localhost:{rest}/api/v9").parse().unwrap();
    options.network = Network::new(TlsConfig::only(roots), proxy);
    let mut login = Login::start(options).unwrap();
    let gateway = spawn(move || {
        let mut gateway = service.accept();
        let op = "canary_op".into();
        gateway.say(GatewayFrame::Unknown { op });
        gateway.approve();
        service.answer("400 Bad Request", CAPTCHA);
        service.answer("200 OK", &gateway.token_body());
    });
    while let Some(event) = login.next_event() {
        if let Event::Captcha(_) = event {
            login
                .solve_captcha(CaptchaSolution::new("canary-solution"))
                .unwrap();
        }
    }
    gateway.join().unwrap();
    let outcome = login.outcome();
    assert!(
        matches!(outcome, Ok(Outcome::LoggedIn { .. })),
        "{outcome:?}"
    );
    logged("SPAN", "login");
    for line in [
        "message=making a key",
        "message=connecting",
        "message=the key is made",
        "message=connected",
        "message=a code can be shown",
        "message=the code was scanned",
        "message=calling path=\"/api/v9/users/@me/remote-auth/login\"",
        "message=the call was answered status=400",
        "message=a captcha is asked for",
        "message=the captcha was answered",
        "message=the call was answered status=200",
        "message=the login has ended outcome=\"logged in\"",
    ] {
        logged("INFO", line);
    }
    for line in [
        "message=received op=\"unknown\"",
        "message=received op=\"hello\" bytes=",
        "message=sent op=\"init\" bytes=",
        "message=sent op=\"nonce_proof\" bytes=",
        "message=received op=\"pending_login\" bytes=",
    ] {
        logged("TRACE", line);
    }
    // the day that is none, the warning in the crate's documentation can go
    assert_ne!(nothing_leaked(&secrets()), 0);
}

/// Runs a login that fails, against what `gateway` does.
fn fails(gateway: impl FnOnce(&Service) + Send + 'static) {
    let service = Service::new();
    let login = service.login();
    let gateway = spawn(move || gateway(&service));
    assert!(login.outcome().is_err());
    gateway.join().unwrap();
}

#[test]
fn r34_failures_are_logged_without_what_caused_them() {
    let _watchdog = watchdog();
    logs::listen();
    fails(|service| {
        let mut gateway = service.accept();
        gateway.handshake();
        gateway.scan();
        let odd = r#"{"op":"pending_login","ticket":["canary-odd"]}"#;
        gateway.socket.send(Message::text(odd)).unwrap();
        gateway.closed();
    });
    fails(|service| {
        let mut gateway = service.accept();
        gateway.handshake();
        let close = CloseFrame {
            code: 4003.into(),
            reason: "canary-reason".into(),
        };
        gateway.socket.send(Message::Close(Some(close))).unwrap();
    });
    fails(|service| {
        let mut gateway = service.accept();
        gateway.approve();
        let body = r#"{"code":50035,"message":"canary-body"}"#;
        service.answer("400 Bad Request", body);
    });
    logged("TRACE", "message=received op=\"unreadable\"");
    logged("INFO", "message=the login has ended error=");
    nothing_leaked(&secrets());
}

#[test]
fn r34_an_approval_is_logged_without_its_secrets() {
    let _watchdog = watchdog();
    logs::listen();
    let service = Service::new();
    let api = service.options().config.api;
    let config = mobile::Config::new(api, Token::new("canary-authorization".to_owned()));
    let fingerprint = Fingerprint::from_bytes([7; 32]);
    let mut approval = Approval::start(config, fingerprint, Network::default()).unwrap();
    let api = spawn(move || {
        service.answer("200 OK", r#"{"handshake_token":"canary-handshake"}"#);
        service.answer("401 Unauthorized", MFA);
        service.answer("400 Bad Request", r#"{"code":60008}"#);
        service.answer("200 OK", r#"{"token":"canary-passed"}"#);
        service.answer("204 No Content", "");
    });
    let mut codes = vec!["354657", "908172"];
    while let Some(event) = approval.next_event() {
        match event {
            mobile::Event::Confirm { .. } => approval.approve().unwrap(),
            _ => {
                let code = MfaAnswerText::new(codes.pop().unwrap().to_owned());
                let answer = MfaAnswer::new(MfaMethod::Totp, code);
                approval.answer_mfa(answer).unwrap();
            }
        }
    }
    api.join().unwrap();
    assert_eq!(approval.outcome().unwrap(), mobile::Outcome::Approved);
    logged("SPAN", "approval");
    for line in [
        "message=the person is to decide",
        "message=approved by the person",
        "message=a second factor is asked for",
        "message=the second factor was given",
        "message=the approval has ended outcome=\"approved\"",
    ] {
        logged("INFO", line);
    }
    nothing_leaked(&secrets());
}

#[test]
fn r34_no_scenario_leaves_a_secret_in_the_log() {
    logs::listen();
    every_scenario(Blocking);
    nothing_leaked(&Secrets::new(OF_THE_SCENARIOS));
}
