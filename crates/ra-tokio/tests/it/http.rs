//! The HTTP carrier.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::{Request, Response};
use ra_http::{Body, HttpErrorKind, MAX_BODY_BYTES, TransportError, TransportErrorKind, json_post};
use ra_proto::Ticket;
use ra_proto::rest::ExchangeTicket;
use ra_tokio::{HttpCarrier, Network};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::mpsc;

use crate::support::{
    answering, bounded, deserted, drain, is_untouched, json, listener, read_request, serve, silent,
};

const LONG: Duration = Duration::from_secs(20);

fn post(address: impl std::fmt::Display) -> Request<Body> {
    let base = format!("http://{address}/api/v9").parse().unwrap();
    json_post(&base, "/users/@me/x?y=1", b"{\"a\":1}".to_vec()).unwrap()
}

async fn send(request: Request<Body>) -> Result<Response<Body>, TransportError> {
    bounded(HttpCarrier::new(Network::default()).send(request, LONG)).await
}

async fn send_for(request: Request<Body>, timeout: Duration) -> TransportErrorKind {
    let carrier = HttpCarrier::new(Network::default());
    bounded(carrier.send(request, timeout))
        .await
        .expect_err("no response")
        .kind()
}

async fn failure(reply: impl Into<Vec<u8>>) -> TransportErrorKind {
    send(post(answering(reply).await))
        .await
        .expect_err("no response")
        .kind()
}

#[tokio::test]
async fn a_request_goes_out_whole_and_bears_what_http_wants() {
    let (seen, mut requests) = mpsc::channel(1);
    let address = serve(move |mut stream| {
        let seen = seen.clone();
        async move {
            seen.send(read_request(&mut stream).await).await.unwrap();
            stream
                .write_all(json("201 Created", "{}").as_bytes())
                .await
                .unwrap();
        }
    })
    .await;
    let response = send(post(address)).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), response.body().as_bytes()),
        (201, &b"{}"[..])
    );
    let request = requests.recv().await.unwrap();
    assert!(
        request.starts_with("POST /api/v9/users/@me/x?y=1 HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(request.contains(&format!("\r\nhost: {address}\r\n")));
    assert!(request.contains("\r\nuser-agent: remote-auth/"));
    assert!(request.contains("\r\ncontent-length: 7\r\n"));
    assert!(request.ends_with("\r\n\r\n{\"a\":1}"));

    let mut named = post(address);
    named
        .headers_mut()
        .insert("user-agent", "tester/1".parse().unwrap());
    send(named).await.unwrap();
    let request = requests.recv().await.unwrap();
    assert!(request.contains("\r\nuser-agent: tester/1\r\n") && !request.contains("remote-auth"));
}

#[tokio::test]
async fn an_endpoint_is_called_and_its_reply_read() {
    let carrier = HttpCarrier::new(Network::default());
    let exchange = ExchangeTicket::new(Ticket::new("t".to_owned()), None);
    let address = answering(json("200 OK", r#"{"encrypted_token":"AQI"}"#)).await;
    let base = format!("http://{address}/api/v9").parse().unwrap();
    assert_eq!(
        bounded(carrier.call(&exchange, &base)).await.unwrap(),
        [1, 2]
    );

    let html = "<!DOCTYPE html><h1>canary</h1>";
    let address = answering(json("502 Bad Gateway", html)).await;
    let base = format!("http://{address}/api/v9").parse().unwrap();
    let error = bounded(carrier.call(&exchange, &base)).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status().unwrap().as_u16()),
        (HttpErrorKind::Status, 502)
    );
    assert_eq!(error.dangerous_body(), html.as_bytes());
    assert!(!format!("{error:?}").contains("canary"));
}

#[tokio::test]
async fn statuses_are_replies_whatever_they_are() {
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
        let response = send(post(answering(format!("HTTP/1.1 {reply}")).await))
            .await
            .unwrap();
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(response.body().as_bytes(), body.as_bytes());
    }
}

#[tokio::test]
async fn r33_a_redirect_is_not_followed() {
    let (target, elsewhere) = listener().await;
    let reply =
        format!("HTTP/1.1 307 Moved\r\nlocation: http://{elsewhere}/\r\ncontent-length: 0\r\n\r\n");
    let response = send(post(answering(reply).await)).await.unwrap();
    assert_eq!(response.status().as_u16(), 307);
    assert!(bounded(is_untouched(target)).await);
}

/// A server that sends 64 MiB after this head; says how much it got rid of.
async fn flooding(head: &'static str) -> (std::net::SocketAddr, Arc<AtomicUsize>) {
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = sent.clone();
    let address = serve(move |mut stream| {
        let counter = counter.clone();
        async move {
            read_request(&mut stream).await;
            let _ = stream.write_all(head.as_bytes()).await;
            let chunk = [b"10000\r\n".to_vec(), vec![b'x'; 65536], b"\r\n".to_vec()].concat();
            while counter.load(Ordering::SeqCst) < 64 << 20
                && stream.write_all(&chunk).await.is_ok()
            {
                counter.fetch_add(65536, Ordering::SeqCst);
            }
        }
    })
    .await;
    (address, sent)
}

#[tokio::test]
async fn r33_a_body_over_the_cap_is_not_read_on() {
    for head in [
        "HTTP/1.1 200 OK\r\ncontent-length: 67108864\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n",
        "HTTP/1.1 500 Oops\r\ncontent-length: 67108864\r\n\r\n",
    ] {
        let (address, sent) = flooding(head).await;
        let kind = send(post(address)).await.unwrap_err().kind();
        assert_eq!(kind, TransportErrorKind::BodyTooLarge, "{head}");
        assert!(
            sent.load(Ordering::SeqCst) < 32 << 20,
            "all of it was read: {head}"
        );
    }
    let fits = "x".repeat(MAX_BODY_BYTES);
    let response = send(post(answering(json("200 OK", &fits)).await))
        .await
        .unwrap();
    assert_eq!(response.body().len(), MAX_BODY_BYTES);
    assert_eq!(
        failure(json("200 OK", &(fits + "x"))).await,
        TransportErrorKind::BodyTooLarge
    );
}

#[tokio::test]
async fn what_is_no_http_or_breaks_off_is_lost() {
    for reply in [
        "",
        "canary\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200",
    ] {
        assert_eq!(failure(reply).await, TransportErrorKind::Lost, "{reply:?}");
    }
    let fine = format!(
        "HTTP/1.1 204 No Content\r\nx: {}\r\n\r\n",
        "x".repeat(32 * 1024)
    );
    assert!(send(post(answering(fine).await)).await.is_ok());
    let endless = format!(
        "HTTP/1.1 204 No Content\r\nx: {}\r\n\r\n",
        "x".repeat(128 * 1024)
    );
    assert_eq!(failure(endless).await, TransportErrorKind::Lost);
}

#[tokio::test]
async fn r19_a_call_is_bounded_as_a_whole() {
    let short = Duration::from_millis(100);
    assert_eq!(
        send_for(post(silent().await), short).await,
        TransportErrorKind::Timeout
    );
    // a body that stops coming
    let address = serve(|mut stream| async move {
        read_request(&mut stream).await;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nslow")
            .await
            .unwrap();
        drain(&mut stream).await;
    })
    .await;
    assert_eq!(
        send_for(post(address), short).await,
        TransportErrorKind::Timeout
    );
    // one that never ends, in pieces that each come in time
    let address = serve(|mut stream| async move {
        read_request(&mut stream).await;
        let mut piece: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n";
        while stream.write_all(piece).await.is_ok() {
            piece = b"x";
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    assert_eq!(
        send_for(post(address), short).await,
        TransportErrorKind::Timeout
    );
}

#[tokio::test]
async fn nobody_there_is_no_connection() {
    let error = send(post(deserted().await)).await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Connect);
    assert!(std::error::Error::source(&error).is_some());
}

#[tokio::test]
async fn r01_plaintext_to_another_machine_is_refused_before_any_connection() {
    tokio::time::pause();
    for uri in [
        "http://192.0.2.1/",
        "http://discord.com/api/v9",
        "ws://127.0.0.1/",
        "/api/v9",
        "http://u@127.0.0.1/",
    ] {
        let request = Request::post(uri).body(Body::empty()).unwrap();
        assert_eq!(
            send_for(request, LONG).await,
            TransportErrorKind::NotAllowed,
            "{uri}"
        );
    }
}
