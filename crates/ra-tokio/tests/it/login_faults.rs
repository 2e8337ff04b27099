//! The desktop's driver: logins that fail, each in bounded time, with its kind and without a secret in its words.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use ra_core::desktop::login::{LoginError, LoginErrorKind, ProofPolicy};
use ra_core::desktop::session::Dialect;
use ra_crypto::{Backend, Entropy, GenerateError, KeyError, PeerKey, PublicKeyError, SessionKey};
use ra_http::TransportErrorKind;
use ra_proto::frame::GatewayFrame;
use ra_tokio::{Keys, Login, LoginOptions, StartError};
use tokio::io::AsyncWriteExt as _;

use crate::gateway::{Gateway, Service};
use crate::support::{answering, bounded, deserted, drain};

const SHORT: Duration = Duration::from_millis(100);

/// A service whose desktop waits for nothing longer than 100 ms and speaks one dialect.
async fn impatient() -> (Service, LoginOptions) {
    let service = Service::new().await;
    let mut options = service.options();
    options.config.proof = ProofPolicy::Only(Dialect::Digest);
    options.config.connect_within = SHORT;
    options.config.answer_within = SHORT;
    options.config.call_within = SHORT;
    options.config.exchange_within = SHORT;
    options.config.failures_before_qr = 1;
    (service, options)
}

/// How a login with these options fails while `script` plays the gateway.
async fn failure(options: LoginOptions, script: impl Future<Output = ()>) -> LoginError {
    let login = Login::start(options).unwrap();
    let (outcome, ()) = bounded(async { tokio::join!(login.outcome(), script) }).await;
    let error = outcome.expect_err("a failure");
    let mut shown = format!("{error:?} {error}");
    let mut source = error.source();
    while let Some(error) = source {
        shown += &format!(" {error:?} {error}");
        source = error.source();
    }
    assert!(!shown.contains("canary"), "{shown}");
    error
}

#[tokio::test]
async fn r19_silence_at_each_step_ends_the_login() {
    // no upgrade
    let (service, options) = impatient().await;
    let error = failure(options, async {
        let (mut stream, _) = service.sockets.accept().await.unwrap();
        drain(&mut stream).await;
    })
    .await;
    assert_eq!(error.kind(), LoginErrorKind::Network);

    // no hello
    let (service, options) = impatient().await;
    let error = failure(options, async {
        service.accept().await.closed().await;
    })
    .await;
    assert_eq!(error.kind(), LoginErrorKind::Network);

    // no challenge
    let (service, options) = impatient().await;
    let error = failure(options, async {
        let mut gateway = service.accept().await;
        gateway.hello().await;
        gateway.closed().await;
    })
    .await;
    assert_eq!(error.kind(), LoginErrorKind::Network);

    // R-20: no answer to the proof
    let (service, options) = impatient().await;
    let error = failure(options, async {
        let mut gateway = service.accept().await;
        gateway.challenge().await;
        gateway.closed().await;
    })
    .await;
    assert_eq!(error.kind(), LoginErrorKind::Refused);

    // no reply to the exchange
    let (service, options) = impatient().await;
    let error = failure(options, async {
        service.accept().await.approve().await;
        let (mut stream, _) = service.rest.accept().await.unwrap();
        drain(&mut stream).await;
    })
    .await;
    assert_eq!(error.kind(), LoginErrorKind::Network);
}

/// A session that is ruined after `hello`.
async fn ruined(code: Option<u16>, ruin: impl AsyncFnOnce(&mut Gateway)) -> LoginErrorKind {
    let service = Service::new().await;
    let error = failure(service.options(), async {
        let mut gateway = service.accept().await;
        gateway.hello().await;
        ruin(&mut gateway).await;
        assert_eq!(gateway.closed().await, code);
    })
    .await;
    error.kind()
}

#[tokio::test]
async fn r17_what_is_no_frame_ends_the_session_with_the_right_code() {
    let kind = ruined(Some(1009), async |gateway| {
        gateway
            .socket
            .get_mut()
            .write_all(&[0x81, 127, 0, 0, 0, 0, 2, 0, 0, 0])
            .await
            .unwrap();
    })
    .await;
    assert_eq!(kind, LoginErrorKind::Protocol);
    let kind = ruined(Some(1003), async |gateway| {
        gateway
            .socket
            .get_mut()
            .write_all(&[0x82, 1, 0])
            .await
            .unwrap();
    })
    .await;
    assert_eq!(kind, LoginErrorKind::Protocol);
    let kind = ruined(Some(1003), async |gateway| {
        gateway
            .socket
            .get_mut()
            .write_all(&[0x81, 1, 0xff])
            .await
            .unwrap();
    })
    .await;
    assert_eq!(kind, LoginErrorKind::Protocol);
}

#[tokio::test]
async fn r08_a_foreign_fingerprint_is_never_shown() {
    let service = Service::new().await;
    let mut login = service.login();
    bounded(async {
        let (event, ()) = tokio::join!(login.next_event(), async {
            let mut gateway = service.accept().await;
            gateway.challenge().await;
            gateway.hear().await;
            let fingerprint = "A".repeat(43).into();
            gateway
                .say(GatewayFrame::PendingRemoteInit { fingerprint })
                .await;
            gateway.closed().await;
        });
        assert!(event.is_none());
    })
    .await;
    assert_eq!(
        login.outcome().await.unwrap_err().kind(),
        LoginErrorKind::Protocol
    );
}

#[tokio::test]
async fn a_gateway_that_cannot_be_reached_is_a_network_failure() {
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
        let (_service, mut options) = impatient().await;
        options.config.gateway = format!("ws://{}", answering(reply).await).parse().unwrap();
        let error = failure(options, async {}).await;
        assert_eq!(error.kind(), LoginErrorKind::Network);
        let LoginError::Connect(error) = error else {
            panic!("{error:?}")
        };
        assert_eq!(error.kind(), expected);
    }
    let (_service, mut options) = impatient().await;
    options.config.gateway = format!("ws://{}", deserted().await).parse().unwrap();
    let error = failure(options, async {}).await;
    assert!(
        matches!(&error, LoginError::Connect(e) if e.kind() == TransportErrorKind::Connect),
        "{error:?}"
    );
}

#[tokio::test]
async fn r30_to_r33_an_exchange_that_fails_says_how() {
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
        let service = Service::new().await;
        let error = failure(service.options(), async {
            service.accept().await.approve().await;
            let (mut stream, _) = service.rest.accept().await.unwrap();
            crate::support::read_request(&mut stream).await;
            let _ = stream
                .write_all(crate::support::json(status, body).as_bytes())
                .await;
        })
        .await;
        assert_eq!(error.kind(), kind, "{status} {error:?}");
    }
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

#[tokio::test]
async fn without_a_key_there_is_no_login_and_no_panic() {
    for panics in [false, true] {
        let service = Service::new().await;
        let mut options = service.options();
        options.keys = Keys::Backend(Arc::new(NoKeys { panics }));
        let error = failure(options, async {}).await;
        assert_eq!(error.kind(), LoginErrorKind::Local);
    }
}

#[test]
fn outside_of_a_runtime_a_login_does_not_start() {
    let options = LoginOptions::new(Keys::new(ra_testkit::Fake));
    assert!(matches!(Login::start(options), Err(StartError::NoRuntime)));
}

/// Nobody is shown a code that could not be used: without trust, a login over TLS does not start at all.
#[cfg(not(any(feature = "rustls-platform-verifier", feature = "webpki-roots")))]
#[tokio::test]
async fn without_roots_of_trust_a_login_does_not_start() {
    let options = LoginOptions::new(Keys::new(ra_testkit::Fake));
    assert!(matches!(Login::start(options), Err(StartError::Tls(_))));
    let service = Service::new().await;
    let mut options = service.options();
    assert!(
        Login::start(options.clone()).is_ok(),
        "plaintext on this machine needs none"
    );
    options.config.api = "https://discord.com/api/v9".parse().unwrap();
    assert!(matches!(Login::start(options), Err(StartError::Tls(_))));
}
