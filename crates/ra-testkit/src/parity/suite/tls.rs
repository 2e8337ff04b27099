//! TLS with throw-away CAs, sockets and calls alike: what is trusted, what is not, and how it is called.

use std::io::Write as _;
use std::net::{Ipv6Addr, SocketAddr, TcpListener};
use std::time::Duration;

use http::Request;
use ra_carrier::{Network, RootCertificates, StartError, TlsConfig};
use ra_core::desktop::login::{LoginError, Outcome};
use ra_core::mobile;
use ra_http::{Body, Proxies, TransportError, TransportErrorKind};
use ra_proto::{Fingerprint, Token};

use crate::parity::gateway::Service;
use crate::parity::peers::{LONG, accept, drain, json, read_request, serve, silent};
use crate::parity::{Operations, RunningLogin};
use crate::tls::{Ca, flawed, tls_1_1, tls_end, tls_end_at};

/// A network that trusts this CA and no other.
pub fn trusting(ca: &Ca, proxies: impl Into<Proxies>) -> Network {
    Network::new(TlsConfig::only(roots(ca)), proxies)
}

fn roots(ca: &Ca) -> RootCertificates {
    RootCertificates::from_pem(ca.pem().as_bytes()).unwrap()
}

/// A server without TLS that answers calls with 200 and `{}` and upgrades with 503.
pub fn service() -> SocketAddr {
    serve(|mut stream| {
        let request = read_request(&mut stream).to_lowercase();
        let reply = match request.contains("sec-websocket-key") {
            true => json("503 Busy", ""),
            false => json("200 OK", "{}"),
        };
        let _ = stream.write_all(reply.as_bytes());
    })
}

/// [`service`] behind TLS, with a certificate for `name`.
pub fn secure_service(ca: &Ca, name: &str) -> SocketAddr {
    tls_end(ca.issue(&[name]), service()).address
}

/// The status that a call brings.
pub fn fetch<A: Operations>(
    adapter: A,
    network: &Network,
    authority: &str,
    timeout: Duration,
) -> Result<u16, TransportError> {
    get(adapter, network, &format!("https://{authority}/"), timeout)
}

pub fn get<A: Operations>(
    adapter: A,
    network: &Network,
    url: &str,
    timeout: Duration,
) -> Result<u16, TransportError> {
    let request = Request::get(url).body(Body::empty()).unwrap();
    let response = adapter.send(network, request, timeout)?;
    Ok(response.status().as_u16())
}

/// Why a login's socket at a server that answers upgrades with 503 was not opened: that status, if it got as far.
pub fn upgrade<A: Operations>(adapter: A, network: &Network, url: &str) -> TransportErrorKind {
    upgrade_within(adapter, network, url, LONG)
}

fn upgrade_within<A: Operations>(
    adapter: A,
    network: &Network,
    url: &str,
    within: Duration,
) -> TransportErrorKind {
    let mut options = Service::new().options();
    options.config.gateway = url.parse().unwrap();
    options.config.connect_within = within;
    options.network = network.clone();
    match adapter.start_login(options).unwrap().outcome() {
        Err(LoginError::Connect(error)) => error.kind(),
        other => panic!("{other:?}"),
    }
}

/// Returns the errors of a call and of a socket there.
fn failures<A: Operations>(
    adapter: A,
    network: &Network,
    authority: &str,
) -> [TransportErrorKind; 2] {
    [
        fetch(adapter, network, authority, LONG).unwrap_err().kind(),
        upgrade(adapter, network, &format!("wss://{authority}/")),
    ]
}

/// A call and a socket get through.
fn gets_through<A: Operations>(adapter: A, network: &Network, authority: &str) {
    assert_eq!(fetch(adapter, network, authority, LONG).unwrap(), 200);
    let refused = upgrade(adapter, network, &format!("wss://{authority}/"));
    assert_eq!(refused, TransportErrorKind::upgrade(503, None));
}

pub fn a_certificate_of_a_trusted_ca_for_the_right_name_is_taken<A: Operations>(adapter: A) {
    let ca = Ca::new();
    let network = trusting(&ca, None);
    network.check_tls().unwrap();
    let end = tls_end(ca.issue(&["localhost"]), service());
    gets_through(
        adapter,
        &network,
        &format!("localhost:{}", end.address.port()),
    );
    // the name is announced, so that a host of many finds the certificate
    assert_eq!(end.names.try_recv().unwrap().as_deref(), Some("localhost"));
}

pub fn extra_roots_stand_beside_the_default_ones<A: Operations>(adapter: A) {
    let ca = Ca::new();
    let authority = format!("localhost:{}", secure_service(&ca, "localhost").port());
    let with = |tls: TlsConfig| Network::new(tls, None);
    let extra = TlsConfig::default().with_extra_roots(roots(&ca));
    gets_through(adapter, &with(extra), &authority);
    let other = with(TlsConfig::default().with_extra_roots(roots(&Ca::new())));
    for network in [Network::default(), other, trusting(&Ca::new(), None)] {
        let failed = failures(adapter, &network, &authority);
        assert_eq!(failed, [TransportErrorKind::Tls; 2], "{network:?}");
    }
}

pub fn a_whole_login_over_tls<A: Operations>(adapter: A) {
    let ca = Ca::new();
    let service = Service::new();
    let mut options = service.options();
    let front = |behind: &TcpListener| {
        let behind = behind.local_addr().unwrap();
        tls_end(ca.issue(&["localhost"]), behind).address.port()
    };
    let (sockets, rest) = (front(&service.sockets), front(&service.rest));
    options.config.gateway = format!("wss://localhost:{sockets}").parse().unwrap();
    options.config.api = format!("https://localhost:{rest}/api/v9").parse().unwrap();
    options.network = trusting(&ca, None);
    let login = adapter.start_login(options).unwrap();
    let gateway = std::thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.approve();
        service.answer("200 OK", &gateway.token_body());
    });
    let outcome = login.outcome();
    assert!(
        matches!(outcome, Ok(Outcome::LoggedIn { .. })),
        "{outcome:?}"
    );
    gateway.join().unwrap();
}

pub fn the_wrong_name_a_stranger_and_a_lapsed_certificate_are_refused<A: Operations>(adapter: A) {
    let ca = Ca::new();
    let behind = service();
    let extra = Network::new(TlsConfig::default().with_extra_roots(roots(&ca)), None);
    for network in [trusting(&ca, None), extra] {
        for (what, identity) in flawed(&ca, "localhost") {
            let end = tls_end(identity, behind);
            let authority = format!("localhost:{}", end.address.port());
            let failed = failures(adapter, &network, &authority);
            assert_eq!(failed, [TransportErrorKind::Tls; 2], "{what}");
            assert!(end.names.try_recv().is_err(), "{what}: nothing was sent");
        }
    }
}

pub fn addresses_are_checked_as_addresses<A: Operations>(adapter: A) {
    let ca = Ca::new();
    let network = trusting(&ca, None);
    let behind = service();
    let end = tls_end(ca.issue(&["127.0.0.1"]), behind);
    gets_through(adapter, &network, &end.address.to_string());
    // RFC 6066, section 3: addresses are no names
    assert_eq!(end.names.try_recv().unwrap(), None);
    for (what, identity) in [
        (
            "another address",
            ca.issue(&["127.0.0.2", "::1", "localhost"]),
        ),
        ("the address as a name", ca.issue_as_dns_name("127.0.0.1")),
    ] {
        let authority = tls_end(identity, behind).address.to_string();
        let failed = failures(adapter, &network, &authority);
        assert_eq!(failed, [TransportErrorKind::Tls; 2], "{what}");
    }
}

pub fn ipv6_is_spoken_with_and_without_tls<A: Operations>(adapter: A) {
    let ca = Ca::new();
    let network = trusting(&ca, None);
    let here = Ipv6Addr::LOCALHOST.into();
    let Some(end) = tls_end_at(here, ca.issue(&["::1"]), service()) else {
        println!("SKIPPED: this machine has no ::1");
        return;
    };
    gets_through(adapter, &network, &format!("[::1]:{}", end.address.port()));
    assert_eq!(end.names.try_recv().unwrap(), None);
    let other = tls_end_at(here, ca.issue(&["::2", "localhost"]), service()).unwrap();
    let authority = format!("[::1]:{}", other.address.port());
    let failed = failures(adapter, &network, &authority);
    assert_eq!(failed, [TransportErrorKind::Tls; 2]);

    let listener = TcpListener::bind((here, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || {
        for _ in 0..2 {
            let mut stream = accept(&listener);
            let request = read_request(&mut stream).to_lowercase();
            let host = format!("\r\nhost: [::1]:{port}\r\n");
            assert!(request.contains(&host), "{request}");
            let _ = stream.write_all(json("503 Busy", "").as_bytes());
        }
    });
    let status = get(adapter, &network, &format!("http://[::1]:{port}/"), LONG);
    assert_eq!(status.unwrap(), 503);
    let refused = upgrade(adapter, &network, &format!("ws://[::1]:{port}/"));
    assert_eq!(refused, TransportErrorKind::upgrade(503, None));
    server.join().unwrap();
}

pub fn tls_to_a_plaintext_port_fails_and_never_falls_back<A: Operations>(adapter: A) {
    let address = serve(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        drain(&mut stream);
    });
    let failed = failures(adapter, &trusting(&Ca::new(), None), &address.to_string());
    assert_eq!(failed, [TransportErrorKind::Tls; 2]);
}

pub fn plaintext_to_a_tls_port_is_no_answer<A: Operations>(adapter: A) {
    let ca = Ca::new();
    let end = tls_end(ca.issue(&["127.0.0.1"]), service()).address;
    let network = trusting(&ca, None);
    let error = get(adapter, &network, &format!("http://{end}/"), LONG).unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Lost);
    let kind = upgrade(adapter, &network, &format!("ws://{end}/"));
    assert_eq!(kind, TransportErrorKind::Lost);
}

pub fn tls_1_1_is_not_spoken<A: Operations>(adapter: A) {
    let failed = failures(adapter, &trusting(&Ca::new(), None), &tls_1_1().to_string());
    assert_eq!(failed, [TransportErrorKind::Tls; 2]);
}

pub fn a_server_that_hangs_up_in_the_handshake_is_a_lost_connection<A: Operations>(adapter: A) {
    let address = serve(drop).to_string();
    let failed = failures(adapter, &trusting(&Ca::new(), None), &address);
    assert_eq!(failed, [TransportErrorKind::Lost; 2]);
}

pub fn r19_silence_in_the_tls_handshake_ends_in_time<A: Operations>(adapter: A) {
    let authority = silent().to_string();
    let network = trusting(&Ca::new(), None);
    let short = Duration::from_millis(50);
    let error = fetch(adapter, &network, &authority, short).unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Timeout);
    let kind = upgrade_within(adapter, &network, &format!("wss://{authority}/"), short);
    assert_eq!(kind, TransportErrorKind::Timeout);
}

/// Nobody is shown an unusable code: without trusted roots, nothing over TLS starts.
pub fn without_roots_of_trust_nothing_starts<A: Operations>(adapter: A) {
    let discord = "https://discord.com/api/v9";
    let mut options = Service::new().options();
    assert!(
        adapter.start_login(options.clone()).is_ok(),
        "plaintext on this machine needs none"
    );
    if Network::default().check_tls().is_ok() {
        return; // there are roots: the other case is a build without default features
    }
    options.config.api = discord.parse().unwrap();
    assert!(matches!(
        adapter.start_login(options),
        Err(StartError::Tls(_))
    ));
    let mut options = Service::new().options();
    options.config = ra_core::desktop::login::Config::default();
    assert!(matches!(
        adapter.start_login(options),
        Err(StartError::Tls(_))
    ));
    let config = mobile::Config::new(discord.parse().unwrap(), Token::new(String::new()));
    let fingerprint = Fingerprint::from_bytes([7; 32]);
    let started = adapter.start_approval(config, fingerprint, Network::default());
    assert!(matches!(started, Err(StartError::Tls(_))));
}

/// Nobody is shown an unusable code: with an invalid configuration, nothing over TLS starts.
pub fn a_configuration_that_cannot_be_used_stops_a_login_before_it_starts<A: Operations>(
    adapter: A,
) {
    let ca = Ca::new();
    let own = TlsConfig::only(roots(&ca)).client_config().unwrap();
    let unusable = TlsConfig::custom(own).with_extra_roots(roots(&ca));
    let mut options = Service::new().options();
    options.network = Network::new(unusable, None);
    assert!(
        adapter.start_login(options.clone()).is_ok(),
        "plaintext needs none"
    );
    options.config.api = "https://localhost/api/v9".parse().unwrap();
    assert!(matches!(
        adapter.start_login(options),
        Err(StartError::Tls(_))
    ));
}
