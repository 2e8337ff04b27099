//! Tests of an adapter's log lines, and that none holds a secret: through `tracing` and `log`, at every level, by us
//! and by the libraries below. Needs a process of its own, because a process has one listener.

use std::thread::spawn;

use ra_carrier::{Network, RootCertificates, TlsConfig};
use ra_core::desktop::login::{Event, Outcome};
use ra_core::mobile::{self, MfaAnswer};
use ra_http::{CaptchaSolution, Proxy};
use ra_proto::frame::GatewayFrame;
use ra_proto::rest::MfaMethod;
use ra_proto::{Fingerprint, MfaAnswerText, Token};
use tungstenite::Message;
use tungstenite::protocol::CloseFrame;

use crate::logs::{self, OF_THE_SCENARIOS, Secrets, is_content_of_a_library};
use crate::parity::gateway::{Service, TICKET, TOKEN};
use crate::parity::peers::http_proxy_to_ports;
use crate::parity::{Operations, RunningApproval, RunningLogin, every_scenario};
use crate::tls::{Ca, tls_end};

const CAPTCHA: &str = r#"{"captcha_key":["captcha-required"],"captcha_service":"hcaptcha",
    "captcha_sitekey":"site","captcha_rqdata":"canary-rqdata","captcha_rqtoken":"canary-rqtoken",
    "captcha_session_id":"canary-session-id"}"#;
const MFA: &str =
    r#"{"message":"mfa","code":60003,"mfa":{"ticket":"canary-mfa","methods":[{"type":"totp"}]}}"#;

/// Secrets of these tests that may not be in any log line.
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
fn nothing_leaked<A: Operations>(secrets: &Secrets) -> usize {
    for line in logs::lines() {
        let root = line.target.split("::").next().unwrap_or_default();
        assert!(A::LOG_TARGETS.contains(&root), "{line:?}");
    }
    let (known, leaks): (Vec<_>, Vec<_>) = logs::leaks(secrets)
        .into_iter()
        .partition(|(line, _)| is_content_of_a_library(line));
    assert!(leaks.is_empty(), "{leaks:#?}");
    known.len()
}

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

/// Through a proxy with a password, over TLS, with a captcha: everything that handles secrets takes part.
pub fn r34_steps_and_ops_are_logged_and_no_content<A: Operations>(adapter: A) {
    logs::listen();
    let ca = Ca::new();
    let service = Service::new();
    let front = |behind: &std::net::TcpListener| {
        let behind = behind.local_addr().unwrap();
        tls_end(ca.issue(&["localhost"]), behind).address.port()
    };
    let (sockets, rest) = (front(&service.sockets), front(&service.rest));
    let proxy = format!("http://me:canary-password@{}", http_proxy_to_ports());
    let proxy: Proxy = proxy.parse().unwrap();
    let roots = RootCertificates::from_pem(ca.pem().as_bytes()).unwrap();
    let mut options = service.options();
    options.config.gateway = format!("wss://localhost:{sockets}").parse().unwrap();
    options.config.api = format!("https://localhost:{rest}/api/v9").parse().unwrap();
    options.network = Network::new(TlsConfig::only(roots), proxy);
    let mut login = adapter.start_login(options).unwrap();
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
    assert_ne!(nothing_leaked::<A>(&secrets()), 0);
}

/// Runs a login that fails, against what `gateway` does.
fn fails<A: Operations>(adapter: A, gateway: impl FnOnce(&Service) + Send + 'static) {
    let service = Service::new();
    let login = service.login(adapter);
    let gateway = spawn(move || gateway(&service));
    assert!(login.outcome().is_err());
    gateway.join().unwrap();
}

pub fn r34_failures_are_logged_without_what_caused_them<A: Operations>(adapter: A) {
    logs::listen();
    fails(adapter, |service| {
        let mut gateway = service.accept();
        gateway.handshake();
        gateway.scan();
        let odd = r#"{"op":"pending_login","ticket":["canary-odd"]}"#;
        gateway.socket.send(Message::text(odd)).unwrap();
        gateway.closed();
    });
    fails(adapter, |service| {
        let mut gateway = service.accept();
        gateway.handshake();
        let close = CloseFrame {
            code: 4003.into(),
            reason: "canary-reason".into(),
        };
        gateway.socket.send(Message::Close(Some(close))).unwrap();
    });
    fails(adapter, |service| {
        let mut gateway = service.accept();
        gateway.approve();
        let body = r#"{"code":50035,"message":"canary-body"}"#;
        service.answer("400 Bad Request", body);
    });
    logged("TRACE", "message=received op=\"unreadable\"");
    logged("INFO", "message=the login has ended error=");
    nothing_leaked::<A>(&secrets());
}

pub fn r34_an_approval_is_logged_without_its_secrets<A: Operations>(adapter: A) {
    logs::listen();
    let service = Service::new();
    let api = service.options::<A>().config.api;
    let config = mobile::Config::new(api, Token::new("canary-authorization".to_owned()));
    let fingerprint = Fingerprint::from_bytes([7; 32]);
    let mut approval = adapter
        .start_approval(config, fingerprint, Network::default())
        .unwrap();
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
    nothing_leaked::<A>(&secrets());
}

pub fn r34_no_scenario_leaves_a_secret_in_the_log<A: Operations>(adapter: A) {
    logs::listen();
    every_scenario(adapter);
    nothing_leaked::<A>(&Secrets::new(OF_THE_SCENARIOS));
}
