//! The connections that the carriers use, and the trait by which an embedder brings its own.

use std::fmt::Debug;
use std::io;
use std::pin::Pin;

use tokio::io::{AsyncRead, AsyncWrite};

/// An open connection: anything that moves bytes both ways, such as a TCP stream, a Unix socket or a pipe.
pub trait Connection: AsyncRead + AsyncWrite + Debug + Send + Sync + Unpin {}

impl<C: AsyncRead + AsyncWrite + Debug + Send + Sync + Unpin> Connection for C {}

/// A connection as the carriers hold it.
pub(crate) type Stream = Box<dyn Connection>;

/// A connection that is being opened.
pub type Dialing<'a> = Pin<Box<dyn Future<Output = io::Result<Box<dyn Connection>>> + Send + 'a>>;

/// Opens connections in place of TCP and of a proxy: through a tunnel, a Unix socket, a pipe in a test.
///
/// TLS runs over these connections as over any other. The rule that plaintext stays on this machine is applied to the
/// address before [`Dialer::dial`] is called (R-01).
///
/// ```
/// use std::sync::Arc;
/// use ra_tokio::{Connection, Dialer, Dialing, Network};
///
/// /// Everything goes to the one socket where a tunnel listens.
/// #[derive(Debug)]
/// struct Tunnel;
///
/// impl Dialer for Tunnel {
///     fn dial<'a>(&'a self, _host: &'a str, _port: u16) -> Dialing<'a> {
///         Box::pin(async {
///             let socket = tokio::net::UnixStream::connect("/run/tunnel").await?;
///             Ok(Box::new(socket) as Box<dyn Connection>)
///         })
///     }
/// }
///
/// let network = Network::default().with_dialer(Arc::new(Tunnel));
/// ```
pub trait Dialer: Debug + Send + Sync {
    /// Opens a connection to `host`: a name or an IP address without brackets, in lower case. The carriers bound the
    /// time and drop the future when it is over.
    ///
    /// # Errors
    /// The reason why there is no connection. It counts as
    /// [`TransportErrorKind::Connect`](ra_http::TransportErrorKind::Connect).
    fn dial<'a>(&'a self, host: &'a str, port: u16) -> Dialing<'a>;
}
