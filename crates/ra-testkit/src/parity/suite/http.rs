//! The HTTP carrier.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use http::{Method, Request, Response};
use ra_carrier::Network;
use ra_http::{Body, HttpErrorKind, MAX_BODY_BYTES, TransportError, TransportErrorKind, json_post};
use ra_proto::Ticket;
use ra_proto::rest::ExchangeTicket;

use crate::parity::Operations;
use crate::parity::peers::{
    LONG, answering, deserted, drain, is_untouched, json, listener, read_request, serve, silent,
};

fn post(address: impl std::fmt::Display) -> Request<Body> {
    let base = format!("http://{address}/api/v9").parse().unwrap();
    json_post(&base, "/users/@me/x?y=1", b"{\"a\":1}".to_vec()).unwrap()
}

fn send<A: Operations>(
    adapter: A,
    request: Request<Body>,
) -> Result<Response<Body>, TransportError> {
    adapter.send(&Network::default(), request, LONG)
}

fn send_for<A: Operations>(
    adapter: A,
    request: Request<Body>,
    timeout: Duration,
) -> TransportErrorKind {
    let response = adapter.send(&Network::default(), request, timeout);
    response.expect_err("no response").kind()
}

fn failure<A: Operations>(adapter: A, reply: impl Into<Vec<u8>>) -> TransportErrorKind {
    send(adapter, post(answering(reply)))
        .expect_err("no response")
        .kind()
}

/// A server that answers everything with `201`, and what it was asked.
fn listening() -> (std::net::SocketAddr, std::sync::mpsc::Receiver<String>) {
    let (seen, requests) = sync_channel(4);
    let address = serve(move |mut stream| {
        seen.send(read_request(&mut stream)).unwrap();
        stream
            .write_all(json("201 Created", "{}").as_bytes())
            .unwrap();
    });
    (address, requests)
}

pub fn a_request_goes_out_whole_and_bears_what_http_wants_and_nothing_else<A: Operations>(
    adapter: A,
) {
    let (address, requests) = listening();
    let response = send(adapter, post(address)).unwrap();
    assert_eq!(
        (response.status().as_u16(), response.body().as_bytes()),
        (201, &b"{}"[..])
    );
    let request = requests.recv().unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    assert_eq!(lines.next(), Some("POST /api/v9/users/@me/x?y=1 HTTP/1.1"));
    let mut headers: Vec<_> = lines.collect();
    headers.sort_unstable();
    let expected = [
        "accept: application/json".to_owned(), // the request's own
        "content-length: 7".to_owned(),
        "content-type: application/json".to_owned(),
        format!("host: {address}"),
        format!("user-agent: remote-auth/{}", env!("CARGO_PKG_VERSION")),
    ];
    assert_eq!(headers, expected);
    assert_eq!(body, "{\"a\":1}");

    let mut named = post(address);
    named
        .headers_mut()
        .insert("user-agent", "tester/1".parse().unwrap());
    send(adapter, named).unwrap();
    let request = requests.recv().unwrap();
    assert!(request.contains("\r\nuser-agent: tester/1\r\n") && !request.contains("remote-auth"));
}

pub fn every_method_goes_out_with_its_body_or_without<A: Operations>(adapter: A) {
    let (address, requests) = listening();
    for (method, body, length) in [
        (Method::GET, "", None),
        (Method::POST, "", A::LENGTH_OF_EMPTY_POST),
        (Method::DELETE, "gone", Some("content-length: 4")),
        (Method::PATCH, "new", Some("content-length: 3")),
    ] {
        let request = Request::builder()
            .method(&method)
            .uri(format!("http://{address}"))
            .body(Body::from(body.as_bytes().to_vec()))
            .unwrap();
        send(adapter, request).unwrap();
        let request = requests.recv().unwrap();
        assert!(
            request.starts_with(&format!("{method} / HTTP/1.1\r\n")),
            "{request}"
        );
        assert!(request.ends_with(&format!("\r\n\r\n{body}")), "{request}");
        let announced = request
            .lines()
            .find(|line| line.starts_with("content-length"));
        assert_eq!(announced, length, "{request}");
    }
}

pub fn an_endpoint_is_called_and_its_reply_read<A: Operations>(adapter: A) {
    let exchange = ExchangeTicket::new(Ticket::new("t".to_owned()), None);
    let address = answering(json("200 OK", r#"{"encrypted_token":"AQI"}"#));
    let base = format!("http://{address}/api/v9").parse().unwrap();
    assert_eq!(adapter.call(&exchange, &base).unwrap(), [1, 2]);

    let html = "<!DOCTYPE html><h1>canary</h1>";
    let address = answering(json("502 Bad Gateway", html));
    let base = format!("http://{address}/api/v9").parse().unwrap();
    let error = adapter.call(&exchange, &base).unwrap_err();
    assert_eq!(
        (error.kind(), error.status().unwrap().as_u16()),
        (HttpErrorKind::Status, 502)
    );
    assert_eq!(error.dangerous_body(), html.as_bytes());
    assert!(!format!("{error:?}").contains("canary"));
}

pub fn statuses_are_replies_whatever_they_are<A: Operations>(adapter: A) {
    for (reply, status, body) in [
        ("204 No Content\r\n\r\n", 204, ""),
        ("304 Not Modified\r\n\r\n", 304, ""),
        ("404 Not Found\r\ncontent-length: 2\r\n\r\nno", 404, "no"),
        (
            "429 Slow\r\nretry-after: 1\r\nconnection: close\r\n\r\nwait",
            429,
            "wait",
        ),
        (
            "200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx: y\r\n\r\n",
            200,
            "{}",
        ),
        (
            "100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
            200,
            "ok",
        ),
    ] {
        let response = send(adapter, post(answering(format!("HTTP/1.1 {reply}")))).unwrap();
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(response.body().as_bytes(), body.as_bytes(), "{reply}");
    }
}

pub fn r33_a_redirect_is_not_followed<A: Operations>(adapter: A) {
    let (target, elsewhere) = listener();
    for status in [
        "301 Moved",
        "302 Found",
        "303 See",
        "307 Moved",
        "308 Moved",
    ] {
        let reply = format!(
            "HTTP/1.1 {status}\r\nlocation: http://{elsewhere}/\r\ncontent-length: 2\r\n\r\nno"
        );
        let response = send(adapter, post(answering(reply))).unwrap();
        assert_eq!(response.status().as_str(), &status[..3]);
        assert!(response.headers().contains_key("location"));
    }
    assert!(is_untouched(&target));
}

/// A server that sends 64 MiB after this head; says how much it got rid of.
fn flooding(head: &'static str) -> (std::net::SocketAddr, Arc<AtomicUsize>) {
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = sent.clone();
    let address = serve(move |mut stream| {
        read_request(&mut stream);
        let _ = stream.write_all(head.as_bytes());
        let chunk = [b"10000\r\n".to_vec(), vec![b'x'; 65536], b"\r\n".to_vec()].concat();
        while counter.load(Ordering::SeqCst) < 64 << 20 && stream.write_all(&chunk).is_ok() {
            counter.fetch_add(65536, Ordering::SeqCst);
        }
    });
    (address, sent)
}

pub fn r33_a_body_over_the_cap_is_not_read_on<A: Operations>(adapter: A) {
    for head in [
        "HTTP/1.1 200 OK\r\ncontent-length: 67108864\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n",
        "HTTP/1.1 500 Oops\r\ncontent-length: 67108864\r\n\r\n",
        "HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 67108864\r\n\r\n",
    ] {
        let (address, sent) = flooding(head);
        let kind = send(adapter, post(address)).unwrap_err().kind();
        assert_eq!(kind, TransportErrorKind::BodyTooLarge, "{head}");
        assert!(
            sent.load(Ordering::SeqCst) < 32 << 20,
            "all of it was read: {head}"
        );
    }
    let fits = "x".repeat(MAX_BODY_BYTES);
    let response = send(adapter, post(answering(json("200 OK", &fits)))).unwrap();
    assert_eq!(response.body().len(), MAX_BODY_BYTES);
    assert_eq!(
        failure(adapter, json("200 OK", &(fits + "x"))),
        TransportErrorKind::BodyTooLarge
    );
}

pub fn what_is_no_http_or_breaks_off_is_lost<A: Operations>(adapter: A) {
    for reply in [
        "",
        "canary\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200",
    ] {
        let error = send(adapter, post(answering(reply))).unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Lost, "{reply:?}");
        assert!(!format!("{error:?}").contains("canary"));
    }
    let fine = format!(
        "HTTP/1.1 204 No Content\r\nx: {}\r\n\r\n",
        "x".repeat(32 * 1024)
    );
    assert!(send(adapter, post(answering(fine))).is_ok());
    let endless = format!(
        "HTTP/1.1 204 No Content\r\nx: {}\r\n\r\n",
        "x".repeat(128 * 1024)
    );
    assert_eq!(failure(adapter, endless), TransportErrorKind::Lost);
}

pub fn r19_a_call_is_bounded_as_a_whole<A: Operations>(adapter: A) {
    let short = Duration::from_millis(100);
    assert_eq!(
        send_for(adapter, post(silent()), short),
        TransportErrorKind::Timeout
    );
    // a body that stops coming
    let address = serve(|mut stream| {
        read_request(&mut stream);
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nslow";
        stream.write_all(head).unwrap();
        drain(&mut stream);
    });
    assert_eq!(
        send_for(adapter, post(address), short),
        TransportErrorKind::Timeout
    );
    // one that never ends, in pieces that each come in time
    let address = serve(|mut stream| {
        read_request(&mut stream);
        let mut piece: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n";
        while stream.write_all(piece).is_ok() {
            piece = b"x";
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    assert_eq!(
        send_for(adapter, post(address), short),
        TransportErrorKind::Timeout
    );
    // a peer that takes no more of a large request
    let (stuck, address) = listener();
    let mut request = post(address);
    *request.body_mut() = Body::from(vec![b'x'; 32 << 20]);
    assert_eq!(
        send_for(adapter, request, short),
        TransportErrorKind::Timeout
    );
    drop(stuck);
}

pub fn a_limit_that_no_clock_holds_is_none<A: Operations>(adapter: A) {
    let address = answering(json("200 OK", "{}"));
    assert!(
        adapter
            .send(&Network::default(), post(address), Duration::MAX)
            .is_ok()
    );
    let silent = post(silent());
    let none = adapter.send(&Network::default(), silent, Duration::ZERO);
    assert_eq!(none.unwrap_err().kind(), TransportErrorKind::Timeout);
}

pub fn nobody_there_is_no_connection<A: Operations>(adapter: A) {
    let error = send(adapter, post(deserted())).unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Connect);
    assert!(std::error::Error::source(&error).is_some());
}

pub fn r01_plaintext_to_another_machine_is_refused_before_any_connection<A: Operations>(
    adapter: A,
) {
    for uri in [
        "http://192.0.2.1/",
        "http://discord.com/api/v9",
        "ws://127.0.0.1/",
        "/api/v9",
        "http://u@127.0.0.1/",
    ] {
        let request = Request::post(uri).body(Body::empty()).unwrap();
        // in no time at all: whatever waited for a network would be a timeout instead
        let kind = send_for(adapter, request, Duration::ZERO);
        assert_eq!(kind, TransportErrorKind::NotAllowed, "{uri}");
    }
}
