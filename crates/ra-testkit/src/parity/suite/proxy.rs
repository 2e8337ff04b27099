//! Proxies: HTTP `CONNECT` and SOCKS5, with and without credentials. `ra-carrier` tests each message of the handshakes.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use http::Request;
use ra_carrier::{Network, TlsConfig};
use ra_http::{Body, Proxies, Proxy, TransportErrorKind};
use ra_proto::frame::GatewayFrame;

use super::login::names;
use super::tls::{fetch, get, secure_service, service, trusting, upgrade};
use crate::parity::Operations;
use crate::parity::gateway::Service;
use crate::parity::peers::{
    LONG, accept, answering, deserted, drain, http_proxy, is_untouched, listener, read_request,
    serve, silent, splice,
};
use crate::tls::Ca;

fn proxy(text: impl AsRef<str>) -> Option<Proxy> {
    Some(text.as_ref().parse().unwrap())
}

/// A SOCKS5 proxy that leads everything to `target`, and the credentials and the target that it is told. It asks for
/// credentials if the client offers them.
fn socks_proxy(target: SocketAddr) -> (SocketAddr, Receiver<(String, String)>) {
    let (seen, requests) = sync_channel(4);
    let address = serve(move |mut stream| {
        let mut greeting = [0; 3];
        stream.read_exact(&mut greeting).unwrap();
        let [5, 1, method] = greeting else {
            panic!("{greeting:?}")
        };
        stream.write_all(&[5, method]).unwrap();
        let mut credentials = String::new();
        if method == 2 {
            assert_eq!(byte(&mut stream), 1);
            credentials = format!("{}:{}", counted(&mut stream), counted(&mut stream));
            stream.write_all(&[1, 0]).unwrap();
        }
        let mut connect = [0; 4];
        stream.read_exact(&mut connect).unwrap();
        assert_eq!(connect, [5, 1, 0, 3], "a name, resolved by the proxy");
        let name = counted(&mut stream);
        let port = u16::from_be_bytes([byte(&mut stream), byte(&mut stream)]);
        seen.send((credentials, format!("{name}:{port}"))).unwrap();
        stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
        splice(stream, target);
    });
    (address, requests)
}

fn byte(stream: &mut TcpStream) -> u8 {
    let mut byte = [0];
    stream.read_exact(&mut byte).unwrap();
    byte[0]
}

fn counted(stream: &mut TcpStream) -> String {
    let mut text = vec![0; byte(stream).into()];
    stream.read_exact(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

fn busy() -> TransportErrorKind {
    TransportErrorKind::upgrade(503, None)
}

pub fn connect_leads_tls_to_a_host_that_only_the_proxy_knows<A: Operations>(adapter: A) {
    let ca = Ca::new();
    let (address, requests) = http_proxy(secure_service(&ca, "gateway.invalid"));
    for (user_info, authority, asked) in [
        ("me:secret@", "gateway.invalid", "gateway.invalid:443"),
        ("", "gateway.invalid:8443", "gateway.invalid:8443"),
    ] {
        let network = trusting(&ca, proxy(format!("http://{user_info}{address}")));
        let status = fetch(adapter, &network, authority, LONG);
        assert_eq!(status.unwrap(), 200);
        let refused = upgrade(adapter, &network, &format!("wss://{authority}/"));
        assert_eq!(refused, busy());
        for request in requests.iter().take(2) {
            let connect = format!("CONNECT {asked} HTTP/1.1\r\n");
            assert!(request.starts_with(&connect), "{request}");
            let basic = request.contains("Proxy-Authorization: Basic bWU6c2VjcmV0\r\n");
            assert_eq!(basic, !user_info.is_empty(), "{request}");
            assert_eq!(request.contains("Proxy-Authorization"), basic, "{request}");
        }
    }
}

pub fn socks5_leads_tls_to_a_host_that_only_the_proxy_knows<A: Operations>(adapter: A) {
    let ca = Ca::new();
    let (address, requests) = socks_proxy(secure_service(&ca, "gateway.invalid"));
    for (user_info, credentials) in [("me:secret@", "me:secret"), ("", "")] {
        let network = trusting(&ca, proxy(format!("socks5://{user_info}{address}")));
        let status = fetch(adapter, &network, "gateway.invalid", LONG);
        assert_eq!(status.unwrap(), 200);
        let refused = upgrade(adapter, &network, "wss://gateway.invalid/");
        assert_eq!(refused, busy());
        for asked in requests.iter().take(2) {
            let expected = (credentials.to_owned(), "gateway.invalid:443".to_owned());
            assert_eq!(asked, expected);
        }
    }
}

pub fn a_login_through_a_proxy<A: Operations>(adapter: A) {
    let service = Service::new();
    let mut options = service.options();
    let (address, requests) = http_proxy(service.sockets.local_addr().unwrap());
    options.network = Network::new(TlsConfig::default(), proxy(format!("http://{address}")));
    options.config.gateway = "ws://localhost:9/".parse().unwrap();
    let mut login = adapter.start_login(options).unwrap();
    let gateway = std::thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.handshake();
        gateway.scan();
        gateway.say(GatewayFrame::Cancel);
    });
    assert_eq!(names(&mut login).len(), 2);
    gateway.join().unwrap();
    assert!(requests.recv().unwrap().starts_with("CONNECT localhost:9 "));
}

pub fn a_certificate_is_checked_through_a_proxy_too<A: Operations>(adapter: A) {
    let (address, _requests) = http_proxy(secure_service(&Ca::new(), "gateway.invalid"));
    let network = trusting(&Ca::new(), proxy(format!("http://{address}")));
    let error = fetch(adapter, &network, "gateway.invalid", LONG).unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Tls);
}

/// A call and a socket fail because of the proxy, in words without its credentials.
fn fails<A: Operations>(adapter: A, url: &str, why: TransportErrorKind) {
    let network = trusting(&Ca::new(), proxy(url));
    let kind = upgrade(adapter, &network, "wss://gateway.invalid/");
    assert_eq!(kind, why, "{url}");
    let error = fetch(adapter, &network, "gateway.invalid", LONG).unwrap_err();
    assert_eq!(error.kind(), why, "{url}");
    assert!(
        !format!("{error:?} {network:?}").contains("canary"),
        "{error:?}"
    );
}

pub fn a_proxy_that_will_not_connect_says_so_and_shows_no_credentials<A: Operations>(adapter: A) {
    let (other, wants) = (
        TransportErrorKind::Proxy,
        TransportErrorKind::ProxyCredentials,
    );
    for (reply, expected) in [
        ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", wants),
        ("HTTP/1.1 403 Forbidden\r\n\r\ncanary", other),
        (
            "HTTP/1.1 502 Bad Gateway\r\nretry-after: 5\r\n\r\ncanary",
            other,
        ),
        (
            "HTTP/1.1 200 Connected\r\nx-canary: no end of the hea",
            other,
        ),
        (
            "HTTP/1.1 302 Found\r\nlocation: http://canary/\r\n\r\n",
            other,
        ),
        ("canary", other),
        ("", other),
    ] {
        let url = format!("http://me:canary@{}", answering(reply));
        fails(adapter, &url, expected);
    }
    for (reply, with_none, with_some) in [
        (&[5u8, 255][..], &wants, &wants),
        (&[5, 2, 1, 1], &wants, &wants),
        (&[5, 0, 5, 5, 0], &other, &wants),
        (&[4, 0], &other, &other),
        (b"HTTP/1.1 400\r\n\r\n", &other, &other),
    ] {
        let address = serve(move |mut stream| {
            let _ = stream.write_all(reply);
            let _ = stream.shutdown(std::net::Shutdown::Write);
            drain(&mut stream);
        });
        for (credentials, expected) in [("", with_none), ("me:canary@", with_some)] {
            let url = format!("socks5://{credentials}{address}");
            fails(adapter, &url, *expected);
        }
    }
}

pub fn a_proxy_that_refuses_is_named_without_its_words<A: Operations>(adapter: A) {
    let address = answering("HTTP/1.1 407 canary\r\n\r\ncanary");
    let network = trusting(&Ca::new(), proxy(format!("http://canary:canary@{address}")));
    let error = fetch(adapter, &network, "gateway.invalid", LONG).unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::ProxyCredentials);
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "the proxy answered with status 407");
    assert!(!format!("{error:?} {network:?}").contains("canary"));
}

pub fn an_absent_or_silent_proxy_ends_the_call<A: Operations>(adapter: A) {
    let network = trusting(&Ca::new(), proxy(format!("http://{}", deserted())));
    let error = fetch(adapter, &network, "gateway.invalid", LONG).unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Proxy);
    for scheme in ["http", "socks5"] {
        let network = trusting(&Ca::new(), proxy(format!("{scheme}://{}", silent())));
        let short = Duration::from_millis(50);
        let error = fetch(adapter, &network, "gateway.invalid", short).unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Timeout);
    }
}

pub fn r01_a_proxy_on_another_machine_is_passed_by_on_the_way_to_this_one<A: Operations>(
    adapter: A,
) {
    let gateway = answering("HTTP/1.1 503 Busy\r\n\r\n");
    let elsewhere = Network::new(TlsConfig::default(), proxy("http://192.0.2.1:3128"));
    let refused = upgrade(adapter, &elsewhere, &format!("ws://{gateway}/"));
    assert_eq!(refused, busy());
}

pub fn a_proxy_on_this_machine_is_used_for_this_machine<A: Operations>(adapter: A) {
    let gateway = answering("HTTP/1.1 503 Busy\r\n\r\n");
    let (address, requests) = http_proxy(gateway);
    let url = format!("http://localhost:{}", address.port());
    let here = Network::new(TlsConfig::default(), proxy(url));
    assert_eq!(upgrade(adapter, &here, "ws://127.0.0.1:1/"), busy());
    assert!(requests.recv().unwrap().starts_with("CONNECT 127.0.0.1:1 "));
}

pub fn r01_plaintext_to_another_machine_is_refused_with_a_proxy_as_well<A: Operations>(adapter: A) {
    let (target, address) = listener();
    let network = Network::new(TlsConfig::default(), proxy(format!("socks5://{address}")));
    let request = Request::get("http://gateway.invalid/").body(Body::empty());
    let error = adapter.send(&network, request.unwrap(), LONG).unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::NotAllowed);
    assert!(is_untouched(&target));
}

pub fn a_proxy_that_connects_and_hangs_up_is_a_lost_connection<A: Operations>(adapter: A) {
    let address = answering("HTTP/1.1 200 Connected\r\n\r\n");
    let url = format!("http://{address}");
    fails(adapter, &url, TransportErrorKind::Lost);
}

pub fn a_proxy_cannot_fill_memory_with_its_answer<A: Operations>(adapter: A) {
    let address = serve(|mut stream| {
        read_request(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 200 Connected\r\nx: ");
        // until it is refused
        while stream.write_all(&[b'y'; 4096]).is_ok() {}
    });
    let url = format!("http://{address}");
    fails(adapter, &url, TransportErrorKind::Proxy);
}

pub fn a_proxy_may_have_an_ipv6_address<A: Operations>(adapter: A) {
    let ca = Ca::new();
    let (behind, _requests) = http_proxy(secure_service(&ca, "gateway.invalid"));
    let Ok(listener) = TcpListener::bind("[::1]:0") else {
        println!("SKIPPED: this machine has no ::1");
        return;
    };
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || splice(accept(&listener), behind));
    let network = trusting(&ca, proxy(format!("http://{address}")));
    let status = fetch(adapter, &network, "gateway.invalid", LONG);
    assert_eq!(status.unwrap(), 200);
}

/// The proxies that an environment with these variables names.
fn environment(variables: &[(&str, String)]) -> Proxies {
    Proxies::from_environment(|asked| {
        let found = variables.iter().find(|(name, _)| *name == asked);
        found.map(|(_, value)| value.into())
    })
    .unwrap()
}

pub fn the_environment_names_the_proxy_for_sockets_and_calls<A: Operations>(adapter: A) {
    let ca = Ca::new();
    let (address, requests) = http_proxy(secure_service(&ca, "gateway.invalid"));
    let url = format!("http://me:secret@{address}");
    let network = trusting(&ca, environment(&[("HTTPS_PROXY", url)]));
    let status = fetch(adapter, &network, "gateway.invalid", LONG);
    assert_eq!(status.unwrap(), 200);
    let refused = upgrade(adapter, &network, "wss://gateway.invalid/");
    assert_eq!(refused, busy());
    for request in requests.iter().take(2) {
        assert!(request.contains("Basic bWU6c2VjcmV0"), "{request}");
    }
}

pub fn r01_what_the_environment_excludes_is_reached_directly<A: Operations>(adapter: A) {
    let (proxy, address) = listener();
    let service = service();
    let proxies = environment(&[
        ("ALL_PROXY", format!("socks5://{address}")),
        ("NO_PROXY", ".invalid".to_owned()),
    ]);
    let network = trusting(&Ca::new(), proxies);
    let status = get(adapter, &network, &format!("http://{service}/"), LONG);
    assert_eq!(status.unwrap(), 200);
    let refused = upgrade(adapter, &network, &format!("ws://{service}/"));
    assert_eq!(refused, busy());
    // there is no such host, and nobody was asked to find it
    let error = fetch(adapter, &network, "gateway.invalid", LONG).unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Resolve);
    assert!(is_untouched(&proxy));
}
