//! HTTP calls by a client that knows nothing of the gateway.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{HeaderMap, Request};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use super::within;

/// A response.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// Status and Discord's code.
    pub(crate) fn refusal(&self) -> (u16, u64) {
        (self.status, self.json()["code"].as_u64().unwrap())
    }

    /// `Retry-After`, which must be there.
    pub(crate) fn retry_after(&self) -> u64 {
        self.headers["retry-after"]
            .to_str()
            .unwrap()
            .parse()
            .unwrap()
    }
}

/// Sends a request on a connection of its own.
pub(crate) async fn call(address: SocketAddr, request: Request<String>) -> Reply {
    within(async {
        let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
        let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        let request = request.map(|body| Full::new(Bytes::from(body)));
        let (head, body) = sender.send_request(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(body.to_vec()).unwrap();
        Reply {
            status: head.status.as_u16(),
            headers: head.headers,
            text,
        }
    })
    .await
}

pub(crate) async fn get(address: SocketAddr, path: &str) -> Reply {
    call(
        address,
        Request::get(path)
            .header("host", "gateway")
            .body(String::new())
            .unwrap(),
    )
    .await
}

/// Sends a call below `/users/@me/remote-auth`; the empty path is the scan.
pub(crate) async fn post(
    address: SocketAddr,
    path: &str,
    authorization: Option<&str>,
    body: Value,
) -> Reply {
    let slash = if path.is_empty() { "" } else { "/" };
    let mut request = Request::post(format!("/api/v9/users/@me/remote-auth{slash}{path}"))
        .header("host", "gateway")
        .header("content-type", "application/json");
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    call(address, request.body(body.to_string()).unwrap()).await
}
