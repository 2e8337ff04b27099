//! The HTTP carrier: any [`Endpoint`], one connection a call.

use std::fmt;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use http::uri::PathAndQuery;
use http::{HeaderValue, Request, Response, Uri, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use ra_carrier::Target;
use ra_http::{
    BaseUrl, Body, Endpoint, HttpError, MAX_BODY_BYTES, TransportError, TransportErrorKind,
};
use zeroize::Zeroizing;

use crate::net::Network;

/// The most that a response's head may take, in bytes.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// How long a call may take unless the caller says otherwise.
const CALL_WITHIN: Duration = Duration::from_secs(15);
/// Sent where a request has no `User-Agent` of its own.
const USER_AGENT: HeaderValue =
    HeaderValue::from_static(concat!("remote-auth/", env!("CARGO_PKG_VERSION")));

/// Sends requests and brings responses. Each call has a connection of its own and is bounded as a whole, from name
/// resolution to the last byte; bodies over 1 MiB are not read on (R-33), redirects are replies like any other, and
/// nothing is added to a request but `Host` and a missing `User-Agent`.
///
/// ```no_run
/// # use ra_proto::rest::ExchangeTicket;
/// # async fn exchange(call: ExchangeTicket) -> Result<(), Box<dyn std::error::Error>> {
/// use ra_tokio::{HttpCarrier, Network};
///
/// let carrier = HttpCarrier::new(Network::default());
/// let sealed_token = carrier.call(&call, &"https://discord.com/api/v9".parse()?).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct HttpCarrier {
    network: Network,
    timeout: Duration,
    user_agent: HeaderValue,
}

impl HttpCarrier {
    /// A carrier over this network.
    ///
    /// ```
    /// use ra_tokio::{HttpCarrier, Network};
    ///
    /// let carrier = HttpCarrier::new(Network::default());
    /// ```
    #[must_use]
    pub fn new(network: Network) -> Self {
        Self {
            network,
            timeout: CALL_WITHIN,
            user_agent: USER_AGENT,
        }
    }

    /// The same carrier with another limit to what [`HttpCarrier::call`] may take; 15 s at first.
    ///
    /// ```
    /// use std::time::Duration;
    /// use ra_tokio::{HttpCarrier, Network};
    ///
    /// let patient = HttpCarrier::new(Network::default()).with_timeout(Duration::from_secs(60));
    /// ```
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The same carrier with another `User-Agent` for requests that have none of their own.
    ///
    /// ```
    /// use http::HeaderValue;
    /// use ra_tokio::{HttpCarrier, Network};
    ///
    /// let agent = HeaderValue::from_static("my-desktop/1.0");
    /// let carrier = HttpCarrier::new(Network::default()).with_user_agent(agent);
    /// ```
    #[must_use]
    pub fn with_user_agent(self, user_agent: HeaderValue) -> Self {
        Self { user_agent, ..self }
    }

    /// Makes a call and reads its reply.
    ///
    /// # Errors
    /// What [`Endpoint::to_http`] and [`Endpoint::from_http`] say, and [`TransportError`]s as
    /// [`HttpErrorKind::Transport`](ra_http::HttpErrorKind::Transport).
    ///
    /// # Cancel safety
    /// Dropping the future closes the connection; the peer may have acted on the call all the same.
    ///
    /// ```
    /// use ra_proto::rest::CreateHandshake;
    /// use ra_http::{BaseUrl, HttpError};
    /// use ra_proto::HandshakeToken;
    /// use ra_tokio::HttpCarrier;
    ///
    /// async fn announce(
    ///     carrier: &HttpCarrier,
    ///     scan: &CreateHandshake,
    ///     base: &BaseUrl,
    /// ) -> Result<HandshakeToken, HttpError> {
    ///     carrier.call(scan, base).await
    /// }
    /// ```
    pub async fn call<E: Endpoint>(
        &self,
        endpoint: &E,
        base: &BaseUrl,
    ) -> Result<E::Reply, HttpError> {
        let response = self.send(endpoint.to_http(base)?, self.timeout).await?;
        endpoint.from_http(response)
    }

    /// Sends a request with an absolute URI and brings its response, of whatever status.
    ///
    /// # Errors
    /// [`TransportErrorKind::NotAllowed`] before any connection for plaintext to another machine (R-01).
    ///
    /// # Cancel safety
    /// As of [`HttpCarrier::call`].
    ///
    /// ```
    /// use ra_core::HttpCall;
    /// use ra_core::mobile::Input;
    /// use ra_tokio::HttpCarrier;
    ///
    /// /// What a driver does with `Output::Call`.
    /// async fn carry_out(carrier: &HttpCarrier, call: HttpCall) -> Input {
    ///     Input::Reply(call.id, carrier.send(call.request, call.timeout).await)
    /// }
    /// ```
    pub async fn send(
        &self,
        request: Request<Body>,
        timeout: Duration,
    ) -> Result<Response<Body>, TransportError> {
        match tokio::time::timeout(timeout, Box::pin(self.exchange(request))).await {
            Ok(response) => response,
            Err(_) => Err(TransportError::new(TransportErrorKind::Timeout)),
        }
    }

    async fn exchange(&self, mut request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let target = Target::of(request.uri(), "https", "http")?;
        prepare(&mut request, &self.user_agent)?;
        let stream = self.network.open(&target).await?;
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(MAX_HEAD_BYTES)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(broken)?;
        let reply = pin!(async move {
            let request = request.map(|body| Full::new(body.into_bytes()));
            let (head, body) = sender
                .send_request(request)
                .await
                .map_err(broken)?
                .into_parts();
            Ok(Response::from_parts(head, collect(body).await?))
        });
        // The connection has to be driven beside the reply. When it ends first, what it brought is still to be read,
        // and an error of its own reaches the reply.
        match select(reply, pin!(connection)).await {
            Either::Left((reply, _)) => reply,
            Either::Right((_, reply)) => reply.await,
        }
    }
}

/// Writes the URI as HTTP/1.1 sends it and adds what must be there.
fn prepare(request: &mut Request<Body>, user_agent: &HeaderValue) -> Result<(), TransportError> {
    let not_allowed = || TransportError::new(TransportErrorKind::NotAllowed);
    let uri = request.uri();
    let host = uri
        .authority()
        .and_then(|host| HeaderValue::try_from(host.as_str()).ok());
    let host = host.ok_or_else(not_allowed)?;
    let path = uri
        .path_and_query()
        .cloned()
        .unwrap_or(PathAndQuery::from_static("/"));
    *request.uri_mut() = Uri::from(path);
    request.headers_mut().insert(header::HOST, host);
    request
        .headers_mut()
        .entry(header::USER_AGENT)
        .or_insert_with(|| user_agent.clone());
    Ok(())
}

/// Reads a body up to the cap, whatever length it was announced with. What is outgrown is wiped.
async fn collect(mut body: Incoming) -> Result<Body, TransportError> {
    let mut bytes = Zeroizing::new(Vec::new());
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(broken)?.into_data() else {
            continue; // trailers
        };
        let len = bytes.len() + data.len();
        if len > MAX_BODY_BYTES {
            return Err(TransportError::new(TransportErrorKind::BodyTooLarge));
        }
        if len > bytes.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(len.next_power_of_two()));
            larger.extend_from_slice(&bytes);
            bytes = larger;
        }
        bytes.extend_from_slice(&data);
    }
    Ok(Body::from(bytes))
}

fn broken(error: hyper::Error) -> TransportError {
    TransportError::with_source(TransportErrorKind::Lost, error)
}

impl fmt::Debug for HttpCarrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpCarrier")
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
