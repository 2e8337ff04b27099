//! A closure is a carrier.

use std::cell::RefCell;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use http::{Request, Response, StatusCode, header};
use oauth2_discord::error::{Advice, advice};
use oauth2_discord::grant::{ClientCredentials, Refresh, Revoke};
use oauth2_discord::{AccessToken, RefreshToken, Scope, api};
use ra_http::{
    Body, Endpoint as _, HttpErrorKind, MAX_BODY_BYTES, TransportError, TransportErrorKind,
};

use crate::support::{CANARY, access_token, client};

/// HTTP/1.1 over the standard library, one connection a request: enough for bodies that announce their length, or end
/// with the connection.
pub(crate) fn over_tcp(request: Request<Body>) -> Result<Response<Body>, TransportError> {
    let lost = || TransportError::new(TransportErrorKind::Lost);
    let io = |error: std::io::Error| TransportError::with_source(TransportErrorKind::Lost, error);
    let uri = request.uri();
    let host = uri.authority().ok_or_else(lost)?.as_str();
    let mut stream = TcpStream::connect(host)
        .map_err(|error| TransportError::with_source(TransportErrorKind::Connect, error))?;
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .map_err(io)?;
    let target = uri.path_and_query().ok_or_else(lost)?;
    let mut head = format!(
        "{} {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {}\r\n",
        request.method(),
        request.body().len()
    )
    .into_bytes();
    for (name, value) in request.headers() {
        head.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    stream.write_all(&head).map_err(io)?;
    stream.write_all(b"\r\n").map_err(io)?;
    stream.write_all(request.body().as_bytes()).map_err(io)?;

    let mut bytes = Vec::new();
    let most = MAX_BODY_BYTES + 64 * 1024;
    let mut stream = stream.take(most as u64);
    stream.read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() == most {
        return Err(TransportError::new(TransportErrorKind::BodyTooLarge));
    }
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.ok_or_else(lost)?;
    let head = str::from_utf8(&bytes[..end]).map_err(|_| lost())?;
    let status = head.get(9..12).filter(|_| head.starts_with("HTTP/1."));
    let status = status.ok_or_else(lost)?.parse().map_err(|_| lost())?;
    let mut response = Response::builder().status::<u16>(status);
    for line in head.lines().skip(1) {
        let (name, value) = line.split_once(':').ok_or_else(lost)?;
        response = response.header(name, value.trim());
    }
    let body = bytes.split_off(end + 4);
    let mut response = response.body(Body::from(body)).map_err(|_| lost())?;
    match response.headers_mut().remove(header::CONTENT_LENGTH) {
        Some(length) if length != response.body().len().to_string() => Err(lost()),
        _ => Ok(response),
    }
}

#[test]
fn a_closure_in_memory_carries_a_whole_flow() {
    let asked = RefCell::new(Vec::new());
    let carry = |request: Request<Body>| {
        asked.borrow_mut().push(request.uri().path().to_owned());
        let reply = match request.uri().path() {
            "/api/v10/oauth2/token" => r#"{"token_type":"Bearer","access_token":"a"}"#,
            "/api/v10/oauth2/token/revoke" => "",
            _ => return Err(TransportError::new(TransportErrorKind::Connect)),
        };
        Ok(Response::new(Body::from(reply.as_bytes().to_vec())))
    };
    let base = "https://discord.com/api/v10".parse().unwrap();
    let grant = ClientCredentials::new(client(), [Scope::Identify]).unwrap();
    let token = grant.call(&base, carry).unwrap();
    assert_eq!(token.access_token, AccessToken::new("a"));
    Revoke::access(client(), token.access_token)
        .call(&base, carry)
        .unwrap();
    assert_eq!(
        *asked.borrow(),
        ["/api/v10/oauth2/token", "/api/v10/oauth2/token/revoke"]
    );

    let error = api::Me::new(access_token()).call(&base, carry).unwrap_err();
    assert_eq!(error.kind(), HttpErrorKind::Transport);
}

#[test]
fn a_request_that_cannot_be_made_reaches_no_carrier() {
    let base = "https://discord.com/api/v10".parse().unwrap();
    let empty = Refresh::new(client(), RefreshToken::new(""));
    let error = empty.call(&base, |_| panic!("it was sent")).unwrap_err();
    assert_eq!(error.kind(), HttpErrorKind::BadRequest);
    assert_eq!(error.field(), Some("refresh_token"));
}

#[test]
fn s36_s38_what_the_carrier_brings_is_what_counts() {
    // a carrier that does not know any of the rules
    let base = "https://discord.com/api/v10".parse().unwrap();
    let refresh = Refresh::new(client(), RefreshToken::new(CANARY));
    let reply = |status: StatusCode, body: Vec<u8>| {
        move |_| {
            let mut response = Response::new(Body::from(body));
            *response.status_mut() = status;
            Ok(response)
        }
    };
    let huge = vec![b' '; MAX_BODY_BYTES + 1];
    let error = refresh.call(&base, reply(StatusCode::OK, huge));
    assert_eq!(error.unwrap_err().kind(), HttpErrorKind::BodyTooLarge);
    let error = refresh.call(&base, reply(StatusCode::FOUND, Vec::new()));
    assert_eq!(error.unwrap_err().kind(), HttpErrorKind::Redirect);
    let error = refresh
        .call(&base, reply(StatusCode::BAD_GATEWAY, Vec::new()))
        .unwrap_err();
    assert_eq!(advice(&error, Refresh::REPEAT), Advice::OutcomeUnknown);
}
