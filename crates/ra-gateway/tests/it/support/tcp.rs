//! Bare TCP, for what no library would send.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::within;

/// A bare connection.
pub(crate) struct Tcp(pub(crate) TcpStream);

impl Tcp {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self(within(TcpStream::connect(address)).await.unwrap())
    }

    /// An upgraded connection.
    pub(crate) async fn upgraded(address: SocketAddr, extra_headers: &str) -> (Self, String) {
        let mut tcp = Self::connect(address).await;
        tcp.send(upgrade(extra_headers).as_bytes()).await;
        let head = tcp.read_head().await;
        (tcp, head)
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        within(self.0.write_all(bytes)).await.unwrap();
    }

    /// Up to the empty line.
    pub(crate) async fn read_head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(within(self.0.read_u8()).await.expect("a whole head"));
        }
        String::from_utf8(head).unwrap()
    }

    /// A whole answer whose length is told: its head.
    pub(crate) async fn read_answer(&mut self) -> String {
        let head = self.read_head().await;
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            let is_length = name.eq_ignore_ascii_case("content-length");
            is_length.then(|| value.parse::<usize>().unwrap())
        });
        let mut body = vec![0; length.unwrap_or(0)];
        within(self.0.read_exact(&mut body)).await.unwrap();
        head
    }

    /// Reads until the gateway hangs up. A reset counts as that.
    pub(crate) async fn read_to_end(&mut self) -> Vec<u8> {
        let mut all = Vec::new();
        let _ = within(self.0.read_to_end(&mut all)).await;
        all
    }

    /// Reads an unmasked frame of at most 125 bytes: opcode and payload.
    pub(crate) async fn read_frame(&mut self) -> (u8, Vec<u8>) {
        let mut head = [0; 2];
        within(self.0.read_exact(&mut head)).await.unwrap();
        let mut payload = vec![0; usize::from(head[1] & 0x7f)];
        within(self.0.read_exact(&mut payload)).await.unwrap();
        (head[0] & 0x0f, payload)
    }

    /// The code of the close frame that must come next, after any text frames.
    pub(crate) async fn read_close(&mut self) -> u16 {
        loop {
            let (opcode, payload) = self.read_frame().await;
            match opcode {
                8 => return u16::from_be_bytes([payload[0], payload[1]]),
                1 => {}
                other => panic!("opcode {other}"),
            }
        }
    }
}

/// An upgrade request.
pub(crate) fn upgrade(extra_headers: &str) -> String {
    format!(
        "GET /?v=2 HTTP/1.1\r\nHost: gateway\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         {extra_headers}\r\n"
    )
}

/// A masked frame's bytes; the mask is zero, so the payload reads as it is.
pub(crate) fn masked(first_byte: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first_byte];
    match payload.len() {
        length @ ..126 => frame.push(0x80 | length as u8),
        length @ ..65_536 => {
            frame.push(0x80 | 126);
            frame.extend((length as u16).to_be_bytes());
        }
        length => {
            frame.push(0x80 | 127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}
