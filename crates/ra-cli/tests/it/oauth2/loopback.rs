//! Requests to the listener of `ra oauth2 login` from others than the expected browser.

use std::io::{BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use serde_json::Value;

use super::login::{Login, authorized};
use super::service::Service;
use super::{ACCESS, token};
use crate::support::PATIENCE;

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Says this and reads everything that is answered.
pub fn say(address: SocketAddr, request: &str) -> String {
    let mut stream = connect(address);
    // whoever is turned away while it talks may see the connection end
    let _ = stream.write_all(request.as_bytes());
    let mut answer = String::new();
    let _ = BufReader::new(stream).read_to_string(&mut answer);
    answer
}

/// A GET as a browser makes it.
pub fn get(address: SocketAddr, target: &str) -> String {
    say(
        address,
        &format!("GET {target} HTTP/1.1\r\nHost: {address}\r\n\r\n"),
    )
}

#[test]
fn s06_o085_foreign_requests_are_turned_away_and_end_nothing() {
    let service = Service::of(token());
    let login = Login::start(&service, &[]);
    let address = login.address;
    let state = login.state.clone();
    let good = login.target("code=canary-code");
    let host = format!("Host: {address}\r\n");
    for (request, status) in [
        // S-06: not the state of this flow
        (
            format!("GET /callback?code=evil HTTP/1.1\r\n{host}\r\n"),
            "404",
        ),
        (
            format!("GET /callback?code=evil&state= HTTP/1.1\r\n{host}\r\n"),
            "404",
        ),
        (
            format!("GET /callback?code=evil&state={state}x HTTP/1.1\r\n{host}\r\n"),
            "404",
        ),
        (
            format!(
                "GET /callback?code=evil&state={} HTTP/1.1\r\n{host}\r\n",
                &state[1..]
            ),
            "404",
        ),
        (
            format!("GET /callback?error=access_denied HTTP/1.1\r\n{host}\r\n"),
            "404",
        ),
        (
            format!("GET /callback?state={state}&state=x&code=evil HTTP/1.1\r\n{host}\r\n"),
            "404",
        ),
        (
            format!("GET /callback?code=evil&code=evil&state=x HTTP/1.1\r\n{host}\r\n"),
            "404",
        ),
        (
            format!("GET /x?code=evil&code=evil&state={state} HTTP/1.1\r\n{host}\r\n"),
            "404",
        ),
        // other places
        (format!("GET /favicon.ico HTTP/1.1\r\n{host}\r\n"), "404"),
        (format!("GET / HTTP/1.1\r\n{host}\r\n"), "404"),
        (
            format!("GET /callback/x?code=evil&state={state} HTTP/1.1\r\n{host}\r\n"),
            "404",
        ),
        (
            format!("GET {good} HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
            "404",
        ),
        (
            format!(
                "GET {good} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n",
                address.port()
            ),
            "404",
        ),
        (format!("GET {good} HTTP/1.1\r\n\r\n"), "404"),
        // no GET
        (
            format!("POST {good} HTTP/1.1\r\n{host}Content-Length: 0\r\n\r\n"),
            "404",
        ),
        (format!("HEAD {good} HTTP/1.1\r\n{host}\r\n"), "404"),
        ("nonsense\r\n\r\n".to_owned(), "404"),
        // too large: closed without a word
        (
            format!("GET /{} HTTP/1.1\r\n{host}\r\n", "x".repeat(70_000)),
            "",
        ),
    ] {
        let answer = say(address, &request);
        match status {
            "" => assert_eq!(answer, "", "{request:?}"),
            _ => assert!(
                answer.starts_with(&format!("HTTP/1.1 {status} ")),
                "{request:?} {answer:?}"
            ),
        }
        assert!(
            !answer.contains("evil") && !answer.contains(&state),
            "{answer:?}"
        );
    }
    assert!(service.calls().is_empty());
    let answer = get(address, &good);
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    let ended = login.end();
    assert_eq!(authorized(&ended)["access_token"], ACCESS);
    assert_eq!(service.call().field("code").as_deref(), Some("canary-code"));
}

#[test]
fn silent_and_slow_callers_do_not_keep_the_answer_waiting() {
    let service = Service::of(token());
    let login = Login::start(&service, &[]);
    // more than are served at once: the oldest make room
    let mut silent: Vec<TcpStream> = (0..100).map(|_| connect(login.address)).collect();
    for (number, stream) in silent.iter_mut().enumerate() {
        if number % 2 == 0 {
            // those who were sent away already cannot be written to
            let _ = stream.write_all(b"GET /callback?co");
        }
    }
    let answer = get(login.address, &login.target("code=canary-code"));
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    let ended = login.end();
    assert_eq!(authorized(&ended)["access_token"], ACCESS);
    drop(silent);
}

#[test]
fn a_request_in_pieces_is_put_together() {
    let service = Service::of(token());
    let login = Login::start(&service, &[]);
    let request = format!(
        "GET {} HTTP/1.1\r\nUser-Agent: x\r\nhost: {}\r\n\r\n",
        login.target("code=canary-code"),
        login.address
    );
    let mut stream = connect(login.address);
    stream.set_nodelay(true).unwrap();
    for byte in request.bytes() {
        stream.write_all(&[byte]).unwrap();
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert_eq!(authorized(&login.end())["access_token"], ACCESS);
}

#[test]
fn o123_the_page_holds_nothing_of_the_request_and_is_kept_nowhere() {
    let service = Service::of(token());
    let login = Login::start(&service, &[]);
    let state = login.state.clone();
    let answer = get(
        login.address,
        &login.target("code=canary-code&x=canary-extra"),
    );
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    for header in [
        "Cache-Control: no-store",
        "Referrer-Policy: no-referrer",
        "X-Content-Type-Options: nosniff",
        "X-Frame-Options: DENY",
        "Connection: close",
    ] {
        assert!(head.lines().any(|line| line == header), "{header}: {head}");
    }
    assert!(
        head.contains("Content-Security-Policy: default-src 'none'"),
        "{head}"
    );
    assert!(
        !answer.contains("canary") && !answer.contains(&state),
        "{answer}"
    );
    assert!(body.starts_with("<!doctype html>"), "{body}");
    let ended = login.end();
    // the code and the verifier appear nowhere, the state in the URL alone
    ended.never_says("canary-code");
    let verifier = service.call().field("code_verifier").unwrap();
    ended.never_says(&verifier);
}

#[test]
fn one_request_is_served_and_the_port_is_closed() {
    let (send, asked) = std::sync::mpsc::channel();
    let service = Service::start(move |_| {
        send.send(()).unwrap();
        // the answer to the exchange never comes
        std::thread::park_timeout(PATIENCE);
        String::new()
    });
    let login = Login::start(&service, &["--timeout", "5"]);
    get(login.address, &login.target("code=canary-code"));
    asked.recv_timeout(PATIENCE).unwrap();
    let closed = TcpStream::connect(login.address).unwrap_err();
    assert_eq!(closed.kind(), std::io::ErrorKind::ConnectionRefused);
    let ended = login.end();
    assert_eq!(ended.code, 7, "{ended:?}");
    let error: Value = ended.error();
    assert_eq!(error["kind"], "network");
    ended.never_says("canary");
}
