//! Proxies: HTTP `CONNECT` and SOCKS5. TLS runs inside, so that a proxy sees host names and nothing else; names are
//! resolved by the proxy.
//!
//! Written here because both handshakes are a page, and the blocking libraries that have them bring a connection of
//! their own with them, without its time limits and without a way to break it off.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::IpAddr;
use std::time::Instant;

use ra_carrier::{Reach, Target};
use ra_http::{Proxy, ProxyScheme, TransportError, TransportErrorKind};
use zeroize::Zeroizing;

use super::dial::dial;
use super::wire::{Wire, is_timeout};
use crate::stop::Stop;

/// The most that a proxy's answer to `CONNECT` may take, in bytes.
const MAX_HEAD_BYTES: usize = 8 * 1024;

/// What a proxy said that is no connection. None of it is the proxy's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    /// An HTTP status other than 2xx.
    Status(u16),
    /// SOCKS: none of our ways of saying who we are will do.
    Method,
    /// SOCKS: wrong user name or password.
    Credentials,
    /// SOCKS: a reply other than success.
    Reply(u8),
    /// Not the protocol, or an answer over its cap.
    Protocol,
    /// The target's name is too long for the protocol.
    Name,
}

/// Connects to `target` through `proxy`, which has to be within `reach`, until `by` at the latest.
pub(super) fn connect(
    proxy: &Proxy,
    target: &Target,
    reach: Reach,
    by: Instant,
    stop: &Stop,
) -> Result<Wire, TransportError> {
    let mut wire =
        dial(proxy.host(), proxy.port(), reach, by, stop).map_err(|error| match error.kind() {
            TransportErrorKind::Timeout => error,
            _ => TransportError::with_source(TransportErrorKind::Proxy, error),
        })?;
    let told = match proxy.scheme() {
        ProxyScheme::Socks5 => socks5(&mut wire, proxy, target),
        _ => http_connect(&mut wire, proxy, target),
    };
    match told {
        Ok(()) => Ok(wire),
        Err(error) if is_timeout(&error) => Err(TransportError::new(TransportErrorKind::Timeout)),
        Err(error) => Err(TransportError::with_source(
            TransportErrorKind::Proxy,
            error,
        )),
    }
}

/// RFC 9110, section 9.3.6.
fn http_connect(peer: &mut (impl Read + Write), proxy: &Proxy, target: &Target) -> io::Result<()> {
    let authority = match target.host.contains(':') {
        true => format!("[{}]:{}", target.host, target.port),
        false => format!("{}:{}", target.host, target.port),
    };
    // made large enough at once, so that no copy of the credentials stays behind
    let mut request = Zeroizing::new(Vec::with_capacity(2048));
    let head = format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n");
    request.extend_from_slice(head.as_bytes());
    if let Some(credentials) = proxy.credentials() {
        let basic = credentials.basic();
        request.extend_from_slice(b"Proxy-Authorization: ");
        request.extend_from_slice(basic.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    peer.write_all(&request)?;

    // byte by byte: what follows the head belongs to whoever is behind the proxy
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        if answer.len() == MAX_HEAD_BYTES {
            return Err(Refusal::Protocol.into());
        }
        let [byte] = read(peer)?;
        answer.push(byte);
    }
    match status(&answer) {
        Some(200..=299) => Ok(()),
        Some(status) => Err(Refusal::Status(status).into()),
        None => Err(Refusal::Protocol.into()),
    }
}

/// The status of an HTTP/1.x answer.
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

/// RFC 1928, and RFC 1929 for credentials.
fn socks5(peer: &mut (impl Read + Write), proxy: &Proxy, target: &Target) -> io::Result<()> {
    const VERSION: u8 = 5;
    const NO_CREDENTIALS: u8 = 0;
    const USER_AND_PASSWORD: u8 = 2;
    let method = match proxy.credentials() {
        Some(_) => USER_AND_PASSWORD,
        None => NO_CREDENTIALS,
    };
    peer.write_all(&[VERSION, 1, method])?;
    match read(peer)? {
        [VERSION, chosen] if chosen == method => {}
        [VERSION, _] => return Err(Refusal::Method.into()),
        _ => return Err(Refusal::Protocol.into()),
    }
    if let Some(credentials) = proxy.credentials() {
        let mut request = Zeroizing::new(Vec::with_capacity(3 + 2 * 255));
        request.push(1);
        for text in [credentials.expose_user(), credentials.expose_password()] {
            request.push(u8::try_from(text.len()).map_err(|_| Refusal::Credentials)?);
            request.extend_from_slice(text.as_bytes());
        }
        peer.write_all(&request)?;
        match read(peer)? {
            [1, 0] => {}
            [1, _] => return Err(Refusal::Credentials.into()),
            _ => return Err(Refusal::Protocol.into()),
        }
    }
    let mut request = vec![VERSION, 1, 0];
    match target.host.parse() {
        Ok(IpAddr::V4(address)) => {
            request.push(1);
            request.extend(address.octets());
        }
        Ok(IpAddr::V6(address)) => {
            request.push(4);
            request.extend(address.octets());
        }
        Err(_) => {
            request.push(3);
            request.push(u8::try_from(target.host.len()).map_err(|_| Refusal::Name)?);
            request.extend(target.host.as_bytes());
        }
    }
    request.extend(target.port.to_be_bytes());
    peer.write_all(&request)?;
    match read(peer)? {
        [VERSION, 0, 0] => {}
        [VERSION, reply, _] if reply != 0 => return Err(Refusal::Reply(reply).into()),
        _ => return Err(Refusal::Protocol.into()),
    }
    // where the proxy connected from: read and not looked at
    let length = match read(peer)? {
        [1] => 4,
        [3] => usize::from(read::<1>(peer)?[0]),
        [4] => 16,
        _ => return Err(Refusal::Protocol.into()),
    };
    peer.read_exact(&mut [0; 255 + 2][..length + 2])
}

fn read<const N: usize>(peer: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    peer.read_exact(&mut bytes)?;
    Ok(bytes)
}

impl From<Refusal> for io::Error {
    fn from(refusal: Refusal) -> Self {
        Self::other(refusal)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "the proxy answered with status {status}"),
            Self::Method => f.write_str("the proxy wants other credentials, or some at all"),
            Self::Credentials => f.write_str("the proxy did not take the credentials"),
            Self::Reply(reply) => write!(f, "the proxy answered with reply {reply}"),
            Self::Protocol => f.write_str("the proxy does not speak the protocol"),
            Self::Name => f.write_str("the host name is too long for the proxy"),
        }
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;

    /// A proxy that has said all it will ever say.
    struct Script {
        says: io::Cursor<Vec<u8>>,
        heard: Vec<u8>,
    }

    impl Read for Script {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.says.read(into)
        }
    }

    impl Write for Script {
        fn write(&mut self, from: &[u8]) -> io::Result<usize> {
            self.heard.extend_from_slice(from);
            Ok(from.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn target(host: &str) -> Target {
        Target {
            host: host.to_owned(),
            port: 443,
            plaintext: false,
        }
    }

    /// What came of it, what the proxy heard, and what it said that was left alone.
    fn told(
        proxy: &str,
        host: &str,
        says: &[u8],
    ) -> (Result<(), Option<Refusal>>, Vec<u8>, Vec<u8>) {
        let mut script = Script {
            says: io::Cursor::new(says.to_vec()),
            heard: Vec::new(),
        };
        let proxy: Proxy = proxy.parse().unwrap();
        let told = match proxy.scheme() {
            ProxyScheme::Socks5 => socks5(&mut script, &proxy, &target(host)),
            _ => http_connect(&mut script, &proxy, &target(host)),
        };
        let refusal = |error: io::Error| error.get_ref()?.downcast_ref::<Refusal>().copied();
        let mut rest = Vec::new();
        script.says.read_to_end(&mut rest).unwrap();
        (told.map_err(refusal), script.heard, rest)
    }

    #[test]
    fn connect_names_the_target_and_leaves_what_follows_alone() {
        let (told, heard, rest) = told(
            "http://p",
            "h.example",
            b"HTTP/1.1 200 OK\r\nx: y\r\n\r\nTLS",
        );
        assert_eq!(told, Ok(()));
        let expected = "CONNECT h.example:443 HTTP/1.1\r\nHost: h.example:443\r\n\r\n";
        assert_eq!(
            (heard.as_slice(), rest.as_slice()),
            (expected.as_bytes(), &b"TLS"[..])
        );
    }

    #[test]
    fn connect_brackets_addresses_and_tells_credentials() {
        let (told, heard, _) = told("http://me:secret@p", "2001:db8::1", b"HTTP/1.0 204\r\n\r\n");
        assert_eq!(told, Ok(()));
        let heard = String::from_utf8(heard).unwrap();
        assert!(
            heard.starts_with("CONNECT [2001:db8::1]:443 HTTP/1.1\r\n"),
            "{heard}"
        );
        assert!(
            heard.ends_with("\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n\r\n"),
            "{heard}"
        );
    }

    #[test]
    fn connect_takes_nothing_but_success() {
        let status = |status| Err(Some(Refusal::Status(status)));
        let endless = [b"HTTP/1.1 200 OK\r\n".to_vec(), vec![b'x'; MAX_HEAD_BYTES]].concat();
        for (says, expected) in [
            (&b"HTTP/1.1 407 canary\r\n\r\n"[..], status(407)),
            (
                b"HTTP/1.1 301 Moved\r\nlocation: canary\r\n\r\n",
                status(301),
            ),
            (b"HTTP/1.1 100 Continue\r\n\r\n", status(100)),
            (b"HTTP/2 200\r\n\r\n", Err(Some(Refusal::Protocol))),
            (b"HTTP/1.1 2000 OK\r\n\r\n", Err(Some(Refusal::Protocol))),
            (b"HTTP/1.1 20\r\n\r\n", Err(Some(Refusal::Protocol))),
            (b"\r\n\r\n", Err(Some(Refusal::Protocol))),
            (&endless, Err(Some(Refusal::Protocol))),
            (b"HTTP/1.1 200 OK\r\n", Err(None)),
            (b"", Err(None)),
        ] {
            assert_eq!(told("http://p", "h", says).0, expected, "{says:?}");
        }
    }

    #[test]
    fn socks5_lets_the_proxy_resolve_and_leaves_what_follows_alone() {
        for (reply, host, asked) in [
            (&b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"[..], "h.ex", &b"\x03\x04h.ex"[..]),
            (b"\x05\x00\x00\x03\x02ab\x00\x00", "10.0.0.9", b"\x01\x0a\x00\x00\x09"),
            (
                b"\x05\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
                "::1",
                b"\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01",
            ),
        ] {
            let says = [b"\x05\x00", reply, b"TLS"].concat();
            let (told, heard, rest) = told("socks5://p", host, &says);
            assert_eq!(told, Ok(()));
            assert_eq!(heard, [b"\x05\x01\x00\x05\x01\x00", asked, b"\x01\xbb"].concat());
            assert_eq!(rest, b"TLS");
        }
    }

    #[test]
    fn socks5_tells_credentials_only_when_asked_for_them() {
        let proxy = "socks5://me:secret@p";
        let says = b"\x05\x02\x01\x00\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00";
        let (outcome, heard, _) = told(proxy, "h", says);
        assert_eq!(outcome, Ok(()));
        assert!(heard.starts_with(b"\x05\x01\x02\x01\x02me\x06secret\x05\x01"));
        let (outcome, heard, _) = told(proxy, "h", b"\x05\x00");
        assert_eq!(outcome, Err(Some(Refusal::Method)));
        assert_eq!(heard, b"\x05\x01\x02");
    }

    #[test]
    fn socks5_takes_nothing_but_success() {
        let long = "h".repeat(256);
        for (proxy, host, says, expected) in [
            ("socks5://p", "h", &b"\x05\xff"[..], Some(Refusal::Method)),
            ("socks5://p", "h", b"\x04\x00", Some(Refusal::Protocol)),
            (
                "socks5://a:b@p",
                "h",
                b"\x05\x02\x01\x01",
                Some(Refusal::Credentials),
            ),
            (
                "socks5://a:b@p",
                "h",
                b"\x05\x02\x05\x00",
                Some(Refusal::Protocol),
            ),
            (
                "socks5://p",
                "h",
                b"\x05\x00\x05\x05\x00",
                Some(Refusal::Reply(5)),
            ),
            (
                "socks5://p",
                "h",
                b"\x05\x00\x05\x00\x01",
                Some(Refusal::Protocol),
            ),
            (
                "socks5://p",
                "h",
                b"\x05\x00\x05\x00\x00\x02",
                Some(Refusal::Protocol),
            ),
            ("socks5://p", "h", b"\x05\x00\x05\x00\x00\x01\x00", None),
            ("socks5://p", &long, b"\x05\x00", Some(Refusal::Name)),
            ("socks5://p", "h", b"", None),
        ] {
            assert_eq!(told(proxy, host, says).0, Err(expected), "{says:?}");
        }
    }
}
