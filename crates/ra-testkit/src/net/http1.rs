//! The part of HTTP/1.1 that a desktop and a phone use.

use std::fmt::Write as _;

use http::{Request, Response};
use ra_http::Body;

const HEAD_MOST: usize = 16 * 1024;

/// Result of reading a request.
pub(super) enum Progress {
    /// The request is incomplete.
    More,
    /// The bytes are not HTTP, or the request is too large.
    Broken,
    /// A whole request and its length in bytes.
    Whole(Box<Request<Body>>, usize),
}

/// Reads a request, with the body length from `Content-Length`.
pub(super) fn read(bytes: &[u8]) -> Progress {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
        return match bytes.len() > HEAD_MOST {
            true => Progress::Broken,
            false => Progress::More,
        };
    };
    let Some(request) = head(&bytes[..end]) else {
        return Progress::Broken;
    };
    let length = request.headers().get("content-length");
    let length = length.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    let whole = end + 4 + length.unwrap_or(0);
    match bytes.get(end + 4..whole) {
        Some(body) => {
            let request = request.map(|()| Body::from(body.to_vec()));
            Progress::Whole(Box::new(request), whole)
        }
        None => Progress::More,
    }
}

fn head(bytes: &[u8]) -> Option<Request<()>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut lines = text.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let mut request = Request::builder().method(first.next()?).uri(first.next()?);
    for line in lines {
        let (name, value) = line.split_once(':')?;
        request = request.header(name, value.trim());
    }
    request.body(()).ok()
}

/// A response as bytes; the connection ends with it.
pub(super) fn write(response: &Response<Body>) -> Vec<u8> {
    let status = response.status();
    let mut head = format!("HTTP/1.1 {} \r\nconnection: close\r\n", status.as_u16());
    for (name, value) in response.headers() {
        let value = value.to_str().unwrap_or_default();
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let body = response.body().as_bytes();
    if status != http::StatusCode::NO_CONTENT {
        let _ = write!(head, "content-length: {}\r\n", body.len());
    }
    head.push_str("\r\n");
    [head.as_bytes(), body].concat()
}

/// The answer to an upgrade.
pub(super) fn switch(key: &[u8]) -> Vec<u8> {
    let accept = tungstenite::handshake::derive_accept_key(key);
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-accept: {accept}\r\n\r\n"
    )
    .into_bytes()
}
