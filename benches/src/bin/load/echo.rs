//! The bare echo server: the same libraries with the same buffers, one task a connection, and nothing else.

use std::io::Write as _;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::json;
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::accept_async_with_config;

use crate::Failed;
use crate::desktop::small;

/// Serves until standard input ends, which happens when the parent process ends.
pub(crate) async fn serve() -> Result<(), Failed> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    writeln!(std::io::stdout(), "{}", json!({ "listening": address }))?;
    let mut stdin = tokio::io::stdin();
    let mut byte = [0; 1];
    tokio::select! {
        ended = accept(listener) => ended,
        read = stdin.read(&mut byte) => Ok(read.map(drop)?),
    }
}

async fn accept(listener: TcpListener) -> Result<(), Failed> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(echo(stream));
    }
}

async fn echo(stream: TcpStream) {
    // in boxes, as at the gateway, so that the task is no larger than what lasts
    let upgrade = Box::pin(accept_async_with_config(stream, Some(small())));
    let Ok(Ok(socket)) = Box::pin(timeout(Duration::from_secs(15), upgrade)).await else {
        return;
    };
    let mut socket = Box::new(socket);
    while let Some(Ok(message)) = socket.next().await {
        if message.is_text() && socket.send(message).await.is_err() {
            return;
        }
    }
}
