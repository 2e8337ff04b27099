//! The listener for whoever collects the numbers.

use std::convert::Infallible;
use std::sync::Arc;
#[cfg(feature = "tls")]
use std::time::UNIX_EPOCH;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use prometheus_client::encoding::prometheus_text;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::limits::COLLECTORS;
use crate::observe::metrics::Gauges;
use crate::observe::reason::{NotReady, SessionPhase};
use crate::server::accept::Accept;
use crate::shared::Shared;

const PAGE: HeaderValue = HeaderValue::from_static(prometheus_text::CONTENT_TYPE);

/// Serves `GET /metrics` until it is dropped.
pub(crate) async fn serve(shared: &Arc<Shared>, listener: &TcpListener) {
    let places = Arc::new(Semaphore::new(COLLECTORS));
    let mut accept = Accept::new(listener, shared);
    loop {
        let (stream, _) = accept.next().await;
        if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
            let shared = Arc::clone(shared);
            tokio::spawn(async move {
                collect(&shared, stream).await;
                drop(place);
            });
        }
    }
}

async fn collect(shared: &Shared, stream: TcpStream) {
    let limits = &shared.config.limits;
    let service = service_fn(|request: Request<Incoming>| async move {
        Ok::<_, Infallible>(answer(shared, &request))
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_within)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    // whatever it ends with, there is nobody to tell
    let _ = timeout(limits.head_within + limits.write_within, connection).await;
}

fn answer(shared: &Shared, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    let mut response = Response::default();
    match (request.method(), request.uri().path()) {
        (&Method::GET, "/metrics") => {
            *response.body_mut() = Full::from(page(shared));
            response.headers_mut().insert(CONTENT_TYPE, PAGE);
        }
        (_, "/metrics") => *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED,
        _ => *response.status_mut() = StatusCode::NOT_FOUND,
    }
    response
}

/// Returns all metrics of this node as of now.
pub(crate) fn page(shared: &Shared) -> String {
    let mut gauges = Gauges::new();
    let connections = shared.gate.connections();
    gauges.set("connections", "connections, sockets included", connections);
    let phases = shared.registry.phases();
    gauges.set_by("sessions", "sessions by how far they are", |phase| {
        phases
            .iter()
            .filter(|p: &&SessionPhase| **p == phase)
            .count()
    });
    let help = "tickets that wait for desktops of this node";
    gauges.set("tickets", help, shared.backplane.tickets());
    #[cfg(feature = "tls")]
    if let Some(tls) = &shared.config.tls {
        let until = tls.validity().until.duration_since(UNIX_EPOCH);
        let help = "when a certificate that is shown ends, since 1970";
        let seconds = until.unwrap_or_default().as_secs();
        gauges.set("tls_valid_until_seconds", help, seconds);
    }
    let not_ready = shared.not_ready();
    let help = "1 if new clients should be sent here";
    gauges.set("ready", help, not_ready.is_none());
    gauges.set_by("not_ready", "1 for why they should not", |why: NotReady| {
        usize::from(not_ready == Some(why))
    });
    let help = "1 if the rendezvous can be used";
    gauges.set("rendezvous_up", help, shared.backplane.is_up());
    shared.metrics.page(&gauges)
}
