//! HTTP/1.1 to this machine, one exchange a connection. A program that calls others takes an HTTP library, with TLS.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use http::{Request, Response};
use remote_auth::http::{Body, MAX_BODY_BYTES, TransportError, TransportErrorKind};

/// The most that is read of a reply, its head included.
pub(crate) const MAX_REPLY: usize = MAX_BODY_BYTES + 16 * 1024;

/// An error of this kind.
pub(crate) fn failed(kind: TransportErrorKind) -> TransportError {
    TransportError::new(kind)
}

/// Where a request goes: addresses of this machine only.
pub(crate) fn address(uri: &http::Uri) -> Result<SocketAddr, TransportError> {
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    match authority.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_loopback() => Ok(address),
        _ => Err(failed(TransportErrorKind::NotAllowed)),
    }
}

/// The bytes of a request, in a body so that they are wiped.
pub(crate) fn encode(request: &Request<Body>) -> Body {
    let uri = request.uri();
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let host = uri.authority().map_or("", |authority| authority.as_str());
    let (method, length) = (request.method(), request.body().len());
    let mut bytes = Vec::with_capacity(1024 + length); // no copies left behind by growing
    bytes.extend(format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n").as_bytes());
    for (name, value) in request.headers() {
        bytes.extend(name.as_str().as_bytes());
        bytes.extend(b": ");
        bytes.extend(value.as_bytes());
        bytes.extend(b"\r\n");
    }
    bytes.extend(b"\r\n");
    bytes.extend(request.body().as_bytes());
    Body::from(bytes)
}

/// A whole reply, as the connection that ended behind it brought it.
pub(crate) fn decode(bytes: &[u8]) -> Result<Response<Body>, TransportError> {
    let lost = || failed(TransportErrorKind::Lost);
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Response::new(&mut headers);
    let Ok(httparse::Status::Complete(length)) = head.parse(bytes) else {
        return Err(lost());
    };
    let mut response = Response::builder().status(head.code.ok_or_else(lost)?);
    let mut promised = None;
    for header in head.headers {
        if header.name.eq_ignore_ascii_case("content-length") {
            promised = std::str::from_utf8(header.value).ok();
        }
        response = response.header(header.name, header.value);
    }
    let body = &bytes[length..];
    if promised.is_some_and(|promised| promised.parse() != Ok(body.len())) {
        return Err(lost()); // cut short
    }
    response.body(Body::from(body.to_vec())).map_err(|_| lost())
}

/// The whole exchange, blocking.
pub(crate) fn exchange(
    request: &Request<Body>,
    timeout: Duration,
) -> Result<Response<Body>, TransportError> {
    let address = address(request.uri())?;
    let mut stream = TcpStream::connect_timeout(&address, timeout)
        .map_err(|_| failed(TransportErrorKind::Connect))?;
    let mut received = Vec::new();
    let limit = u64::try_from(MAX_REPLY).unwrap_or(u64::MAX);
    stream
        .set_read_timeout(Some(timeout))
        .and_then(|()| stream.write_all(encode(request).as_bytes()))
        .and_then(|()| stream.take(limit).read_to_end(&mut received))
        .map_err(|_| failed(TransportErrorKind::Lost))?;
    decode(&received)
}
