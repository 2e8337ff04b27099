//! Handshakes with proxies, without I/O: HTTP `CONNECT` (RFC 9110, section 9.3.6) and SOCKS5 (RFC 1928, RFC 1929).

mod refusal;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use ra_http::{Proxy, ProxyScheme, TransportError};
use zeroize::Zeroizing;

use crate::Target;
use refusal::Refusal;

/// Size limit of a proxy's answer to `CONNECT`, in bytes.
const MAX_HEAD_BYTES: usize = 8 * 1024;
/// SOCKS protocol version.
const VERSION: u8 = 5;
const NO_CREDENTIALS: u8 = 0;
const USER_AND_PASSWORD: u8 = 2;

/// A tunnel through a proxy to one target. The proxy resolves names. TLS runs inside the tunnel, so the proxy sees host
/// names and nothing else.
///
/// ```
/// use std::io::{Read, Write};
/// use ra_carrier::{Target, Tunnel};
/// use ra_http::{Proxy, TransportError, TransportErrorKind};
///
/// /// Over a connection to the proxy, which leads to the target from then on.
/// fn connect(
///     peer: &mut (impl Read + Write),
///     proxy: &Proxy,
///     target: &Target,
/// ) -> Result<(), TransportError> {
///     let broken = |error: std::io::Error| TransportError::with_source(TransportErrorKind::Proxy, error);
///     let (mut tunnel, mut heard) = (Tunnel::new(proxy, target), Vec::new());
///     while let Some(step) = tunnel.next(&heard)? {
///         peer.write_all(&step.send).map_err(broken)?;
///         heard.resize(step.read, 0);
///         peer.read_exact(&mut heard).map_err(broken)?;
///     }
///     Ok(())
/// }
/// ```
pub struct Tunnel<'a> {
    proxy: &'a Proxy,
    target: &'a Target,
    state: State,
}

/// Next step of the handshake with a proxy.
pub struct Step {
    /// Bytes to send. They may hold credentials.
    pub send: Zeroizing<Vec<u8>>,
    /// Number of bytes to read afterwards, at most 257, and to hand in. Read no more: later bytes belong to the target.
    pub read: usize,
}

enum State {
    Start,
    /// The answer to `CONNECT`, as far as it has been read.
    Head(Vec<u8>),
    Method,
    Credentials,
    Reply,
    /// The address that the proxy connected from. It is read and ignored.
    Address,
    NameLength,
    Rest,
}

impl<'a> Tunnel<'a> {
    /// Starts the handshake on a new connection to `proxy`.
    ///
    /// ```
    /// use ra_carrier::{Target, Tunnel};
    /// use ra_http::Proxy;
    ///
    /// fn begin<'a>(proxy: &'a Proxy, target: &'a Target) -> Tunnel<'a> {
    ///     Tunnel::new(proxy, target)
    /// }
    /// ```
    #[must_use]
    pub fn new(proxy: &'a Proxy, target: &'a Target) -> Self {
        Self {
            proxy,
            target,
            state: State::Start,
        }
    }

    /// Returns the next step; `None` once the tunnel is open. `heard` holds the bytes read for the last step; it is
    /// empty at first.
    ///
    /// # Errors
    /// [`TransportErrorKind::ProxyCredentials`](ra_http::TransportErrorKind::ProxyCredentials) if the proxy needs
    /// credentials or refuses ours; [`TransportErrorKind::Proxy`](ra_http::TransportErrorKind::Proxy) if it does not
    /// connect or breaks the protocol.
    ///
    /// ```
    /// use ra_carrier::{Target, Tunnel};
    /// use ra_http::Proxy;
    ///
    /// let proxy: Proxy = "http://127.0.0.1:8888".parse()?;
    /// let target = Target { host: "gateway.example".into(), port: 443, plaintext: false };
    /// let mut tunnel = Tunnel::new(&proxy, &target);
    /// let step = tunnel.next(b"")?.expect("something to say");
    /// assert!(step.send.starts_with(b"CONNECT gateway.example:443 HTTP/1.1\r\n"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn next(&mut self, heard: &[u8]) -> Result<Option<Step>, TransportError> {
        let (state, step) = match (std::mem::replace(&mut self.state, State::Start), heard) {
            (State::Start, _) => match self.proxy.scheme() {
                ProxyScheme::Socks5 => (State::Method, say(&[VERSION, 1, self.method()], 2)),
                _ => (State::Head(Vec::new()), self.connect()),
            },
            (State::Head(mut head), _) => {
                head.extend_from_slice(heard);
                if head.ends_with(b"\r\n\r\n") {
                    return accepted(&head).map(|()| None);
                }
                if head.len() >= MAX_HEAD_BYTES {
                    return Err(Refusal::Protocol.error());
                }
                // byte by byte: bytes after the head belong to the target behind the proxy
                (State::Head(head), say(b"", 1))
            }
            (State::Method, [VERSION, method]) if *method == self.method() => self.introduced()?,
            (State::Method, [VERSION, _]) => return Err(Refusal::Method.error()),
            (State::Credentials, [1, 0]) => (State::Reply, self.ask()?),
            (State::Credentials, [1, _]) => return Err(Refusal::Credentials.error()),
            (State::Reply, [VERSION, 0, 0]) => (State::Address, say(b"", 1)),
            (State::Reply, [VERSION, reply @ 1..=255, _]) => {
                return Err(Refusal::Reply(*reply).error());
            }
            (State::Address, [1]) => (State::Rest, say(b"", 4 + 2)),
            (State::Address, [3]) => (State::NameLength, say(b"", 1)),
            (State::Address, [4]) => (State::Rest, say(b"", 16 + 2)),
            (State::NameLength, [length]) => (State::Rest, say(b"", usize::from(*length) + 2)),
            (State::Rest, _) => return Ok(None),
            _ => return Err(Refusal::Protocol.error()),
        };
        self.state = state;
        Ok(Some(step))
    }

    fn connect(&self) -> Step {
        let Target { host, port, .. } = self.target;
        let authority = match host.contains(':') {
            true => format!("[{host}]:{port}"),
            false => format!("{host}:{port}"),
        };
        // allocated at its full size, so that growing leaves no copy of the credentials behind
        let mut send = Zeroizing::new(Vec::with_capacity(2048));
        let head = format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n");
        send.extend_from_slice(head.as_bytes());
        if let Some(credentials) = self.proxy.credentials() {
            let basic = credentials.basic();
            send.extend_from_slice(b"Proxy-Authorization: ");
            send.extend_from_slice(basic.as_bytes());
            send.extend_from_slice(b"\r\n");
        }
        send.extend_from_slice(b"\r\n");
        Step { send, read: 1 }
    }

    /// The only authentication method offered.
    fn method(&self) -> u8 {
        match self.proxy.credentials() {
            Some(_) => USER_AND_PASSWORD,
            None => NO_CREDENTIALS,
        }
    }

    fn introduced(&self) -> Result<(State, Step), TransportError> {
        let Some(credentials) = self.proxy.credentials() else {
            return Ok((State::Reply, self.ask()?));
        };
        let mut send = Zeroizing::new(Vec::with_capacity(3 + 2 * 255));
        send.push(1);
        for text in [credentials.expose_user(), credentials.expose_password()] {
            send.push(u8::try_from(text.len()).map_err(|_| Refusal::Credentials.error())?);
            send.extend_from_slice(text.as_bytes());
        }
        Ok((State::Credentials, Step { send, read: 2 }))
    }

    fn ask(&self) -> Result<Step, TransportError> {
        let mut request = vec![VERSION, 1, 0];
        match self.target.host.parse() {
            Ok(IpAddr::V4(address)) => {
                request.push(1);
                request.extend(address.octets());
            }
            Ok(IpAddr::V6(address)) => {
                request.push(4);
                request.extend(address.octets());
            }
            Err(_) => {
                let host = &self.target.host;
                request.push(3);
                request.push(u8::try_from(host.len()).map_err(|_| Refusal::Name.error())?);
                request.extend(host.as_bytes());
            }
        }
        request.extend(self.target.port.to_be_bytes());
        Ok(say(&request, 3))
    }
}

fn say(bytes: &[u8], read: usize) -> Step {
    let send = Zeroizing::new(bytes.to_vec());
    Step { send, read }
}

/// Returns whether the answer to `CONNECT` is a success.
fn accepted(head: &[u8]) -> Result<(), TransportError> {
    match status(head) {
        Some(200..=299) => Ok(()),
        Some(status) => Err(Refusal::Status(status).error()),
        None => Err(Refusal::Protocol.error()),
    }
}

/// Reads the status of an HTTP/1.x answer.
fn status(head: &[u8]) -> Option<u16> {
    let rest = head.strip_prefix(b"HTTP/1.")?;
    let (&[b'0' | b'1', b' ', a, b, c], rest) = rest.split_first_chunk()? else {
        return None;
    };
    let digit = |byte: u8| char::from(byte).to_digit(10);
    let status = digit(a)? * 100 + digit(b)? * 10 + digit(c)?;
    let ends = matches!(rest.first(), Some(b' ' | b'\r'));
    u16::try_from(status).ok().filter(|_| ends)
}
