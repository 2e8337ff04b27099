//! Sockets after their upgrade: one task, one poll loop each.

mod carrier;
mod linger;
mod member;

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use bytes::Bytes;
use ra_proto::CloseCode;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};

use crate::limits::{AddressPlace, ConnectionPermit, Limits, SessionPermit};
use crate::observe::reason::Refusal;
use crate::server::stream::Stream;
use crate::shared::Shared;
use carrier::Carrier;
pub(crate) use linger::linger;
use member::Member;

/// A connection that was upgraded, and what it may do.
pub(crate) struct Admission {
    /// The session's place; for the time it takes to be closed, if the version is not ours.
    pub(crate) permit: SessionPermit,
    /// The connection's place among those of its client, if a proxy keeps it.
    pub(crate) place: Option<AddressPlace>,
    /// Set if the client asked for version 2.
    pub(crate) version_is_ours: bool,
}

/// Serves an upgraded connection to its end. `early` is what the client sent behind its request.
/// Until its desktop has proven a key, it goes when others need its place.
pub(crate) async fn serve(
    shared: Arc<Shared>,
    stream: Stream,
    early: Bytes,
    admission: Admission,
    connection: Arc<ConnectionPermit>,
) {
    // each step in a box of its own: this future is as large as the largest thing it holds, for as
    // long as the session lasts
    let limits = &shared.config.limits;
    let stream = if admission.version_is_ours {
        let mut carrier = Box::pin(carrier(&shared, stream, early)).await;
        let begun = Box::pin(begin(&mut carrier, &connection)).await;
        if begun == Begun::Proven {
            (&mut carrier).await;
        }
        if begun == Begun::Shed {
            shared.metrics.refused(Refusal::Shed);
            carrier.shed();
            None
        } else {
            carrier.into_stream()
        }
    } else {
        let asked_to_go = connection.asked_to_go();
        Box::pin(refuse(stream, early, limits, asked_to_go)).await
    };
    drop(admission.permit);
    if let Some(stream) = stream {
        connection.may_go();
        tokio::select! {
            () = Box::pin(linger(stream, limits.linger)) => {}
            () = connection.asked_to_go() => {}
        }
    }
    drop((admission.place, connection));
}

async fn carrier(shared: &Arc<Shared>, stream: Stream, early: Bytes) -> Box<Carrier> {
    let socket = open(stream, early, shared.config.limits.message_bytes).await;
    Box::new(Carrier::new(socket, shared, Member::enter(shared)))
}

/// Result of starting a session.
#[derive(PartialEq)]
enum Begun {
    /// The desktop has proven its key, and has its place for good.
    Proven,
    /// The session is over.
    Over,
    /// Others need the place.
    Shed,
}

/// Goes on until the desktop has proven its key.
async fn begin(carrier: &mut Carrier, connection: &ConnectionPermit) -> Begun {
    let mut asked_to_go = pin!(connection.asked_to_go());
    poll_fn(|cx| {
        // first the desktop: who is quick enough may stay
        if Pin::new(&mut *carrier).poll(cx).is_ready() {
            Poll::Ready(Begun::Over)
        } else if carrier.is_proven() && connection.stay() {
            Poll::Ready(Begun::Proven)
        } else {
            asked_to_go.as_mut().poll(cx).map(|()| Begun::Shed)
        }
    })
    .await
}

/// Closes a socket whose version is not ours.
async fn refuse(
    stream: Stream,
    early: Bytes,
    limits: &Limits,
    asked_to_go: impl Future<Output = ()>,
) -> Option<Stream> {
    let mut socket = open(stream, early, limits.message_bytes).await;
    let refusal = socket.close(Some(close_frame(CloseCode::INVALID_VERSION)));
    let refused = tokio::select! {
        refused = timeout(limits.write_within, refusal) => refused,
        () = asked_to_go => return None,
    };
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
