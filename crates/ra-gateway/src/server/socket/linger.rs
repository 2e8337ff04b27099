//! Ending a connection so that the last thing said is heard.

use std::io;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::server::stream::Stream;

/// Says that nothing more will come, then reads what the client still sends, until it hangs up or
/// `within` is over. Closing with unread input would reset the connection, and the client would
/// lose a close frame or a response that it has not read yet.
pub(crate) async fn linger(mut stream: Stream, within: Duration) {
    // either way out is the end of the connection: nothing to report to anybody
    let _ = timeout(within, async {
        stream.shutdown().await?;
        // what would be read is of no interest: not worth decrypting
        discard(stream.tcp()).await
    })
    .await;
}

async fn discard(stream: &TcpStream) -> io::Result<()> {
    loop {
        stream.readable().await?;
        match read_once(stream) {
            Ok(0) => return Ok(()),
            Ok(_) => tokio::task::consume_budget().await,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
}

/// Not inline, so that the buffer is no part of any future: it would weigh on every session.
fn read_once(stream: &TcpStream) -> io::Result<usize> {
    stream.try_read(&mut [0; 4096])
}
