//! Texts, kinds and causes of the errors of a login.

use super::*;
use ra_core::desktop::login::{GatewayUrl, KeyUnavailable, TokenFault};
use ra_core::desktop::session::{Phase as SessionPhase, Refusal, SessionError};
use ra_core::{Fault, Retry};
use std::error::Error as _;

fn samples() -> Vec<(LoginError, LoginErrorKind, Fault, Retry, bool)> {
    use LoginErrorKind as Kind;
    let phase = SessionPhase::AwaitScan;
    let closed = |code| SessionError::Closed {
        phase,
        code: Some(CloseCode(code)),
    };
    let session = |error| LoginError::Session(error);
    let connect = |kind| LoginError::Connect(TransportError::new(kind));
    let http = |kind| LoginError::Exchange(TransportError::new(kind).into());
    let (peer, way, local) = (Fault::Peer, Fault::Transport, Fault::Local);
    let (never, new) = (Retry::Never, Retry::NewSession);
    let five = Retry::After(Duration::from_secs(5));
    let groups = [
        (
            (Kind::Expired, way, new, true),
            vec![session(SessionError::Expired)],
        ),
        (
            (Kind::Refused, peer, new, true),
            vec![session(SessionError::ProofRefused(Refusal::Silence))],
        ),
        (
            (Kind::Network, way, new, true),
            vec![
                session(SessionError::Silence { phase }),
                session(SessionError::HeartbeatMissed),
                session(SessionError::Lost { phase }),
                session(closed(1000)),
            ],
        ),
        (
            (Kind::Refused, peer, never, true),
            vec![session(closed(4000))],
        ),
        (
            (Kind::Protocol, peer, never, true),
            vec![session(SessionError::Binary)],
        ),
        (
            (Kind::Protocol, peer, new, true),
            vec![session(SessionError::FingerprintMismatch)],
        ),
        (
            (Kind::Network, way, five, true),
            vec![
                connect(TransportErrorKind::Connect),
                http(TransportErrorKind::Timeout),
            ],
        ),
        (
            (Kind::Network, way, never, true),
            vec![connect(TransportErrorKind::Tls)],
        ),
        (
            (Kind::Local, Fault::Caller, never, true),
            vec![connect(TransportErrorKind::NotAllowed)],
        ),
        (
            (Kind::Local, local, never, true),
            vec![LoginError::Key(KeyUnavailable)],
        ),
        (
            (Kind::Local, local, never, false),
            vec![LoginError::KeyTimeout],
        ),
        (
            (Kind::Network, peer, new, true),
            vec![http(TransportErrorKind::BodyTooLarge)],
        ),
        (
            (Kind::Protocol, peer, never, false),
            vec![
                LoginError::Token(TokenFault::Unopenable),
                LoginError::Token(TokenFault::NotUtf8),
                LoginError::Token(TokenFault::Empty),
                LoginError::Token(TokenFault::Malformed),
            ],
        ),
        (
            (Kind::Captcha, Fault::Caller, new, false),
            vec![LoginError::Captcha],
        ),
    ];
    let rows = groups
        .into_iter()
        .flat_map(|((kind, fault, retry, has_source), errors)| {
            (errors.into_iter()).map(move |error| (error, kind, fault, retry, has_source))
        });
    rows.collect()
}

#[test]
fn every_error_has_a_kind_a_fault_and_an_advice() {
    for (error, kind, fault, retry, _) in samples() {
        assert_eq!(
            (error.kind(), error.fault(), error.retry()),
            (kind, fault, retry),
            "{error:?}"
        );
    }
}

#[test]
fn the_cause_is_in_the_source_and_not_in_the_text() {
    for (error, .., has_source) in samples() {
        let text = error.to_string();
        assert!(
            text.len() > 10 && !text.ends_with('.') && !text.contains('\n'),
            "{text}"
        );
        assert_eq!(error.source().is_some(), has_source, "{error:?}");
        if let Some(source) = error.source() {
            assert!(!source.to_string().is_empty());
            assert!(
                matches!(error, LoginError::Key(_)) || !text.contains(&source.to_string()),
                "{error:?}"
            );
        }
    }
}

#[test]
fn a_bad_gateway_address_says_what_is_wrong() {
    for (address, source) in [
        ("http://h", false),
        ("wss://h/?a b", false),
        ("wss://", true),
        ("ws://h/", true),
    ] {
        let error = address.parse::<GatewayUrl>().unwrap_err();
        assert!(
            error.to_string().starts_with("the gateway address"),
            "{error}"
        );
        assert_eq!(error.source().is_some(), source, "{address}");
    }
}

#[test]
fn phases_have_names() {
    assert_eq!(Phase::Opening.to_string(), "Opening");
    assert_eq!(
        Phase::InSession(SessionPhase::AwaitScan).to_string(),
        "AwaitScan"
    );
    assert_eq!(SessionPhase::AwaitScan.to_string(), "AwaitScan");
}
