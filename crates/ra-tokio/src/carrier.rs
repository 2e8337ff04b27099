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
use ra_carrier::call::{BodyReader, CallOptions, MAX_HEAD_BYTES};
use ra_http::{BaseUrl, Body, Endpoint, HttpError, TransportError, TransportErrorKind};

use crate::net::Network;

/// Sends requests and returns responses. Each call has a connection of its own and is bounded as a whole, from name
/// resolution to the last byte; bodies over 1 MiB are not read to their end (R-33), redirects are replies like any
/// other, and nothing is added to a request but `Host` and a missing `User-Agent`.
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
    options: CallOptions,
}

impl HttpCarrier {
    /// A carrier over this network.
    #[must_use]
    pub fn new(network: Network) -> Self {
        Self {
            network,
            options: CallOptions::default(),
        }
    }

    /// The same carrier with another time limit for [`HttpCarrier::call`]; 15 s by default.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = timeout;
        self
    }

    /// The same carrier with another `User-Agent` for requests that have none of their own.
    #[must_use]
    pub fn with_user_agent(mut self, user_agent: HeaderValue) -> Self {
        self.options.user_agent = user_agent;
        self
    }

    /// Makes a call and reads its reply.
    ///
    /// # Errors
    /// The errors of [`Endpoint::to_http`] and [`Endpoint::from_http`], and [`TransportError`]s as
    /// [`HttpErrorKind::Transport`](ra_http::HttpErrorKind::Transport).
    ///
    /// # Cancel safety
    /// Dropping the future closes the connection; the peer may have acted on the call all the same.
    pub async fn call<E: Endpoint>(
        &self,
        endpoint: &E,
        base: &BaseUrl,
    ) -> Result<E::Reply, HttpError> {
        let response = self
            .send(endpoint.to_http(base)?, self.options.timeout)
            .await?;
        endpoint.from_http(response)
    }

    /// Sends a request with an absolute URI and returns its response, whatever its status.
    ///
    /// # Errors
    /// [`TransportErrorKind::NotAllowed`] before any connection for plaintext to another machine (R-01).
    ///
    /// # Cancel safety
    /// The errors of [`HttpCarrier::call`].
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
        prepare(&mut request)?;
        self.options.add_user_agent(&mut request);
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
        // The connection has to be driven beside the reply. When it ends first, the reply still reads what it brought
        // and gets its error.
        match select(reply, pin!(connection)).await {
            Either::Left((reply, _)) => reply,
            Either::Right((_, reply)) => reply.await,
        }
    }
}

/// Writes the URI as HTTP/1.1 sends it and adds `Host`.
fn prepare(request: &mut Request<Body>) -> Result<(), TransportError> {
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
    Ok(())
}

async fn collect(mut body: Incoming) -> Result<Body, TransportError> {
    let mut reader = BodyReader::default();
    while let Some(frame) = body.frame().await {
        // trailers hold no data
        if let Ok(data) = frame.map_err(broken)?.into_data() {
            reader.push(&data)?;
        }
    }
    Ok(reader.finish())
}

fn broken(error: hyper::Error) -> TransportError {
    TransportError::with_source(TransportErrorKind::Lost, error)
}

impl fmt::Debug for HttpCarrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpCarrier")
            .field("timeout", &self.options.timeout)
            .finish_non_exhaustive()
    }
}
