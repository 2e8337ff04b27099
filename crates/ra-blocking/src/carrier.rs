//! The HTTP carrier: any [`Endpoint`], one connection a call.

mod connection;

use std::fmt;
use std::io::Read;
use std::time::{Duration, Instant};

use http::{HeaderValue, Method, Request, Response, header};
use ra_carrier::Target;
use ra_http::{
    BaseUrl, Body, Endpoint, HttpError, MAX_BODY_BYTES, TransportError, TransportErrorKind,
};
use ureq::Agent;
use ureq::config::{AutoHeaderValue, Config};
use zeroize::{Zeroize as _, Zeroizing};

use crate::net::{Network, broken};
use crate::stop::Stop;
use connection::{NoResolver, Opener};

/// The most that a response's head may take, in bytes.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// How long a call may take unless the caller says otherwise.
const CALL_WITHIN: Duration = Duration::from_secs(15);
/// Sent where a request has no `User-Agent` of its own.
const USER_AGENT: HeaderValue =
    HeaderValue::from_static(concat!("remote-auth/", env!("CARGO_PKG_VERSION")));

/// Sends requests and brings responses. Each call has a connection of its own and is bounded as a whole, from name
/// resolution to the last byte; bodies over 1 MiB are not read on (R-33), redirects are replies like any other, and
/// nothing is added to a request but `Host`, `Content-Length` and a missing `User-Agent`.
///
/// ```no_run
/// # use ra_proto::rest::ExchangeTicket;
/// # fn exchange(call: ExchangeTicket) -> Result<(), Box<dyn std::error::Error>> {
/// use ra_blocking::{HttpCarrier, Network};
///
/// let carrier = HttpCarrier::new(Network::default());
/// let sealed_token = carrier.call(&call, &"https://discord.com/api/v9".parse()?)?;
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
    /// use ra_blocking::{HttpCarrier, Network};
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
    /// use ra_blocking::{HttpCarrier, Network};
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
    /// use ra_blocking::{HttpCarrier, Network};
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
    /// ```
    /// use ra_blocking::HttpCarrier;
    /// use ra_proto::rest::CreateHandshake;
    /// use ra_http::{BaseUrl, HttpError};
    /// use ra_proto::HandshakeToken;
    ///
    /// fn announce(
    ///     carrier: &HttpCarrier,
    ///     scan: &CreateHandshake,
    ///     base: &BaseUrl,
    /// ) -> Result<HandshakeToken, HttpError> {
    ///     carrier.call(scan, base)
    /// }
    /// ```
    pub fn call<E: Endpoint>(&self, endpoint: &E, base: &BaseUrl) -> Result<E::Reply, HttpError> {
        let response = self.send(endpoint.to_http(base)?, self.timeout)?;
        endpoint.from_http(response)
    }

    /// Sends a request with an absolute URI and brings its response, of whatever status.
    ///
    /// # Errors
    /// [`TransportErrorKind::NotAllowed`] before any connection for plaintext to another machine (R-01).
    ///
    /// ```
    /// use ra_core::HttpCall;
    /// use ra_core::mobile::Input;
    /// use ra_blocking::HttpCarrier;
    ///
    /// /// What a driver does with `Output::Call`.
    /// fn carry_out(carrier: &HttpCarrier, call: HttpCall) -> Input {
    ///     Input::Reply(call.id, carrier.send(call.request, call.timeout))
    /// }
    /// ```
    pub fn send(
        &self,
        request: Request<Body>,
        timeout: Duration,
    ) -> Result<Response<Body>, TransportError> {
        self.send_unless(request, timeout, &Stop::default())
    }

    /// As [`HttpCarrier::send`], until it is stopped.
    pub(crate) fn send_unless(
        &self,
        mut request: Request<Body>,
        timeout: Duration,
        stop: &Stop,
    ) -> Result<Response<Body>, TransportError> {
        let target = Target::of(request.uri(), "https", "http")?;
        request
            .headers_mut()
            .entry(header::USER_AGENT)
            .or_insert_with(|| self.user_agent.clone());
        let opener = Opener {
            network: self.network.clone(),
            target,
            by: deadline(timeout),
            stop: stop.clone(),
        };
        let agent = Agent::with_parts(config(), opener, NoResolver);
        let (head, body) = request.into_parts();
        let bodiless = matches!(head.method, Method::GET | Method::HEAD);
        let response = if bodiless && body.is_empty() {
            agent.run(Request::from_parts(head, ()))
        } else {
            agent.run(Request::from_parts(head, body.as_bytes()))
        };
        let (head, body) = response.map_err(failed)?.into_parts();
        let body = collect(body.into_reader())?;
        let mut response = Response::new(body);
        *response.status_mut() = head.status;
        *response.version_mut() = head.version;
        *response.headers_mut() = head.headers;
        Ok(response)
    }
}

/// The library decides nothing: no redirects, no proxies of its own, no headers, no pool, no errors out of statuses. Time
/// is the connection's to keep.
fn config() -> Config {
    Config::builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .user_agent(AutoHeaderValue::None)
        .accept(AutoHeaderValue::None)
        .accept_encoding(AutoHeaderValue::None)
        .max_response_header_size(MAX_HEAD_BYTES)
        .max_idle_connections(0)
        .timeout_global(None)
        .build()
}

/// Far enough away for any limit that a clock cannot hold.
pub(crate) fn deadline(timeout: Duration) -> Instant {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);
    let now = Instant::now();
    now.checked_add(timeout.min(YEAR)).unwrap_or(now)
}

/// Reads a body up to the cap, whatever length it was announced with. What is outgrown is wiped.
fn collect(mut body: impl Read) -> Result<Body, TransportError> {
    let mut bytes = Zeroizing::new(Vec::new());
    let mut buffer = Zeroizing::new([0; 8192]);
    loop {
        let read = body.read(&mut *buffer).map_err(cut_off)?;
        if read == 0 {
            return Ok(Body::from(bytes));
        }
        let len = bytes.len() + read;
        if len > MAX_BODY_BYTES {
            return Err(TransportError::new(TransportErrorKind::BodyTooLarge));
        }
        if len > bytes.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(len.next_power_of_two()));
            larger.extend_from_slice(&bytes);
            bytes = larger;
        }
        bytes.extend_from_slice(&buffer[..read]);
        buffer[..read].zeroize();
    }
}

/// The library's other errors may hold text of the peer and are no source.
fn failed(error: ureq::Error) -> TransportError {
    match error {
        ureq::Error::Io(error) => broken(error),
        ureq::Error::Other(error) => match error.downcast::<TransportError>() {
            Ok(error) => *error,
            Err(_) => TransportError::new(TransportErrorKind::Lost),
        },
        _ => TransportError::new(TransportErrorKind::Lost),
    }
}

fn cut_off(error: std::io::Error) -> TransportError {
    match error.downcast::<ureq::Error>() {
        Ok(error) => failed(error),
        Err(error) => broken(error),
    }
}

impl fmt::Debug for HttpCarrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpCarrier")
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
