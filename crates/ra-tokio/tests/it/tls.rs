//! TLS with a throw-away CA: what is trusted, what is not.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::Request;
use ra_core::desktop::login::ConnectRequest;
use ra_http::{Body, TransportError, TransportErrorKind};
use ra_tokio::rustls::crypto::aws_lc_rs::default_provider;
use ra_tokio::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use ra_tokio::rustls::{ClientConfig, RootCertStore, ServerConfig};
use ra_tokio::{HttpCarrier, Network, TlsConfig, WebSocket};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::AsyncWriteExt as _;
use tokio_rustls::TlsAcceptor;

use crate::support::{bounded, json, read_request, serve, silent};

const LONG: Duration = Duration::from_secs(20);

/// A CA of our own.
pub struct Ca(CertifiedIssuer<'static, KeyPair>);

impl Ca {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// A network that trusts this CA and no other.
    pub fn network(&self, proxy: Option<ra_tokio::Proxy>) -> Network {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Network::new(TlsConfig::custom(config), proxy)
    }

    fn issue(&self, name: &str, expired: bool) -> (CertificateDer<'static>, KeyPair) {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        if expired {
            params.not_before = rcgen::date_time_ymd(2001, 1, 1);
            params.not_after = rcgen::date_time_ymd(2002, 1, 1);
        }
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.0).unwrap().der().clone(), key)
    }

    /// A server with a certificate for `name` that answers every request with 200 and `{}`.
    pub async fn serve(&self, name: &str) -> SocketAddr {
        serving(self.issue(name, false)).await
    }
}

async fn serving((certificate, key): (CertificateDer<'static>, KeyPair)) -> SocketAddr {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    serve(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                return;
            };
            assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
            let request = read_request(&mut stream).await;
            let reply = match request.contains("sec-websocket-key")
                || request.contains("Sec-WebSocket-Key")
            {
                true => json("503 Busy", ""),
                false => json("200 OK", "{}"),
            };
            let _ = stream.write_all(reply.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    })
    .await
}

pub async fn fetch(
    network: &Network,
    authority: &str,
    timeout: Duration,
) -> Result<u16, TransportError> {
    let request = Request::get(format!("https://{authority}/"))
        .body(Body::empty())
        .unwrap();
    let carrier = HttpCarrier::new(network.clone());
    let response = bounded(carrier.send(request, timeout)).await?;
    Ok(response.status().as_u16())
}

#[tokio::test]
async fn a_certificate_of_a_trusted_ca_for_the_right_name_is_taken() {
    let ca = Ca::new();
    let network = ca.network(None);
    network.check_tls().unwrap();
    let port = ca.serve("localhost").await.port();
    assert_eq!(
        fetch(&network, &format!("localhost:{port}"), LONG)
            .await
            .unwrap(),
        200
    );
    let address = ca.serve("127.0.0.1").await;
    assert_eq!(
        fetch(&network, &address.to_string(), LONG).await.unwrap(),
        200
    );

    // the WebSocket carrier stands on the same connections: this refusal came through TLS
    let request = ConnectRequest::new(format!("wss://localhost:{port}/"), "o", "u", LONG);
    let error = bounded(WebSocket::connect(&network, &request))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::upgrade(503, None));
}

#[tokio::test]
async fn the_wrong_name_a_stranger_and_a_lapsed_certificate_are_refused() {
    let ca = Ca::new();
    let self_signed = {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        (params.self_signed(&key).unwrap().der().clone(), key)
    };
    for (what, address) in [
        ("wrong name", ca.serve("gateway.example").await),
        ("another CA", Ca::new().serve("localhost").await),
        ("self-signed", serving(self_signed).await),
        ("expired", serving(ca.issue("localhost", true)).await),
    ] {
        let authority = format!("localhost:{}", address.port());
        let error = fetch(&ca.network(None), &authority, LONG)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Tls, "{what}");
        let request = ConnectRequest::new(format!("wss://{authority}/"), "o", "u", LONG);
        let error = bounded(WebSocket::connect(&ca.network(None), &request))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Tls, "{what}");
    }
}

#[tokio::test]
async fn the_default_roots_do_not_trust_a_ca_of_ours() {
    let port = Ca::new().serve("localhost").await.port();
    let error = fetch(&Network::default(), &format!("localhost:{port}"), LONG)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Tls);
}

#[tokio::test]
async fn tls_to_a_plaintext_port_fails_and_never_falls_back() {
    let network = Ca::new().network(None);
    let address = serve(|mut stream| async move {
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
        crate::support::drain(&mut stream).await;
    })
    .await;
    let kind = fetch(&network, &address.to_string(), LONG)
        .await
        .unwrap_err()
        .kind();
    assert_eq!(kind, TransportErrorKind::Tls);
}

#[tokio::test]
async fn r19_silence_in_the_tls_handshake_ends_in_time() {
    let authority = silent().await.to_string();
    let error = fetch(
        &Ca::new().network(None),
        &authority,
        Duration::from_millis(50),
    )
    .await
    .unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Timeout);
}
