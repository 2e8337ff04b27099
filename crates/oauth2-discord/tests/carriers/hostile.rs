//! Redirects, and bodies that are no answer.

use std::net::TcpListener;

use oauth2_discord::api::{Keys, Me, UserInfo};
use oauth2_discord::error::{Advice, Repeat, advice};
use oauth2_discord::grant::{ClientCredentials, ExchangeCode, Refresh, Revoke, StartDevice};
use oauth2_discord::{AuthorizationCode, CodeVerifier, RefreshToken, Scope};
use ra_http::{BaseUrl, Endpoint, HttpError, HttpErrorKind, MAX_BODY_BYTES, TransportErrorKind};

use crate::support::{
    CANARY, CARRIERS, Carry, Server, access_token, client, response, with_headers,
};

fn exchange() -> ExchangeCode {
    let verifier = CodeVerifier::from_entropy(&[7; 32]);
    ExchangeCode::new(client(), AuthorizationCode::new(CANARY), verifier)
}

fn failure<E: Endpoint>(endpoint: &E, base: &BaseUrl, carry: Carry) -> HttpError {
    let Err(error) = endpoint.call(base, carry) else {
        panic!("it succeeded")
    };
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains(CANARY), "{shown}");
    error
}

#[test]
fn s28_no_carrier_follows_a_redirect() {
    let target = TcpListener::bind("127.0.0.1:0").unwrap();
    target.set_nonblocking(true).unwrap();
    let elsewhere = target.local_addr().unwrap();
    for (name, carry) in CARRIERS {
        for status in [
            "301 Moved Permanently",
            "302 Found",
            "303 See Other",
            "307 Temporary Redirect",
            "308 Permanent Redirect",
        ] {
            let location = format!("location: http://{elsewhere}/{CANARY}\r\n");
            let server = Server::start(with_headers(status, &location, CANARY));
            let base = &server.base();
            let grant = ClientCredentials::new(client(), [Scope::Identify]).unwrap();
            for error in [
                failure(&exchange(), base, carry),
                failure(
                    &Refresh::new(client(), RefreshToken::new(CANARY)),
                    base,
                    carry,
                ),
                failure(&grant, base, carry),
                failure(&StartDevice::new(client()), base, carry),
                failure(&Revoke::access(client(), access_token()), base, carry),
                failure(&Me::new(access_token()), base, carry),
                failure(&UserInfo::new(access_token()), base, carry),
                failure(&Keys::new(), base, carry),
            ] {
                assert_eq!(error.kind(), HttpErrorKind::Redirect, "{name}: {status}");
                let advice = advice(&error, Repeat::Safe);
                assert_eq!(advice, Advice::Configuration, "{name}: {status}");
            }
            assert_eq!(server.requests().len(), 8, "{name}: {status}");
        }
    }
    let came = target.accept().map(drop).map_err(|error| error.kind());
    assert_eq!(came, Err(std::io::ErrorKind::WouldBlock));
}

#[test]
fn s36_bodies_over_the_cap_are_not_read_on() {
    let huge = format!("{{\"x\":\"{CANARY}{}\"}}", "x".repeat(2 * MAX_BODY_BYTES));
    let until_the_end = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{huge}");
    for (name, carry) in CARRIERS {
        for answer in [response("200 OK", &huge), until_the_end.clone().into()] {
            let server = Server::start(answer);
            let error = failure(&exchange(), &server.base(), carry);
            let stopped = error.transport().map(|error| error.kind());
            let too_large = Some(TransportErrorKind::BodyTooLarge);
            assert_eq!(stopped, too_large, "{name}: {error:?}");
            assert_eq!(server.requests().len(), 1, "{name}");
        }
    }
}

#[test]
fn s36_cut_deep_and_foreign_bodies_are_no_answer() {
    let deep = format!("{{\"access_token\":{}", "[".repeat(100_000));
    let html = format!("<!DOCTYPE html><title>{CANARY}</title>");
    let cut =
        format!("HTTP/1.1 200 OK\r\ncontent-length: 4096\r\n\r\n{{\"access_token\":\"{CANARY}");
    let answers = [
        cut.into_bytes(),
        response("200 OK", &deep),
        response("200 OK", &html),
        response("200 OK", ""),
        response("200 OK", "[]"),
        response("200 OK", "null"),
        response("200 OK", &format!("{{\"access_token\":\"{CANARY}\"}}")),
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n\xff\xfe".to_vec(),
        b"SSH-2.0-c4n4ry\r\n\r\n".to_vec(),
        Vec::new(),
    ];
    for (name, carry) in CARRIERS {
        for (n, answer) in answers.iter().enumerate() {
            let server = Server::start(answer.clone());
            let error = failure(&exchange(), &server.base(), carry);
            // the code went out, and nobody knows what became of it
            let after = advice(&error, ExchangeCode::REPEAT);
            assert_eq!(after, Advice::OutcomeUnknown, "{name}: {n}: {error:?}");
            let error = failure(&Me::new(access_token()), &server.base(), carry);
            let after = advice(&error, Me::REPEAT);
            assert!(
                matches!(after, Advice::AskAgain { .. }),
                "{name}: {n}: {after:?}"
            );
            assert_eq!(server.requests().len(), 2, "{name}: {n}");
        }
    }
}
