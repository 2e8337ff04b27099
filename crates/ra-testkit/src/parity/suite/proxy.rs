//! Proxies: HTTP `CONNECT` and SOCKS5, with and without credentials. What each side says is tested in the crate itself.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use ra_blocking::{Network, Proxy, TlsConfig};
use ra_http::TransportErrorKind;
use ra_testkit::tls::Ca;

use crate::gateway::Service;
use crate::support::{LONG, answering, deserted, listener, read_request, serve, silent, watchdog};
use crate::tls::{fetch, secure_service, trusting, upgrade};

fn proxy(text: impl AsRef<str>) -> Option<Proxy> {
    Some(text.as_ref().parse().unwrap())
}

/// Hands on everything in both directions.
fn splice(stream: TcpStream, target: SocketAddr) {
    let onward = TcpStream::connect(target).unwrap();
    let (mut from, mut forth) = (stream.try_clone().unwrap(), onward.try_clone().unwrap());
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut forth);
        let _ = forth.shutdown(std::net::Shutdown::Write);
    });
    let (mut back, mut to) = (onward, stream);
    let _ = std::io::copy(&mut back, &mut to);
    let _ = to.shutdown(std::net::Shutdown::Both);
}

/// A CONNECT proxy that leads everything to `target` and says what it was asked.
fn http_proxy(target: SocketAddr) -> (SocketAddr, Receiver<String>) {
    let (seen, requests) = sync_channel(4);
    let address = serve(move |mut stream| {
        seen.send(read_request(&mut stream)).unwrap();
        stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").unwrap();
        splice(stream, target);
    });
    (address, requests)
}

/// A SOCKS5 proxy without credentials that leads everything to `target` and says which name it was told.
fn socks_proxy(target: SocketAddr) -> (SocketAddr, Receiver<String>) {
    let (seen, requests) = sync_channel(4);
    let address = serve(move |mut stream| {
        stream.read_exact(&mut [0; 3]).unwrap();
        stream.write_all(&[5, 0]).unwrap();
        let mut request = [0; 5];
        stream.read_exact(&mut request).unwrap();
        assert_eq!(request[..4], [5, 1, 0, 3], "a name, resolved by the proxy");
        let mut name = vec![0; usize::from(request[4]) + 2];
        stream.read_exact(&mut name).unwrap();
        name.truncate(name.len() - 2);
        seen.send(String::from_utf8(name).unwrap()).unwrap();
        stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
        splice(stream, target);
    });
    (address, requests)
}

#[test]
fn connect_leads_tls_to_a_host_that_only_the_proxy_knows() {
    let _watchdog = watchdog();
    let ca = Ca::new();
    let (address, requests) = http_proxy(secure_service(&ca, "gateway.invalid"));
    let network = trusting(&ca, proxy(format!("http://me:secret@{address}")));
    assert_eq!(fetch(&network, "gateway.invalid", LONG).unwrap(), 200);
    let request = requests.recv().unwrap();
    assert!(
        request.starts_with("CONNECT gateway.invalid:443 HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(
        request.contains("Proxy-Authorization: Basic bWU6c2VjcmV0\r\n"),
        "{request}"
    );
    // the socket goes the same way
    let refused = upgrade(&network, "wss://gateway.invalid:8443/");
    assert_eq!(refused, TransportErrorKind::upgrade(503, None));
    let request = requests.recv().unwrap();
    assert!(
        request.starts_with("CONNECT gateway.invalid:8443 HTTP/1.1\r\n"),
        "{request}"
    );
}

#[test]
fn socks5_leads_tls_to_a_host_that_only_the_proxy_knows() {
    let _watchdog = watchdog();
    let ca = Ca::new();
    let (address, names) = socks_proxy(secure_service(&ca, "gateway.invalid"));
    let network = trusting(&ca, proxy(format!("socks5://{address}")));
    assert_eq!(fetch(&network, "gateway.invalid", LONG).unwrap(), 200);
    let refused = upgrade(&network, "wss://gateway.invalid/");
    assert_eq!(refused, TransportErrorKind::upgrade(503, None));
    assert_eq!(
        names.iter().take(2).collect::<Vec<_>>(),
        ["gateway.invalid"; 2]
    );
}

#[test]
fn a_login_through_a_proxy() {
    let _watchdog = watchdog();
    let service = Service::new();
    let mut options = service.options();
    let (address, requests) = http_proxy(service.sockets.local_addr().unwrap());
    options.network = Network::new(TlsConfig::default(), proxy(format!("http://{address}")));
    options.config.gateway = "ws://localhost:9/".parse().unwrap();
    let mut login = ra_blocking::Login::start(options).unwrap();
    let gateway = std::thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.handshake();
        gateway.scan();
        gateway.say(ra_proto::frame::GatewayFrame::Cancel);
    });
    assert_eq!((&mut login).count(), 2);
    gateway.join().unwrap();
    assert!(requests.recv().unwrap().starts_with("CONNECT localhost:9 "));
}

#[test]
fn a_certificate_is_checked_through_a_proxy_too() {
    let _watchdog = watchdog();
    let (address, _requests) = http_proxy(secure_service(&Ca::new(), "gateway.invalid"));
    let network = trusting(&Ca::new(), proxy(format!("http://{address}")));
    let error = fetch(&network, "gateway.invalid", LONG).unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Tls);
}

#[test]
fn a_proxy_that_refuses_is_named_without_its_words_and_without_credentials() {
    let _watchdog = watchdog();
    let address = answering("HTTP/1.1 407 canary\r\n\r\ncanary");
    let network = trusting(&Ca::new(), proxy(format!("http://canary:canary@{address}")));
    let error = fetch(&network, "gateway.invalid", LONG).unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::ProxyCredentials);
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "the proxy answered with status 407");
    assert!(!format!("{error:?} {network:?}").contains("canary"));
}

#[test]
fn an_absent_or_silent_proxy_ends_the_call() {
    let _watchdog = watchdog();
    let network = trusting(&Ca::new(), proxy(format!("http://{}", deserted())));
    let error = fetch(&network, "gateway.invalid", LONG).unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Proxy);
    for scheme in ["http", "socks5"] {
        let network = trusting(&Ca::new(), proxy(format!("{scheme}://{}", silent())));
        let error = fetch(&network, "gateway.invalid", Duration::from_millis(50)).unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Timeout);
    }
}

#[test]
fn r01_a_proxy_on_another_machine_is_passed_by_on_the_way_to_this_one() {
    let _watchdog = watchdog();
    let gateway = answering("HTTP/1.1 503 Busy\r\n\r\n");
    let elsewhere = Network::new(TlsConfig::default(), proxy("http://192.0.2.1:3128"));
    let refused = upgrade(&elsewhere, &format!("ws://{gateway}/"));
    assert_eq!(refused, TransportErrorKind::upgrade(503, None));
}

#[test]
fn r01_plaintext_to_another_machine_is_refused_with_a_proxy_as_well() {
    let _watchdog = watchdog();
    let (target, address) = listener();
    let network = Network::new(TlsConfig::default(), proxy(format!("socks5://{address}")));
    let request = http::Request::get("http://gateway.invalid/").body(ra_http::Body::empty());
    let carrier = ra_blocking::HttpCarrier::new(network);
    let error = carrier.send(request.unwrap(), LONG).unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::NotAllowed);
    assert!(crate::support::is_untouched(&target));
}

/// Runs itself again, as only a new process may have another environment.
#[test]
fn the_environment_of_the_process_is_read_where_that_is_asked_for() {
    const CHILD: &str = "RA_TEST_SAYS_ITS_NETWORK";
    const NAME: &str = "proxy::the_environment_of_the_process_is_read_where_that_is_asked_for";
    if std::env::var_os(CHILD).is_some() {
        let asked = Network::from_environment(TlsConfig::default());
        println!("{asked:?} {:?}", Network::new(TlsConfig::default(), None));
        return;
    }
    let says = |proxy: &str| {
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", NAME, "--nocapture"])
            .env(CHILD, "1")
            .env_remove("https_proxy")
            .env("HTTPS_PROXY", proxy)
            .output()
            .unwrap();
        String::from_utf8(child.stdout).unwrap()
    };
    let named = says("http://me:canary@proxy.example:3128");
    assert_eq!(named.matches("Proxy(http://proxy.example:3128)").count(), 1);
    assert!(!named.contains("canary"), "{named}");
    let refused = says("ftp://me:canary@proxy.example");
    assert!(refused.contains("HTTPS_PROXY") && refused.contains("Scheme"));
    assert!(!refused.contains("canary"), "{refused}");
}
