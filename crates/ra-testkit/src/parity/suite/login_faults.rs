//! The desktop's driver: logins that fail, each in bounded time, with its kind and without a secret in its words.

use std::error::Error as _;
use std::io::Write as _;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use ra_core::desktop::login::{Config, LoginError, LoginErrorKind, Outcome, ProofPolicy};
use ra_core::desktop::session::Dialect;
use ra_crypto::{Backend, Entropy, GenerateError, KeyError, PeerKey, PublicKeyError, SessionKey};
use ra_http::TransportErrorKind;
use ra_proto::frame::GatewayFrame;

use crate::parity::gateway::{Gateway, Service};
use crate::parity::peers::{accept, answering, deserted, drain, json, read_request};
use crate::parity::{Keys, LoginOptions, Operations, RunningLogin};

const SHORT: Duration = Duration::from_millis(100);

/// A service whose desktop speaks one dialect and tries once. Each test shortens the one limit that is to be hit, so
/// that a busy machine hits no other.
fn impatient<A: Operations>(shorten: impl FnOnce(&mut Config)) -> (Service, LoginOptions<A>) {
    let service = Service::new();
    let mut options = service.options();
    options.config.proof = ProofPolicy::Only(Dialect::Digest);
    options.config.failures_before_qr = 1;
    shorten(&mut options.config);
    (service, options)
}

/// Returns the error of a login with these options while `script` plays the gateway.
fn failure<A: Operations>(
    adapter: A,
    options: LoginOptions<A>,
    script: impl FnOnce() + Send + 'static,
) -> LoginError {
    let login = adapter.start_login(options).unwrap();
    let script = thread::spawn(script);
    let error = login.outcome().expect_err("a failure");
    script.join().unwrap();
    let mut shown = format!("{error:?} {error}");
    let mut source = error.source();
    while let Some(error) = source {
        shown += &format!(" {error:?} {error}");
        source = error.source();
    }
    assert!(!shown.contains("canary"), "{shown}");
    error
}

pub fn r19_silence_at_each_step_ends_the_login<A: Operations>(adapter: A) {
    // no upgrade
    let (service, options) = impatient(|config| config.connect_within = SHORT);
    let error = failure(adapter, options, move || {
        drain(&mut accept(&service.sockets))
    });
    assert_eq!(error.kind(), LoginErrorKind::Network);

    // no hello
    let (service, options) = impatient(|config| config.answer_within = SHORT);
    let error = failure(adapter, options, move || {
        service.accept().closed();
    });
    assert_eq!(error.kind(), LoginErrorKind::Network);

    // no challenge
    let (service, options) = impatient(|config| config.answer_within = SHORT);
    let error = failure(adapter, options, move || {
        let mut gateway = service.accept();
        gateway.hello();
        gateway.closed();
    });
    assert_eq!(error.kind(), LoginErrorKind::Network);

    // half a frame
    let (service, options) = impatient(|config| config.answer_within = SHORT);
    let error = failure(adapter, options, move || {
        let mut gateway = service.accept();
        gateway.babble(&[0x81, 100, b'{']);
        gateway.closed();
    });
    assert_eq!(error.kind(), LoginErrorKind::Network);

    // R-20: no answer to the proof
    let (service, options) = impatient(|config| config.answer_within = SHORT);
    let error = failure(adapter, options, move || {
        let mut gateway = service.accept();
        gateway.challenge();
        gateway.closed();
    });
    assert_eq!(error.kind(), LoginErrorKind::Refused);

    // no reply to the exchange
    let (service, options) = impatient(|config| {
        config.call_within = SHORT;
        config.exchange_within = SHORT;
    });
    let error = failure(adapter, options, move || {
        service.accept().approve();
        drain(&mut accept(&service.rest));
    });
    assert_eq!(error.kind(), LoginErrorKind::Network);
}

/// A session that is ruined after `hello`.
fn ruined<A: Operations>(
    adapter: A,
    code: Option<u16>,
    ruin: impl FnOnce(&mut Gateway) + Send + 'static,
) -> LoginErrorKind {
    let service = Service::new();
    let error = failure(adapter, service.options(), move || {
        let mut gateway = service.accept();
        gateway.hello();
        gateway.hear(); // `init`, so that nothing of it is left unread when the socket closes
        ruin(&mut gateway);
        assert_eq!(gateway.closed(), code);
    });
    error.kind()
}

pub fn r17_what_is_no_frame_ends_the_session_with_the_right_code<A: Operations>(adapter: A) {
    for (babble, code) in [
        (&[0x81, 127, 0, 0, 0, 0, 2, 0, 0, 0][..], 1009), // the head of 32 MiB
        (&[0x82, 1, 0], 1003),
        (&[0x81, 1, 0xff], 1003),
    ] {
        let kind = ruined(adapter, Some(code), move |gateway| gateway.babble(babble));
        assert_eq!(kind, LoginErrorKind::Protocol, "{code}");
    }
}

pub fn r08_a_foreign_fingerprint_is_never_shown<A: Operations>(adapter: A) {
    let service = Service::new();
    let mut login = service.login(adapter);
    let gateway = thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.challenge();
        gateway.hear();
        let fingerprint = "A".repeat(43).into();
        gateway.say(GatewayFrame::PendingRemoteInit { fingerprint });
        gateway.closed();
    });
    assert!(login.next_event().is_none());
    gateway.join().unwrap();
    assert_eq!(
        login.outcome().unwrap_err().kind(),
        LoginErrorKind::Protocol
    );
}

/// What the gateway said before it hung up counts, even if our answers to it cannot be sent any more. Not every system
/// keeps what was received before a reset.
pub fn a_refusal_just_before_the_connection_breaks_is_heard<A: Operations>(adapter: A) {
    if !cfg!(target_os = "linux") {
        return;
    }
    let service = Service::new();
    let login = service.login(adapter);
    let gateway = thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.handshake();
        gateway.scan();
        // pings that are to be answered, the verdict, and a reset at once
        let mut last = vec![0x89, 0, 0x89, 0, 0x81, 15];
        last.extend(br#"{"op":"cancel"}"#);
        let reset = Some(Duration::ZERO);
        let socket = socket2::SockRef::from(gateway.socket.get_ref());
        socket.set_linger(reset).unwrap();
        gateway.babble(&last);
    });
    assert!(matches!(login.outcome(), Ok(Outcome::Declined)));
    gateway.join().unwrap();
}

pub fn r07_the_other_dialect_is_tried_when_the_first_is_refused<A: Operations>(adapter: A) {
    let service = Service::new();
    let login = service.login(adapter);
    let gateway = thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.challenge();
        let first = gateway.hear();
        gateway.close(4002);
        let mut gateway = service.accept();
        gateway.challenge();
        let second = gateway.hear();
        gateway.close(4002);
        (first, second)
    });
    let error = login.outcome().unwrap_err();
    assert_eq!(error.kind(), LoginErrorKind::Refused);
    let (first, second) = gateway.join().unwrap();
    assert!(first.contains("\"proof\"") && second.contains("\"nonce\""));
}

pub fn a_gateway_that_cannot_be_reached_is_a_network_failure<A: Operations>(adapter: A) {
    for (reply, expected) in [
        (
            "HTTP/1.1 503 Busy\r\nretry-after: 0\r\n\r\ncanary",
            TransportErrorKind::upgrade(503, Some(Duration::ZERO)),
        ),
        (
            "HTTP/1.1 302 Found\r\nlocation: ws://canary/\r\n\r\n",
            TransportErrorKind::upgrade(302, None),
        ),
        ("canary\r\n\r\n", TransportErrorKind::Lost),
    ] {
        let (_service, mut options) = impatient(|_| {});
        options.config.gateway = format!("ws://{}", answering(reply)).parse().unwrap();
        let error = failure(adapter, options, || {});
        assert_eq!(error.kind(), LoginErrorKind::Network);
        let LoginError::Connect(error) = error else {
            panic!("{error:?}")
        };
        assert_eq!(error.kind(), expected);
    }
    let (_service, mut options) = impatient(|_| {});
    options.config.gateway = format!("ws://{}", deserted()).parse().unwrap();
    let error = failure(adapter, options, || {});
    assert!(
        matches!(&error, LoginError::Connect(e) if e.kind() == TransportErrorKind::Connect),
        "{error:?}"
    );
}

pub fn r30_to_r33_an_exchange_that_fails_says_how<A: Operations>(adapter: A) {
    let long = format!(r#"{{"encrypted_token":"{}"}}"#, "x".repeat(2 << 20));
    for (status, body, kind) in [
        ("200 OK", "<html>canary</html>", LoginErrorKind::Protocol),
        (
            "200 OK",
            r#"{"encrypted_token":""}"#,
            LoginErrorKind::Protocol,
        ),
        (
            "200 OK",
            r#"{"encrypted_token":"Y2FuYXJ5"}"#,
            LoginErrorKind::Protocol,
        ),
        ("200 OK", &long, LoginErrorKind::Network),
        ("302 Found", "canary", LoginErrorKind::Network),
        (
            "404 Not Found",
            r#"{"message":"canary","code":10012}"#,
            LoginErrorKind::Refused,
        ),
        (
            "404 Not Found",
            "<html>canary</html>",
            LoginErrorKind::Network,
        ),
    ] {
        let service = Service::new();
        let reply = json(status, body);
        let error = failure(adapter, service.options(), move || {
            service.accept().approve();
            let mut stream = accept(&service.rest);
            read_request(&mut stream);
            let _ = stream.write_all(reply.as_bytes());
        });
        assert_eq!(error.kind(), kind, "{status} {error:?}");
    }
}

pub fn r32_a_rate_limit_is_waited_for_and_the_exchange_goes_on<A: Operations>(adapter: A) {
    let service = Service::new();
    let login = service.login(adapter);
    let gateway = thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.approve();
        service.answer(
            "429 Slow",
            r#"{"message":"slow","retry_after":0.05,"code":0}"#,
        );
        service.answer("200 OK", &gateway.token_body());
    });
    let outcome = login.outcome();
    assert!(
        matches!(outcome, Ok(Outcome::LoggedIn { .. })),
        "{outcome:?}"
    );
    gateway.join().unwrap();
}

/// A backend that makes no keys.
#[derive(Debug)]
struct NoKeys {
    panics: bool,
}

impl Backend for NoKeys {
    fn name(&self) -> &'static str {
        "none"
    }
    fn generate(&self, _: &mut dyn Entropy) -> Result<Box<dyn SessionKey>, GenerateError> {
        assert!(!self.panics, "a worker that panics");
        Err(GenerateError::from(ra_crypto::EntropyError))
    }
    fn session_key_from_pkcs8(
        &self,
        _: &[u8],
        _: &mut dyn Entropy,
    ) -> Result<Box<dyn SessionKey>, KeyError> {
        Err(KeyError::Malformed)
    }
    fn peer_key(&self, _: &[u8]) -> Result<Box<dyn PeerKey>, PublicKeyError> {
        Err(PublicKeyError::Malformed)
    }
}

pub fn without_a_key_there_is_no_login_and_no_panic<A: Operations>(adapter: A) {
    for panics in [false, true] {
        let backend: Arc<dyn Backend> = Arc::new(NoKeys { panics });
        let pool = adapter.start_pool(backend.clone(), 1);
        for keys in [Keys::Backend(backend), Keys::Pool(pool)] {
            let service = Service::new();
            let mut options = service.options();
            options.keys = keys;
            let error = failure(adapter, options, || {});
            assert_eq!(error.kind(), LoginErrorKind::Local);
        }
    }
}
