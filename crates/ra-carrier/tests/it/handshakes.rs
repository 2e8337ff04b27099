//! Tests of the certificates each configuration trusts, with real handshakes.

use std::error::Error as _;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use ra_carrier::rustls::ClientConnection;
use ra_carrier::{Refusal, RootCertificates, TlsConfig, handshake_error, server_name};
use ra_http::{TransportError, TransportErrorKind};
use ra_testkit::tls::{Ca, flawed, tls_1_1, tls_end};

const PATIENCE: Duration = Duration::from_secs(30);

/// An address where nobody listens. The tests look only at the handshake.
fn nowhere() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 9).into()
}

fn roots(ca: &Ca) -> RootCertificates {
    RootCertificates::from_der([ca.der()]).unwrap()
}

/// Every configuration that trusts this CA.
fn trusting(ca: &Ca) -> [TlsConfig; 4] {
    [
        TlsConfig::only(roots(ca)),
        TlsConfig::platform().with_extra_roots(roots(ca)),
        TlsConfig::webpki().with_extra_roots(roots(ca)),
        TlsConfig::only(roots(&Ca::new())).with_extra_roots(roots(ca)),
    ]
}

fn handshake(config: &TlsConfig, host: &str, at: SocketAddr) -> Result<(), TransportError> {
    let name = server_name(host)?;
    let mut tls = ClientConnection::new(config.client_config()?, name).unwrap();
    let mut stream = TcpStream::connect(at).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    while tls.is_handshaking() {
        tls.complete_io(&mut stream).map_err(handshake_error)?;
    }
    assert_eq!(tls.alpn_protocol(), Some(&b"http/1.1"[..]));
    Ok(())
}

#[test]
fn extra_roots_are_trusted_whatever_they_stand_beside() {
    let ca = Ca::new();
    let end = tls_end(ca.issue(&["localhost", "127.0.0.1"]), nowhere()).address;
    for config in trusting(&ca) {
        for host in ["localhost", "127.0.0.1"] {
            let done = handshake(&config, host, end);
            assert!(done.is_ok(), "{config:?} {host}: {done:?}");
        }
    }
    let strangers = trusting(&Ca::new());
    let roots = [
        TlsConfig::platform(),
        TlsConfig::webpki(),
        TlsConfig::default(),
    ];
    for config in roots.iter().chain(&strangers) {
        let error = handshake(config, "localhost", end).unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Tls, "{config:?}");
    }
}

#[test]
fn nothing_is_trusted_that_must_not_be_whatever_is_trusted_else() {
    let ca = Ca::new();
    let mut ends: Vec<_> = flawed(&ca, "localhost")
        .into_iter()
        .map(|(what, identity)| (what, tls_end(identity, nowhere()).address))
        .collect();
    ends.push(("TLS 1.1", tls_1_1()));
    for config in trusting(&ca) {
        for (what, at) in &ends {
            let error = handshake(&config, "localhost", *at).unwrap_err();
            assert_eq!(error.kind(), TransportErrorKind::Tls, "{config:?} {what}");
        }
    }
}

#[test]
fn what_stands_in_a_certificate_is_not_repeated() {
    let ca = Ca::new();
    let names = ["canary-visit.example", "canary-again.example"];
    let end = tls_end(ca.issue(&names), nowhere()).address;
    for (config, refusal) in [
        (TlsConfig::only(roots(&ca)), Refusal::Name),
        (TlsConfig::only(roots(&Ca::new())), Refusal::Issuer),
    ] {
        let error = handshake(&config, "localhost", end).unwrap_err();
        let cause = error.source().unwrap();
        assert_eq!(cause.downcast_ref(), Some(&refusal));
        let said = format!("{error:?} {error} {cause:?} {cause}");
        assert!(!said.contains("canary"), "{said}");
    }
}
