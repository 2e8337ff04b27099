//! The WebSocket carrier with peers that do not behave.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use ra_core::desktop::login::ConnectRequest;
use ra_http::{TransportError, TransportErrorKind};
use ra_proto::CloseCode;
use ra_proto::frame::MAX_FRAME_BYTES;
use ra_tokio::{Network, SocketEvent, WebSocket};
use tokio::io::AsyncWriteExt as _;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{
    answering, bounded, deserted, is_untouched, listener, read_request, serve, silent,
};
use crate::websocket::{pair, request};

async fn refusal(url: impl Into<String>) -> TransportError {
    bounded(WebSocket::connect(&Network::default(), &request(url)))
        .await
        .expect_err("a refusal")
}

#[tokio::test]
async fn a_refused_upgrade_keeps_status_and_wait() {
    for (reply, status, wait) in [
        (
            "503 Busy\r\nretry-after: 7\r\ncontent-length: 6\r\n\r\ncanary",
            503,
            Some(Duration::from_secs(7)),
        ),
        (
            "429 Slow\r\nretry-after: 0.5\r\n\r\n",
            429,
            Some(Duration::from_millis(500)),
        ),
        ("403 Forbidden\r\n\r\n<html>canary</html>", 403, None),
        ("200 OK\r\ncontent-length: 2\r\n\r\n{}", 200, None),
    ] {
        let address = answering(format!("HTTP/1.1 {reply}")).await;
        let error = refusal(format!("ws://{address}/")).await;
        assert_eq!(error.kind(), TransportErrorKind::upgrade(status, wait));
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}

#[tokio::test]
async fn r33_a_redirect_is_a_refusal_and_not_followed() {
    let (target, elsewhere) = listener().await;
    for status in [301, 302, 307, 308] {
        let reply = format!(
            "HTTP/1.1 {status} Moved\r\nlocation: ws://{elsewhere}/canary\r\ncontent-length: 0\r\n\r\n"
        );
        let address = answering(reply).await;
        let error = refusal(format!("ws://{address}/")).await;
        assert_eq!(error.kind(), TransportErrorKind::upgrade(status, None));
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
    assert!(bounded(is_untouched(target)).await);
}

#[tokio::test]
async fn an_answer_that_is_no_upgrade_is_a_lost_connection() {
    let accept =
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n";
    for reply in [
        format!("{accept}sec-websocket-accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n"),
        format!("{accept}\r\n"),
        format!("{accept}sec-websocket-accept: canary\r\nsec-websocket-protocol: canary\r\n\r\n"),
        "HTTP/1.1 101 canary\r\nupgrade: canary\r\nconnection: canary\r\n\r\n".to_owned(),
        "HTTP/1.1 101 \u{e9}\r\nc\u{e9}anary: canary\r\n\r\n".to_owned(),
        "SSH-2.0-OpenSSH_9.2\r\n".to_owned(),
        "\u{0}\u{1}\u{2}".to_owned(),
        String::new(),
    ] {
        let address = answering(reply.clone()).await;
        let error = refusal(format!("ws://{address}/")).await;
        assert_eq!(error.kind(), TransportErrorKind::Lost, "{reply}");
        let source = std::error::Error::source(&error).expect("a cause");
        assert!(
            !format!("{error:?} {source}").contains("anary"),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn an_endless_head_is_not_read_on() {
    let address = serve(|mut stream| async move {
        read_request(&mut stream).await;
        let _ = stream
            .write_all(b"HTTP/1.1 101 Switching Protocols\r\n")
            .await;
        let line = format!("x-more: {}\r\n", "x".repeat(1000));
        while stream.write_all(line.as_bytes()).await.is_ok() {}
    })
    .await;
    assert_eq!(
        refusal(format!("ws://{address}/")).await.kind(),
        TransportErrorKind::Lost
    );
}

#[tokio::test]
async fn r19_silence_at_the_upgrade_ends_in_time() {
    let url = format!("ws://{}/", silent().await);
    let request = ConnectRequest::new(url, "o", "u", Duration::from_millis(50));
    let error = bounded(WebSocket::connect(&Network::default(), &request))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Timeout);
}

#[tokio::test]
async fn nobody_there_is_no_connection() {
    let error = refusal(format!("ws://{}/", deserted().await)).await;
    assert_eq!(error.kind(), TransportErrorKind::Connect);
}

#[tokio::test]
async fn r01_plaintext_to_another_machine_is_refused_before_any_connection() {
    // the clock stands still: whatever waited for a network would time out instead
    tokio::time::pause();
    for url in [
        "ws://192.0.2.1/",
        "ws://gateway.example/",
        "ws://localhost.example/",
        "http://127.0.0.1/",
        "nonsense",
    ] {
        assert_eq!(
            refusal(url).await.kind(),
            TransportErrorKind::NotAllowed,
            "{url}"
        );
    }
}

#[tokio::test]
async fn headers_that_cannot_be_sent_are_the_callers_fault() {
    let (target, address) = listener().await;
    let url = format!("ws://{address}/");
    for (origin, user_agent) in [("can\nary", "u"), ("o", "can\r\nary: 1")] {
        let request = ConnectRequest::new(&url, origin, user_agent, Duration::from_secs(20));
        let error = bounded(WebSocket::connect(&Network::default(), &request))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::NotAllowed);
    }
    assert!(bounded(is_untouched(target)).await);
}

#[tokio::test]
async fn r17_messages_over_the_cap_are_refused() {
    bounded(async {
        let (mut ours, mut theirs) = pair().await;
        let most = "x".repeat(MAX_FRAME_BYTES);
        let (_, received) = tokio::join!(theirs.send(Message::text(&most)), ours.receive());
        assert!(matches!(received, SocketEvent::Text(text) if text.len() == MAX_FRAME_BYTES));
        let (_, received) = tokio::join!(theirs.send(Message::text(most + "x")), ours.receive());
        assert!(matches!(received, SocketEvent::Oversized));
        assert!(matches!(ours.receive().await, SocketEvent::Lost));
    })
    .await;
}

#[tokio::test]
async fn r17_a_huge_frame_is_refused_by_its_head_alone() {
    bounded(async {
        for length in [32 << 20, u64::MAX >> 1] {
            let (mut ours, mut theirs) = pair().await;
            let mut head = vec![0x81, 127];
            head.extend(u64::to_be_bytes(length));
            theirs.get_mut().write_all(&head).await.unwrap();
            assert!(
                matches!(ours.receive().await, SocketEvent::Oversized),
                "{length}"
            );
            ours.close(CloseCode::TOO_BIG);
            let Message::Close(Some(frame)) = theirs.next().await.unwrap().unwrap() else {
                panic!("no close")
            };
            assert_eq!(u16::from(frame.code), 1009);
        }
    })
    .await;
}

#[tokio::test]
async fn r17_fragments_add_up() {
    bounded(async {
        let (mut ours, mut theirs) = pair().await;
        let feed = tokio::spawn(async move {
            let (first, more) = ([0x01, 126, 0x80, 0x00], [0x00, 126, 0x80, 0x00]);
            for head in [first, more, more] {
                let _ = theirs
                    .get_mut()
                    .write_all(&[&head[..], &[b'x'; 0x8000]].concat())
                    .await;
            }
            theirs
        });
        assert!(matches!(ours.receive().await, SocketEvent::Oversized));
        feed.await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn r17_binary_and_what_is_no_text_are_told_apart_from_text() {
    bounded(async {
        let (mut ours, mut theirs) = pair().await;
        theirs.send(Message::binary(vec![1, 2, 3])).await.unwrap();
        assert!(matches!(ours.receive().await, SocketEvent::Binary));
        theirs
            .get_mut()
            .write_all(&[0x81, 2, 0xc3, 0x28])
            .await
            .unwrap();
        assert!(matches!(ours.receive().await, SocketEvent::NotText));
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_ends_or_babbles_is_lost() {
    bounded(async {
        let (mut ours, theirs) = pair().await;
        drop(theirs);
        assert!(matches!(ours.receive().await, SocketEvent::Lost));
        ours.send("nobody hears this").await; // and says nothing
        // reserved bits, unknown op, a fragmented ping, a masked frame
        for babble in [
            &[0xf1, 0x00][..],
            &[0x83, 0x00],
            &[0x09, 0x00],
            &[0x81, 0x81, 0, 0, 0, 0, b'x'],
        ] {
            let (mut ours, mut theirs) = pair().await;
            theirs.get_mut().write_all(babble).await.unwrap();
            assert!(
                matches!(ours.receive().await, SocketEvent::Lost),
                "{babble:?}"
            );
        }
    })
    .await;
}
