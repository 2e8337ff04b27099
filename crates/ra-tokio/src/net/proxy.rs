//! Connections through a proxy: HTTP `CONNECT` and SOCKS5. TLS runs inside, so that a proxy sees host names and nothing
//! else; with SOCKS5 too, names are resolved by the proxy.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{HeaderValue, Uri};
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::rt::TokioIo;
use ra_carrier::Reach;
use ra_http::{Proxy, ProxyCredentials, ProxyScheme, TransportError, TransportErrorKind};
use tokio::net::TcpStream;
use tower_service::Service;

use super::dial::dial;

/// Connects to `host` through `proxy`, which has to be within `reach`. The caller bounds the time.
pub(super) async fn connect(
    proxy: &Proxy,
    host: &str,
    port: u16,
    reach: Reach,
) -> Result<TcpStream, TransportError> {
    let (target, via) = (uri(host, port)?, uri(proxy.host(), proxy.port())?);
    let dial = Dial {
        host: proxy.host().to_owned(),
        port: proxy.port(),
        reach,
    };
    let connected = match (proxy.scheme(), proxy.credentials()) {
        (ProxyScheme::Http, credentials) => {
            let mut tunnel = Tunnel::new(via, dial);
            if let Some(credentials) = credentials {
                tunnel = tunnel.with_auth(basic(credentials)?);
            }
            tunnel.call(target).await.map_err(failed)
        }
        (ProxyScheme::Socks5, credentials) => {
            let mut socks = SocksV5::new(via, dial);
            if let Some(credentials) = credentials {
                let (user, password) = (credentials.expose_user(), credentials.expose_password());
                socks = socks.with_auth(user.to_owned(), password.to_owned());
            }
            socks.call(target).await.map_err(failed)
        }
        _ => return Err(TransportError::new(TransportErrorKind::NotAllowed)),
    };
    connected.map(TokioIo::into_inner)
}

fn basic(credentials: &ProxyCredentials) -> Result<HeaderValue, TransportError> {
    let mut value = HeaderValue::try_from(credentials.basic().as_str()).map_err(failed)?;
    value.set_sensitive(true);
    Ok(value)
}

fn uri(host: &str, port: u16) -> Result<Uri, TransportError> {
    let authority = if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    };
    Uri::builder()
        .scheme("https")
        .authority(authority)
        .path_and_query("/")
        .build()
        .map_err(|error| TransportError::with_source(TransportErrorKind::NotAllowed, error))
}

fn failed(error: impl Into<Box<dyn Error + Send + Sync>>) -> TransportError {
    TransportError::with_source(TransportErrorKind::Proxy, error)
}

/// The connection to the proxy itself, as the tunnels want it.
struct Dial {
    host: String,
    port: u16,
    reach: Reach,
}

impl Service<Uri> for Dial {
    type Response = TokioIo<TcpStream>;
    type Error = TransportError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, TransportError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let (host, port, reach) = (self.host.clone(), self.port, self.reach);
        Box::pin(async move { dial(&host, port, reach).await.map(TokioIo::new) })
    }
}
