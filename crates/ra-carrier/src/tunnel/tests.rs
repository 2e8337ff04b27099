//! Proxies that have said all they will ever say.

use std::error::Error as _;

use ra_http::{Proxy, TransportErrorKind};

use super::refusal::Refusal;
use super::{MAX_HEAD_BYTES, Tunnel};
use crate::Target;

fn target(host: &str) -> Target {
    Target {
        host: host.to_owned(),
        port: 443,
        plaintext: false,
    }
}

/// The result (`None` if the proxy fell silent), the bytes the proxy received, and its bytes that were not read.
fn told(proxy: &str, host: &str, says: &[u8]) -> (Result<(), Option<Refusal>>, Vec<u8>, Vec<u8>) {
    let (proxy, target): (Proxy, _) = (proxy.parse().unwrap(), target(host));
    let mut tunnel = Tunnel::new(&proxy, &target);
    let (mut heard, mut answer, mut rest) = (Vec::new(), Vec::new(), says);
    loop {
        match tunnel.next(&answer) {
            Ok(Some(step)) => {
                heard.extend_from_slice(&step.send);
                let Some((said, later)) = rest.split_at_checked(step.read) else {
                    return (Err(None), heard, rest.to_vec());
                };
                (answer, rest) = (said.to_vec(), later);
            }
            Ok(None) => return (Ok(()), heard, rest.to_vec()),
            Err(error) => {
                let refusal = error.source().unwrap().downcast_ref().copied();
                return (Err(refusal), heard, rest.to_vec());
            }
        }
    }
}

#[test]
fn only_refused_credentials_are_called_so() {
    let kind = |refusal: Refusal| refusal.error().kind();
    for refusal in [
        Refusal::Status(401),
        Refusal::Status(407),
        Refusal::Method,
        Refusal::Credentials,
    ] {
        assert_eq!(kind(refusal), TransportErrorKind::ProxyCredentials);
    }
    for refusal in [
        Refusal::Status(403),
        Refusal::Reply(2),
        Refusal::Protocol,
        Refusal::Name,
    ] {
        assert_eq!(kind(refusal), TransportErrorKind::Proxy);
    }
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
