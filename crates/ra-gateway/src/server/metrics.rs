//! The listener for whoever collects the numbers.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::limits::COLLECTORS;
use crate::observe::metrics::page;
use crate::server::accept::Accept;
use crate::shared::Shared;

const PAGE: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

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
