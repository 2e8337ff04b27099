//! A desktop and its socket.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use ra_crypto::{SessionKey, digest_proof};
use ra_proto::base64;
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::Failed;

/// Time limit for an answer.
pub(crate) const ANSWER_WITHIN: Duration = Duration::from_secs(30);

pub(crate) type Socket = WebSocketStream<TcpStream>;

/// Connects to `address`. Takes source addresses in turns, because each has ports for 28,000 connections.
pub(crate) async fn connect(address: SocketAddr, index: u32) -> Result<TcpStream, Failed> {
    let source = Ipv4Addr::new(127, 0, 1, 1 + u8::try_from(index / 4_000 % 200)?);
    let socket = TcpSocket::new_v4()?;
    socket.bind((IpAddr::V4(source), 0).into())?;
    let stream = timeout(ANSWER_WITHIN, socket.connect(address)).await??;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Opens a WebSocket with buffers as small as the gateway's.
pub(crate) async fn upgrade(address: SocketAddr, index: u32) -> Result<Socket, Failed> {
    let stream = connect(address, index).await?;
    let url = format!("ws://{address}/?v=2");
    let upgrade = client_async_with_config(url, stream, Some(small()));
    let (socket, _) = timeout(ANSWER_WITHIN, upgrade).await??;
    Ok(socket)
}

/// Returns the settings of tungstenite, which the gateway and the echo server use too.
pub(crate) fn small() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(128)
        .write_buffer_size(0)
        .max_write_buffer_size(16 * 1024)
        .max_message_size(Some(16 * 1024))
        .max_frame_size(Some(16 * 1024))
}

/// Returns the next text. Any other message is an error.
pub(crate) async fn next(socket: &mut Socket) -> Result<String, Failed> {
    match timeout(ANSWER_WITHIN, socket.next()).await? {
        Some(Ok(Message::Text(text))) => Ok(text.as_str().to_owned()),
        Some(Ok(Message::Close(frame))) => Err(format!("the socket was closed: {frame:?}").into()),
        Some(Ok(_)) => Err("neither text nor close".into()),
        Some(Err(error)) => Err(error.into()),
        None => Err("the connection was cut".into()),
    }
}

pub(crate) async fn send(socket: &mut Socket, text: String) -> Result<(), Failed> {
    Ok(timeout(ANSWER_WITHIN, socket.send(Message::text(text))).await??)
}

/// A desktop that shows its QR code.
pub(crate) struct Desktop {
    pub(crate) socket: Socket,
    pub(crate) fingerprint: String,
    /// Heartbeat interval.
    pub(crate) heartbeat: Duration,
}

impl Desktop {
    /// Connects and runs the handshake up to the QR code.
    pub(crate) async fn open(
        address: SocketAddr,
        index: u32,
        key: &mut dyn SessionKey,
    ) -> Result<Self, Failed> {
        let mut socket = upgrade(address, index).await?;
        let hello = expect(&mut socket, "hello").await?;
        let heartbeat = hello["heartbeat_interval"].as_u64().ok_or("no interval")?;
        let spki = base64::encode_standard(key.public_key());
        let init = json!({"op": "init", "encoded_public_key": spki});
        send(&mut socket, init.to_string()).await?;
        let challenge = expect(&mut socket, "nonce_proof").await?;
        let nonce = open(key, &challenge["encrypted_nonce"])?;
        let proof = json!({"op": "nonce_proof", "proof": *digest_proof(&nonce)});
        send(&mut socket, proof.to_string()).await?;
        let ready = expect(&mut socket, "pending_remote_init").await?;
        let fingerprint = ready["fingerprint"].as_str().ok_or("no fingerprint")?;
        Ok(Self {
            socket,
            fingerprint: fingerprint.to_owned(),
            heartbeat: Duration::from_millis(heartbeat),
        })
    }
}

/// Returns the next frame, which must have this op.
pub(crate) async fn expect(socket: &mut Socket, op: &str) -> Result<Value, Failed> {
    let frame: Value = serde_json::from_str(&next(socket).await?)?;
    if frame["op"] == op {
        Ok(frame)
    } else {
        Err(format!("expected {op}, got {}", frame["op"]).into())
    }
}

/// Opens the sealed text of a field.
pub(crate) fn open(key: &mut dyn SessionKey, field: &Value) -> Result<Vec<u8>, Failed> {
    let sealed = base64::decode(field.as_str().ok_or("nothing sealed")?)?;
    Ok(key.open(&sealed)?.expose().to_vec())
}
