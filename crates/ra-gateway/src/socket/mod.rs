//! Sockets after their upgrade: one task, one poll loop each.

mod carrier;
mod linger;
mod member;

use std::sync::Arc;

use bytes::Bytes;
use ra_proto::CloseCode;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};

use crate::limits::{AddressPlace, ConnectionPermit, Limits, SessionPermit};
use crate::shared::Shared;
use crate::stream::Stream;
use carrier::Carrier;
pub(crate) use linger::linger;
use member::Member;

/// A connection that was upgraded, and what it may do.
pub(crate) struct Admission {
    /// The session's place; for the time it takes to be closed, if the version is not ours.
    pub(crate) permit: SessionPermit,
    /// The connection's place among those of its client, if a proxy keeps it.
    pub(crate) place: Option<AddressPlace>,
    /// Whether the version asked for is 2.
    pub(crate) version_is_ours: bool,
}

/// Serves an upgraded connection to its end. `early` is what the client sent behind its request.
pub(crate) async fn serve(
    shared: Arc<Shared>,
    stream: Stream,
    early: Bytes,
    admission: Admission,
    connection: ConnectionPermit,
) {
    // each step in a box of its own: this future is as large as the largest thing it holds, for as
    // long as the session lasts
    let limits = &shared.config.limits;
    let stream = if admission.version_is_ours {
        let mut carrier = Box::pin(carrier(&shared, stream, early)).await;
        (&mut carrier).await;
        carrier.into_stream()
    } else {
        Box::pin(refuse(stream, early, limits)).await
    };
    drop(admission.permit);
    if let Some(stream) = stream {
        Box::pin(linger(stream, limits.linger)).await;
    }
    drop((admission.place, connection));
}

async fn carrier(shared: &Arc<Shared>, stream: Stream, early: Bytes) -> Box<Carrier> {
    let socket = open(stream, early, shared.config.limits.message_bytes).await;
    Box::new(Carrier::new(socket, shared, Member::enter(shared)))
}

/// Closes a socket whose version is not ours.
async fn refuse(stream: Stream, early: Bytes, limits: &Limits) -> Option<Stream> {
    let mut socket = open(stream, early, limits.message_bytes).await;
    let refusal = socket.close(Some(close_frame(CloseCode::INVALID_VERSION)));
    let refused = timeout(limits.write_within, refusal).await;
    matches!(refused, Ok(Ok(()))).then(|| socket.into_inner())
}

fn close_frame(code: CloseCode) -> CloseFrame {
    CloseFrame {
        code: code.0.into(),
        reason: "".into(),
    }
}

/// Small buffers: tungstenite zero-fills its read buffer before each read and keeps it, so its
/// size is most of what an idle session costs. It grows to the largest frame and by what a read
/// brought of it, twice over: hence reads that bring little more than a header. An `init` takes four.
async fn open(stream: Stream, early: Bytes, message: usize) -> WebSocketStream<Stream> {
    const READ: usize = 128;
    const WRITE: usize = 16 * 1024;
    let config = WebSocketConfig::default()
        .read_buffer_size(READ)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE)
        .max_message_size(Some(message))
        .max_frame_size(Some(message));
    if early.is_empty() {
        WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await
    } else {
        let early = early.into();
        WebSocketStream::from_partially_read(stream, early, Role::Server, Some(config)).await
    }
}
