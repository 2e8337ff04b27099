//! The HTTP carrier: any [`Endpoint`], one connection a call.

mod connection;

use std::fmt;
use std::io::Read;
use std::time::Duration;

use http::{HeaderValue, Method, Request, Response};
use ra_carrier::call::{BodyReader, CallOptions, MAX_HEAD_BYTES};
use ra_carrier::{Network, Target};
use ra_http::{BaseUrl, Body, Endpoint, HttpError, TransportError, TransportErrorKind};
use ureq::Agent;
use ureq::config::{AutoHeaderValue, Config};
use zeroize::{Zeroize as _, Zeroizing};

use crate::net::{broken, deadline};
use crate::stop::Stop;
use connection::{NoResolver, Opener};

/// Sends requests and returns responses. Each call has a connection of its own and is bounded as a whole, from name
/// resolution to the last byte; bodies over 1 MiB are not read to their end (R-33), redirects are replies like any
/// other, and nothing is added to a request but `Host`, `Content-Length` and a missing `User-Agent`.
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
    pub fn call<E: Endpoint>(&self, endpoint: &E, base: &BaseUrl) -> Result<E::Reply, HttpError> {
        let response = self.send(endpoint.to_http(base)?, self.options.timeout)?;
        endpoint.from_http(response)
    }

    /// Sends a request with an absolute URI and returns its response, whatever its status.
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

    /// Like [`HttpCarrier::send`], until `stop` stops it.
    pub(crate) fn send_unless(
        &self,
        mut request: Request<Body>,
        timeout: Duration,
        stop: &Stop,
    ) -> Result<Response<Body>, TransportError> {
        let target = Target::of(request.uri(), "https", "http")?;
        self.options.add_user_agent(&mut request);
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

/// Switches off what the library would do by itself: redirects, proxies, headers, a pool, errors out of statuses, time
/// limits.
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

fn collect(mut body: impl Read) -> Result<Body, TransportError> {
    let mut reader = BodyReader::default();
    let mut buffer = Zeroizing::new([0; 8192]);
    loop {
        let read = body.read(&mut *buffer).map_err(cut_off)?;
        if read == 0 {
            return Ok(reader.finish());
        }
        reader.push(&buffer[..read])?;
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
            .field("timeout", &self.options.timeout)
            .finish_non_exhaustive()
    }
}
