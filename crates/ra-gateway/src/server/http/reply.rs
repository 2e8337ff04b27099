//! Answers as HTTP responses.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, UPGRADE};
use http::{Response, StatusCode};
use http_body_util::Full;
use ra_proto::SecretBytes;
use serde_json::json;
use zeroize::Zeroizing;

use crate::observe::problem::Problem;
use crate::observe::reason::NotReady;

pub(super) type Reply = Response<Full<Bytes>>;

/// 200 with a JSON body, which is wiped once it is sent.
pub(super) fn whole(body: SecretBytes) -> Reply {
    with_json(StatusCode::OK, body)
}

/// A status without a body.
pub(super) fn empty(status: StatusCode) -> Reply {
    let mut reply = Reply::default();
    *reply.status_mut() = status;
    reply
}

/// 503, and why no clients should be sent here.
pub(super) fn not_ready(why: NotReady) -> Reply {
    let body = json!({ "ready": false, "reason": why.name() }).to_string();
    with_json(
        StatusCode::SERVICE_UNAVAILABLE,
        SecretBytes::new(body.into_bytes()),
    )
}

/// A refusal.
pub(super) fn problem(problem: Problem) -> Reply {
    let (status, retry_after) = (problem.status(), problem.retry_after());
    let mut reply = with_json(status, problem.into_body());
    if let Some(seconds) = retry_after {
        reply
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if status == StatusCode::UPGRADE_REQUIRED {
        reply
            .headers_mut()
            .insert(UPGRADE, HeaderValue::from_static("websocket"));
    }
    reply
}

/// A refusal as bytes, for a connection without an HTTP server.
pub(super) fn raw(problem: Problem) -> Vec<u8> {
    let status = problem.status();
    let wait = problem
        .retry_after()
        .map_or_else(String::new, |s| format!("retry-after: {s}\r\n"));
    let body = problem.into_body();
    let mut raw = format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         {wait}content-length: {}\r\n\r\n",
        body.expose().len(),
    )
    .into_bytes();
    raw.extend_from_slice(body.expose());
    raw
}

fn with_json(status: StatusCode, body: SecretBytes) -> Reply {
    let body = Bytes::from_owner(Zeroizing::new(body.into_vec()));
    let mut reply = Response::new(Full::new(body));
    *reply.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    reply.headers_mut().insert(CONTENT_TYPE, json);
    reply
}
