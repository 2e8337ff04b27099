//! REST calls of phones, and the ticket exchange of desktops.

use std::net::SocketAddr;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::Failed;
use crate::desktop::{ANSWER_WITHIN, connect};

/// A connection, which is opened again if the gateway closes it.
pub(crate) struct Phone {
    address: SocketAddr,
    index: u32,
    calls: Option<SendRequest<Full<Bytes>>>,
}

impl Phone {
    pub(crate) fn new(address: SocketAddr, index: u32) -> Self {
        Self {
            address,
            index,
            calls: None,
        }
    }

    /// Scans, and returns the handshake token.
    pub(crate) async fn scan(&mut self, fingerprint: &str) -> Result<Value, Failed> {
        self.post("", json!({ "fingerprint": fingerprint })).await
    }

    /// Approves.
    pub(crate) async fn approve(&mut self, scanned: Value) -> Result<(), Failed> {
        self.post("/finish", scanned).await.map(drop)
    }

    /// Exchanges a ticket for a sealed token.
    pub(crate) async fn exchange(&mut self, ticket: &Value) -> Result<Value, Failed> {
        self.post("/login", json!({ "ticket": ticket })).await
    }

    async fn post(&mut self, call: &str, body: Value) -> Result<Value, Failed> {
        timeout(ANSWER_WITHIN, self.call(call, body)).await?
    }

    async fn call(&mut self, call: &str, body: Value) -> Result<Value, Failed> {
        let mut calls = match self.calls.take().filter(|calls| !calls.is_closed()) {
            Some(calls) => calls,
            None => {
                let stream = connect(self.address, self.index).await?;
                let (calls, connection) = handshake(TokioIo::new(stream)).await?;
                tokio::spawn(connection);
                calls
            }
        };
        calls.ready().await?;
        let request = Request::post(format!("/api/v9/users/@me/remote-auth{call}"))
            .header("host", "gateway")
            .header("authorization", format!("phone {}", self.index))
            .body(Full::new(Bytes::from(body.to_string())))?;
        let response = calls.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        self.calls = Some(calls);
        if !status.is_success() {
            return Err(format!("remote-auth{call} was answered with {status}").into());
        }
        Ok(serde_json::from_slice(&body).unwrap_or_default())
    }
}
