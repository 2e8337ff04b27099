//! Connections before their upgrade: HTTP/1.1, a few small requests.

mod body;
mod reply;
mod route;
mod service;
mod upgrade;

use std::future::poll_fn;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};

use crate::limits::ConnectionPermit;
use crate::observe::problem::Problem;
use crate::observe::reason::Refusal;
use crate::server::socket;
use crate::server::stream::Stream;
use crate::shared::{Shared, Stage};
use service::Service;

/// hyper's own minimum.
const MIN_HEAD_BYTES: usize = 8 * 1024;
const MAX_HEADERS: usize = 64;

/// Serves a connection: HTTP first, and a socket after that if the client asks for one.
pub(crate) async fn serve(
    shared: Arc<Shared>,
    stream: TcpStream,
    peer: IpAddr,
    permit: Arc<ConnectionPermit>,
) {
    let upgraded = tokio::select! {
        upgraded = Box::pin(serve_to_upgrade(&shared, stream, peer, &permit)) => upgraded,
        () = permit.asked_to_go() => {
            shared.metrics.refused(Refusal::Shed);
            None
        }
    };
    // a task of its own: this one has grown to the size of an HTTP connection
    if let Some((stream, early, admission)) = upgraded {
        tokio::spawn(socket::serve(shared, stream, early, admission, permit));
    }
}

/// Serves HTTP on a connection until it ends or is upgraded.
async fn serve_to_upgrade(
    shared: &Arc<Shared>,
    stream: TcpStream,
    peer: IpAddr,
    permit: &Arc<ConnectionPermit>,
) -> Option<(Stream, bytes::Bytes, socket::Admission)> {
    let stream = secured(shared, stream).await?;
    let service = Service::new(Arc::clone(shared), peer, Arc::clone(permit));
    let (stream, early, admission) = Box::pin(serve_http(shared, stream, service)).await;
    match admission {
        Some(admission) => Some((stream, early, admission)),
        None => {
            socket::linger(stream, shared.config.limits.linger).await;
            None
        }
    }
}

/// Agrees on TLS, if the gateway speaks it. A client has as long for that as for a request's head.
async fn secured(shared: &Shared, stream: TcpStream) -> Option<Stream> {
    #[cfg(feature = "tls")]
    if let Some(tls) = &shared.config.tls {
        let mut stage = shared.stage.subscribe();
        let accepted = tokio::select! {
            accepted = timeout(shared.config.limits.head_within, tls.accept(stream)) => accepted,
            _ = stage.wait_for(|stage| *stage == Stage::Closing) => return None,
        };
        return match accepted {
            Ok(Ok(stream)) => Some(stream),
            Ok(Err(stream)) => {
                shared.metrics.tls_failed();
                socket::linger(Stream::Plain(stream), shared.config.limits.linger).await;
                None
            }
            Err(_) => {
                shared.metrics.tls_failed();
                None
            }
        };
    }
    #[cfg(not(feature = "tls"))]
    let _ = shared;
    Some(Stream::Plain(stream))
}

async fn serve_http(
    shared: &Shared,
    stream: Stream,
    service: Service,
) -> (Stream, bytes::Bytes, Option<socket::Admission>) {
    let limits = &shared.config.limits;
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_within)
        .max_buf_size(limits.head_bytes.max(MIN_HEAD_BYTES))
        .max_headers(MAX_HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    let mut stage = shared.stage.subscribe();
    let mut closing = pin!(async move {
        // an error means that the gateway is gone: that is closing, too
        let _ = stage.wait_for(|stage| *stage == Stage::Closing).await;
    });
    let mut is_closing = false;
    let mut hard_end = pin!(sleep_until(Instant::now() + limits.http_within));
    // whatever it ends with, there is nobody to tell
    poll_fn(|cx| {
        if !is_closing && closing.as_mut().poll(cx).is_ready() {
            is_closing = true;
            hard_end.as_mut().reset(Instant::now() + limits.linger);
            Pin::new(&mut connection).graceful_shutdown();
        }
        if hard_end.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        connection.poll_without_shutdown(cx).map(drop)
    })
    .await;
    let parts = connection.into_parts();
    (
        parts.io.into_inner(),
        parts.read_buf,
        parts.service.into_admission(),
    )
}

/// Turns a connection away that is over a limit, without reading from it. Where TLS is spoken it is
/// closed without a word: agreeing on TLS first would cost what the limit is to save.
pub(crate) async fn refuse(shared: Arc<Shared>, mut stream: TcpStream, problem: Problem) {
    shared.metrics.refused(&problem);
    #[cfg(feature = "tls")]
    if shared.config.tls.is_some() {
        return;
    }
    let response = reply::raw(problem);
    let linger = shared.config.limits.linger;
    if let Ok(Ok(())) = timeout(linger, stream.write_all(&response)).await {
        socket::linger(Stream::Plain(stream), linger).await;
    }
}
