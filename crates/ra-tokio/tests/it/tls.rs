//! TLS with throw-away CAs, sockets and calls alike: what is trusted, what is not, and how it is called.

use std::net::{Ipv6Addr, SocketAddr};
use std::time::Duration;

use http::Request;
use ra_core::desktop::login::ConnectRequest;
use ra_http::{Body, Proxies, TransportError, TransportErrorKind};
use ra_testkit::tls::{Ca, flawed, tls_1_1, tls_end, tls_end_at};
use ra_tokio::{HttpCarrier, Network, RootCertificates, TlsConfig, WebSocket};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use crate::support::{bounded, json, read_request, serve, silent};

const LONG: Duration = Duration::from_secs(20);

/// A network that trusts this CA and no other.
pub fn trusting(ca: &Ca, proxies: impl Into<Proxies>) -> Network {
    Network::new(TlsConfig::only(roots(ca)), proxies)
}

fn roots(ca: &Ca) -> RootCertificates {
    RootCertificates::from_pem(ca.pem().as_bytes()).unwrap()
}

/// A server without TLS that answers calls with 200 and `{}` and upgrades with 503.
pub async fn service() -> SocketAddr {
    serve(|mut stream| async move {
        let request = read_request(&mut stream).await.to_lowercase();
        let reply = match request.contains("sec-websocket-key") {
            true => json("503 Busy", ""),
            false => json("200 OK", "{}"),
        };
        let _ = stream.write_all(reply.as_bytes()).await;
    })
    .await
}

/// [`service`] behind TLS, with a certificate for `name`.
pub async fn secure_service(ca: &Ca, name: &str) -> SocketAddr {
    tls_end(ca.issue(&[name]), service().await).address
}

/// The status that a call brings.
pub async fn fetch(
    network: &Network,
    authority: &str,
    timeout: Duration,
) -> Result<u16, TransportError> {
    get(network, &format!("https://{authority}/"), timeout).await
}

pub async fn get(network: &Network, url: &str, timeout: Duration) -> Result<u16, TransportError> {
    let request = Request::get(url).body(Body::empty()).unwrap();
    let carrier = HttpCarrier::new(network.clone());
    let response = bounded(carrier.send(request, timeout)).await?;
    Ok(response.status().as_u16())
}

/// Why a socket at a server that answers upgrades with 503 was not opened: that status, if it got as far.
pub async fn upgrade(network: &Network, url: &str) -> TransportErrorKind {
    let request = ConnectRequest::new(url.to_owned(), "o", "u", LONG);
    let error = bounded(WebSocket::connect(network, &request)).await;
    error.unwrap_err().kind()
}

/// How a call and a socket fail there.
async fn failures(network: &Network, authority: &str) -> [TransportErrorKind; 2] {
    [
        fetch(network, authority, LONG).await.unwrap_err().kind(),
        upgrade(network, &format!("wss://{authority}/")).await,
    ]
}

/// A call and a socket get through.
async fn gets_through(network: &Network, authority: &str) {
    assert_eq!(fetch(network, authority, LONG).await.unwrap(), 200);
    let refused = upgrade(network, &format!("wss://{authority}/")).await;
    assert_eq!(refused, TransportErrorKind::upgrade(503, None));
}

#[tokio::test]
async fn a_certificate_of_a_trusted_ca_for_the_right_name_is_taken() {
    let ca = Ca::new();
    let network = trusting(&ca, None);
    network.check_tls().unwrap();
    let end = tls_end(ca.issue(&["localhost"]), service().await);
    gets_through(&network, &format!("localhost:{}", end.address.port())).await;
    // the name is announced, so that a host of many finds the certificate
    assert_eq!(end.names.try_recv().unwrap().as_deref(), Some("localhost"));
}

#[tokio::test]
async fn extra_roots_stand_beside_those_of_the_platform() {
    let ca = Ca::new();
    let authority = format!(
        "localhost:{}",
        secure_service(&ca, "localhost").await.port()
    );
    let with = |tls: TlsConfig| Network::new(tls, None);
    gets_through(
        &with(TlsConfig::default().with_extra_roots(roots(&ca))),
        &authority,
    )
    .await;
    let other = with(TlsConfig::default().with_extra_roots(roots(&Ca::new())));
    for network in [Network::default(), other, trusting(&Ca::new(), None)] {
        let failed = failures(&network, &authority).await;
        assert_eq!(failed, [TransportErrorKind::Tls; 2], "{network:?}");
    }
}

#[tokio::test]
async fn the_wrong_name_a_stranger_and_a_lapsed_certificate_are_refused() {
    let ca = Ca::new();
    let behind = service().await;
    let extra = Network::new(TlsConfig::default().with_extra_roots(roots(&ca)), None);
    for network in [trusting(&ca, None), extra] {
        for (what, identity) in flawed(&ca, "localhost") {
            let end = tls_end(identity, behind);
            let authority = format!("localhost:{}", end.address.port());
            let failed = failures(&network, &authority).await;
            assert_eq!(failed, [TransportErrorKind::Tls; 2], "{what}");
            assert!(end.names.try_recv().is_err(), "{what}: nothing was sent");
        }
    }
}

#[tokio::test]
async fn addresses_are_checked_as_addresses() {
    let ca = Ca::new();
    let network = trusting(&ca, None);
    let behind = service().await;
    let end = tls_end(ca.issue(&["127.0.0.1"]), behind);
    gets_through(&network, &end.address.to_string()).await;
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
        let failed = failures(&network, &authority).await;
        assert_eq!(failed, [TransportErrorKind::Tls; 2], "{what}");
    }
}

#[tokio::test]
async fn ipv6_is_spoken_with_and_without_tls() {
    let ca = Ca::new();
    let network = trusting(&ca, None);
    let here = Ipv6Addr::LOCALHOST.into();
    let behind = service().await;
    let Some(end) = tls_end_at(here, ca.issue(&["::1"]), behind) else {
        println!("SKIPPED: this machine has no ::1");
        return;
    };
    gets_through(&network, &format!("[::1]:{}", end.address.port())).await;
    assert_eq!(end.names.try_recv().unwrap(), None);
    let other = tls_end_at(here, ca.issue(&["::2", "localhost"]), behind).unwrap();
    let failed = failures(&network, &format!("[::1]:{}", other.address.port())).await;
    assert_eq!(failed, [TransportErrorKind::Tls; 2]);

    let listener = TcpListener::bind((here, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let request = read_request(&mut stream).await.to_lowercase();
            assert!(
                request.contains(&format!("\r\nhost: [::1]:{port}\r\n")),
                "{request}"
            );
            let _ = stream.write_all(json("503 Busy", "").as_bytes()).await;
        }
    });
    assert_eq!(
        get(&network, &format!("http://[::1]:{port}/"), LONG)
            .await
            .unwrap(),
        503
    );
    let refused = upgrade(&network, &format!("ws://[::1]:{port}/")).await;
    assert_eq!(refused, TransportErrorKind::upgrade(503, None));
}

#[tokio::test]
async fn tls_to_a_plaintext_port_fails_and_never_falls_back() {
    let network = trusting(&Ca::new(), None);
    let address = serve(|mut stream| async move {
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
        crate::support::drain(&mut stream).await;
    })
    .await;
    let failed = failures(&network, &address.to_string()).await;
    assert_eq!(failed, [TransportErrorKind::Tls; 2]);
}

#[tokio::test]
async fn plaintext_to_a_tls_port_is_no_answer() {
    let ca = Ca::new();
    let end = tls_end(ca.issue(&["127.0.0.1"]), service().await).address;
    let network = trusting(&ca, None);
    let error = get(&network, &format!("http://{end}/"), LONG)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Lost);
    let kind = upgrade(&network, &format!("ws://{end}/")).await;
    assert_eq!(kind, TransportErrorKind::Lost);
}

#[tokio::test]
async fn tls_1_1_is_not_spoken() {
    let network = trusting(&Ca::new(), None);
    let failed = failures(&network, &tls_1_1().to_string()).await;
    assert_eq!(failed, [TransportErrorKind::Tls; 2]);
}

#[tokio::test]
async fn a_server_that_hangs_up_in_the_handshake_is_a_lost_connection() {
    let address = serve(|stream| async move { drop(stream) })
        .await
        .to_string();
    let failed = failures(&trusting(&Ca::new(), None), &address).await;
    assert_eq!(failed, [TransportErrorKind::Lost; 2]);
}

#[tokio::test]
async fn r19_silence_in_the_tls_handshake_ends_in_time() {
    let authority = silent().await.to_string();
    let network = trusting(&Ca::new(), None);
    let short = Duration::from_millis(50);
    let error = fetch(&network, &authority, short).await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Timeout);
    let request = ConnectRequest::new(format!("wss://{authority}/"), "o", "u", short);
    let error = bounded(WebSocket::connect(&network, &request)).await;
    assert_eq!(error.unwrap_err().kind(), TransportErrorKind::Timeout);
}
