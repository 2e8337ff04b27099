//! The WebSocket carrier with peers that behave.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use ra_core::desktop::login::ConnectRequest;
use ra_proto::CloseCode;
use ra_tokio::{Network, SocketEvent, WebSocket};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::{WebSocketStream, accept_async, accept_hdr_async};

use crate::support::{bounded, listener};

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
    let (listener, address) = listener().await;
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
async fn r01_r02_the_upgrade_says_who_we_are_and_asks_for_the_version() {
    bounded(async {
        let (listener, address) = listener().await;
        let (seen, request_seen) = oneshot::channel();
        let peer = tokio::spawn(async move {
            let stream = listener.accept().await.unwrap().0;
            #[allow(clippy::result_large_err, reason = "the library's type")]
            let callback = |request: &Request, response: Response| -> Result<_, ErrorResponse> {
                seen.send(request.clone()).unwrap();
                Ok(response)
            };
            accept_hdr_async(stream, callback).await.unwrap()
        });
        let url = format!("ws://localhost:{}/?v=2", address.port());
        let _socket = WebSocket::connect(&Network::default(), &request(url))
            .await
            .unwrap();
        let seen = request_seen.await.unwrap();
        peer.await.unwrap();
        assert_eq!(seen.uri(), "/?v=2");
        assert_eq!(seen.headers()["origin"], "https://discord.com");
        assert_eq!(seen.headers()["user-agent"], "tester/1");
        assert_eq!(
            seen.headers()["host"],
            format!("localhost:{}", address.port())
        );
        assert!(!seen.headers().contains_key("sec-websocket-extensions"));
    })
    .await;
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
