//! The WebSocket carrier.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use ra_core::desktop::login::ConnectRequest;
use ra_http::TransportErrorKind;
use ra_proto::CloseCode;
use ra_proto::frame::MAX_FRAME_BYTES;
use ra_tokio::{Network, SocketEvent, WebSocket};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, accept_async};

use crate::adapter::bounded;

pub fn request(url: impl Into<String>) -> ConnectRequest {
    ConnectRequest::new(
        url,
        "https://discord.com",
        "tester/1",
        Duration::from_secs(20),
    )
}

/// Both ends of a socket.
pub async fn pair() -> (WebSocket, WebSocketStream<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let network = Network::default();
    let request = request(format!("ws://{address}/?v=2"));
    let (ours, theirs) = tokio::join!(WebSocket::connect(&network, &request), async {
        accept_async(listener.accept().await.unwrap().0)
            .await
            .unwrap()
    });
    (ours.unwrap(), theirs)
}

async fn text(socket: &mut WebSocket) -> String {
    match socket.receive().await {
        SocketEvent::Text(text) => text.to_owned(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn texts_go_both_ways_in_order() {
    bounded(async {
        let (mut ours, mut theirs) = pair().await;
        for text in ["one", "two", "drei \u{1f511}"] {
            ours.send(text).await;
            theirs.send(Message::text(text)).await.unwrap();
        }
        for expected in ["one", "two", "drei \u{1f511}"] {
            assert_eq!(
                theirs.next().await.unwrap().unwrap(),
                Message::text(expected)
            );
            assert_eq!(text(&mut ours).await, expected);
        }
    })
    .await;
}

#[tokio::test]
async fn a_ping_is_answered_and_not_shown() {
    bounded(async {
        let (mut ours, mut theirs) = pair().await;
        theirs
            .send(Message::Ping("are you there".into()))
            .await
            .unwrap();
        theirs.send(Message::text("frame")).await.unwrap();
        assert_eq!(text(&mut ours).await, "frame");
        // the answer leaves with the next thing that is done
        let (_, pong) = tokio::join!(ours.send("next"), theirs.next());
        assert_eq!(
            pong.unwrap().unwrap(),
            Message::Pong("are you there".into())
        );
        assert_eq!(theirs.next().await.unwrap().unwrap(), Message::text("next"));
    })
    .await;
}

#[tokio::test]
async fn r16_the_peers_close_keeps_its_code_and_is_answered() {
    bounded(async {
        let (mut ours, mut theirs) = pair().await;
        theirs
            .send(Message::Close(Some(
                tokio_tungstenite::tungstenite::protocol::CloseFrame {
                    code: 4003.into(),
                    reason: "canary".into(),
                },
            )))
            .await
            .unwrap();
        assert!(matches!(
            ours.receive().await,
            SocketEvent::Closed(Some(CloseCode(4003)))
        ));
        assert!(
            matches!(ours.receive().await, SocketEvent::Lost),
            "and nothing after it"
        );
        drop(ours);
        let Message::Close(Some(frame)) = theirs.next().await.unwrap().unwrap() else {
            panic!("no answer")
        };
        assert_eq!(u16::from(frame.code), 4003);

        let (mut ours, mut theirs) = pair().await;
        theirs.send(Message::Close(None)).await.unwrap();
        assert!(matches!(ours.receive().await, SocketEvent::Closed(None)));
    })
    .await;
}

#[tokio::test]
async fn r17_our_close_reaches_the_peer_with_its_code() {
    bounded(async {
        let (mut ours, mut theirs) = pair().await;
        ours.send("last").await;
        ours.close(CloseCode::UNSUPPORTED);
        assert_eq!(theirs.next().await.unwrap().unwrap(), Message::text("last"));
        let Message::Close(Some(frame)) = theirs.next().await.unwrap().unwrap() else {
            panic!("no close")
        };
        assert_eq!(u16::from(frame.code), 1003);
    })
    .await;
}

/// Frames that arrive byte by byte while every read is dropped again and again.
#[tokio::test]
async fn dropped_reads_lose_nothing() {
    bounded(async {
        let (mut ours, mut theirs) = pair().await;
        let feed = tokio::spawn(async move {
            for number in 0..20 {
                let payload = format!("frame {number} \u{1f511}");
                let mut frame = vec![0x81, u8::try_from(payload.len()).unwrap()];
                frame.extend(payload.as_bytes());
                for byte in frame {
                    theirs.get_mut().write_all(&[byte]).await.unwrap();
                    tokio::task::yield_now().await;
                }
            }
            theirs
        });
        let (mut received, mut dropped) = (Vec::new(), 0);
        while received.len() < 20 {
            tokio::select! {
                biased;
                message = ours.receive() => match message {
                    SocketEvent::Text(text) => received.push(text.to_owned()),
                    other => panic!("{other:?}"),
                },
                () = tokio::task::yield_now() => dropped += 1,
            }
        }
        let expected: Vec<_> = (0..20)
            .map(|number| format!("frame {number} \u{1f511}"))
            .collect();
        assert_eq!(received, expected);
        assert!(dropped > 20, "reads were dropped {dropped} times");
        feed.await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn r34_what_was_received_is_not_shown() {
    bounded(async {
        let (mut ours, mut theirs) = pair().await;
        theirs.send(Message::text("canary")).await.unwrap();
        let received = ours.receive().await;
        assert_eq!(format!("{received:?}"), "Text(ReceivedText(6 bytes))");
    })
    .await;
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
        assert_eq!(refused(url).await, TransportErrorKind::NotAllowed, "{url}");
    }
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
async fn a_connection_that_ends_is_lost() {
    bounded(async {
        let (mut ours, theirs) = pair().await;
        drop(theirs);
        assert!(matches!(ours.receive().await, SocketEvent::Lost));
        ours.send("nobody hears this").await; // and says nothing
    })
    .await;
}

async fn refused(url: &str) -> TransportErrorKind {
    let network = Network::default();
    let error = bounded(WebSocket::connect(&network, &request(url))).await;
    error.unwrap_err().kind()
}
