//! Requests that are too large or too slow.

use std::time::Duration;

use http::Request;

use crate::support::*;

#[tokio::test]
async fn r55_a_head_that_never_ends_is_cut_off() {
    let host = host(|config| config.limits.head_within = Duration::from_millis(200)).await;
    let mut silent = Tcp::connect(host.address).await;
    assert_eq!(silent.read_to_end().await, b"");
    let mut slow = Tcp::connect(host.address).await;
    slow.send(b"GET /healthz HTTP/1.1\r\nHost: gate").await;
    let answer = slow.read_to_end().await;
    assert!(!answer.starts_with(b"HTTP/1.1 200"), "{answer:?}");
    // and an idle connection after a request, too
    let mut idle = Tcp::connect(host.address).await;
    idle.send(b"GET /healthz HTTP/1.1\r\nHost: gateway\r\n\r\n")
        .await;
    let answer = String::from_utf8(idle.read_to_end().await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.matches("HTTP/1.1").count() == 1);
}

#[tokio::test]
async fn r55_a_head_over_the_cap_is_refused() {
    let host = host(|_| {}).await;
    let mut tcp = Tcp::connect(host.address).await;
    let big = "a".repeat(60_000);
    let request = format!("GET /healthz HTTP/1.1\r\nHost: gateway\r\nX-Big: {big}\r\n\r\n");
    tcp.send(request.as_bytes()).await;
    let answer = String::from_utf8(tcp.read_to_end().await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    let many = "X-Many: 1\r\n".repeat(100);
    let mut tcp = Tcp::connect(host.address).await;
    tcp.send(format!("GET /healthz HTTP/1.1\r\n{many}\r\n").as_bytes())
        .await;
    let answer = String::from_utf8(tcp.read_to_end().await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[tokio::test]
async fn r55_what_is_no_http_is_refused() {
    let host = host(|_| {}).await;
    let mut tcp = Tcp::connect(host.address).await;
    tcp.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 this is TLS\r\n\r\n")
        .await;
    let answer = tcp.read_to_end().await;
    assert!(answer.starts_with(b"HTTP/1.1 400 "), "{answer:?}");
}

#[tokio::test]
async fn r55_a_body_over_the_cap_gets_413() {
    let host = host(|_| {}).await;
    let announced = Request::post("/api/v9/users/@me/remote-auth/login")
        .header("host", "gateway")
        .body("a".repeat(200_000));
    assert_eq!(
        call(host.address, announced.unwrap()).await.refusal(),
        (413, 40005)
    );
    // announced only, and no room is made for it
    for length in ["16385", "1000000000000000000"] {
        let mut tcp = Tcp::connect(host.address).await;
        let head = "POST /api/v9/users/@me/remote-auth/login HTTP/1.1\r\nHost: gateway\r\n";
        tcp.send(format!("{head}Content-Length: {length}\r\n\r\n").as_bytes())
            .await;
        let head = tcp.read_head().await;
        assert!(head.starts_with("HTTP/1.1 413 "), "{length}: {head}");
    }
    // without a length, chunk by chunk
    let mut tcp = Tcp::connect(host.address).await;
    tcp.send(
        b"POST /api/v9/users/@me/remote-auth/login HTTP/1.1\r\nHost: gateway\r\n\
          Transfer-Encoding: chunked\r\n\r\n",
    )
    .await;
    let chunk = [b"1000\r\n", "a".repeat(0x1000).as_bytes(), b"\r\n"].concat();
    for _ in 0..5 {
        tcp.send(&chunk).await;
    }
    let head = tcp.read_head().await;
    assert!(head.starts_with("HTTP/1.1 413 "), "{head}");
}

#[tokio::test]
async fn r55_who_sends_too_much_and_reads_late_still_gets_its_answer() {
    let host = host(|config| config.limits.linger = Duration::from_secs(20)).await;
    let mut tcp = Tcp::connect(host.address).await;
    let body = "a".repeat(8 << 20);
    let head = "POST /api/v9/users/@me/remote-auth/login HTTP/1.1\r\nHost: gateway\r\n";
    let head = format!("{head}Content-Length: {}\r\n\r\n", body.len());
    tcp.send(head.as_bytes()).await;
    tcp.send(body.as_bytes()).await;
    assert!(tcp.read_head().await.starts_with("HTTP/1.1 413 "));
}

#[tokio::test]
async fn r55_a_body_that_never_ends_gets_408() {
    let host = host(|config| config.limits.body_within = Duration::from_millis(200)).await;
    let mut tcp = Tcp::connect(host.address).await;
    tcp.send(
        b"POST /api/v9/users/@me/remote-auth/login HTTP/1.1\r\nHost: gateway\r\n\
          Content-Length: 100\r\n\r\n{\"ticket\":",
    )
    .await;
    let head = tcp.read_head().await;
    assert!(head.starts_with("HTTP/1.1 408 "), "{head}");
}

#[tokio::test]
async fn r55_a_connection_serves_http_for_a_while_only() {
    let host = host(|config| {
        config.limits.http_within = Duration::from_millis(200);
        config.limits.head_within = Duration::from_secs(3600);
    })
    .await;
    let mut tcp = Tcp::connect(host.address).await;
    tcp.send(b"GET /healthz HTTP/1.1\r\nHost: gateway\r\n\r\n")
        .await;
    let answer = String::from_utf8(tcp.read_to_end().await).unwrap();
    assert_eq!(answer.matches("HTTP/1.1 200 ").count(), 1);
}

#[tokio::test]
async fn several_calls_share_a_connection() {
    let host = host(|_| {}).await;
    let mut tcp = Tcp::connect(host.address).await;
    let request = b"POST /api/v9/users/@me/remote-auth/login HTTP/1.1\r\nHost: gateway\r\n\
                    Content-Length: 2\r\n\r\n{}";
    for _ in 0..3 {
        tcp.send(request).await;
        let head = tcp.read_head().await;
        assert!(head.starts_with("HTTP/1.1 400 "), "{head}");
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.unwrap().parse().unwrap()];
        within(tokio::io::AsyncReadExt::read_exact(&mut tcp.0, &mut body))
            .await
            .unwrap();
        assert!(String::from_utf8(body).unwrap().contains("50035"));
    }
}
