//! TLS with a throw-away CA: what is trusted, what is not.

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use http::Request;
use ra_blocking::rustls::crypto::aws_lc_rs::default_provider;
use ra_blocking::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use ra_blocking::rustls::{ServerConfig, ServerConnection, StreamOwned};
use ra_blocking::{HttpCarrier, Network, Proxy, RootCertificates, TlsConfig};
use ra_http::{Body, TransportError, TransportErrorKind};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use crate::gateway::Service;
use crate::support::{LONG, drain, json, listener, read_request, serve, silent, watchdog};

/// A CA of our own.
pub struct Ca(CertifiedIssuer<'static, KeyPair>);

impl Ca {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn roots(&self) -> RootCertificates {
        RootCertificates::from_der([self.0.der().clone()]).unwrap()
    }

    /// A network that trusts this CA and no other.
    pub fn network(&self, proxy: Option<Proxy>) -> Network {
        Network::new(TlsConfig::only(self.roots()), proxy)
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

    /// A server with a certificate for `name` that answers every request with 200 and `{}`, upgrades with 503.
    pub fn serve(&self, name: &str) -> SocketAddr {
        serving(self.issue(name, false))
    }
}

fn server_config((certificate, key): (CertificateDer<'static>, KeyPair)) -> Arc<ServerConfig> {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Arc::new(config)
}

fn serving(identity: (CertificateDer<'static>, KeyPair)) -> SocketAddr {
    let config = server_config(identity);
    serve(move |mut stream| {
        let mut tls = ServerConnection::new(config.clone()).unwrap();
        if tls.complete_io(&mut stream).is_err() {
            let _ = tls.write_tls(&mut stream);
            return;
        }
        assert_eq!(tls.alpn_protocol(), Some(&b"http/1.1"[..]));
        let mut stream = StreamOwned::new(tls, stream);
        let request = read_request(&mut stream).to_lowercase();
        let reply = match request.contains("sec-websocket-key") {
            true => json("503 Busy", ""),
            false => json("200 OK", "{}"),
        };
        let _ = stream.write_all(reply.as_bytes());
        stream.conn.send_close_notify();
        let _ = stream.flush();
    })
}

pub fn fetch(network: &Network, authority: &str, timeout: Duration) -> Result<u16, TransportError> {
    let request = Request::get(format!("https://{authority}/"))
        .body(Body::empty())
        .unwrap();
    let response = HttpCarrier::new(network.clone()).send(request, timeout)?;
    Ok(response.status().as_u16())
}

/// Why a login cannot connect to this gateway.
pub fn refusal(network: &Network, gateway: &str) -> TransportErrorKind {
    let service = Service::new();
    let mut options = service.options();
    options.config.gateway = gateway.parse().unwrap();
    options.network = network.clone();
    match ra_blocking::Login::start(options).unwrap().outcome() {
        Err(ra_core::desktop::login::LoginError::Connect(error)) => error.kind(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_certificate_of_a_trusted_ca_for_the_right_name_is_taken() {
    let _watchdog = watchdog();
    let ca = Ca::new();
    let network = ca.network(None);
    network.check_tls().unwrap();
    let port = ca.serve("localhost").port();
    let authority = format!("localhost:{port}");
    assert_eq!(fetch(&network, &authority, LONG).unwrap(), 200);
    let address = ca.serve("127.0.0.1").to_string();
    assert_eq!(fetch(&network, &address, LONG).unwrap(), 200);
    // the socket stands on the same connections: this refusal came through TLS
    let refused = refusal(&network, &format!("wss://{authority}/"));
    assert_eq!(refused, TransportErrorKind::upgrade(503, None));
}

#[cfg(any(feature = "rustls-platform-verifier", feature = "webpki-roots"))]
#[test]
fn extra_roots_are_trusted_beside_the_default_ones() {
    let _watchdog = watchdog();
    let ca = Ca::new();
    let authority = format!("localhost:{}", ca.serve("localhost").port());
    let error = fetch(&Network::default(), &authority, LONG).unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Tls, "not without them");
    let tls = TlsConfig::default().with_extra_roots(ca.roots());
    let network = Network::new(tls, None);
    assert_eq!(fetch(&network, &authority, LONG).unwrap(), 200);
}

#[test]
fn a_whole_login_over_tls() {
    let _watchdog = watchdog();
    let ca = Ca::new();
    let config = server_config(ca.issue("localhost", false));
    let service = Service::new();
    let mut options = service.options();
    let ends = |to: &TcpListener| tls_end(config.clone(), to.local_addr().unwrap());
    options.config.gateway = format!("wss://localhost:{}", ends(&service.sockets).port())
        .parse()
        .unwrap();
    options.config.api = format!("https://localhost:{}/api/v9", ends(&service.rest).port())
        .parse()
        .unwrap();
    options.network = ca.network(None);
    let login = ra_blocking::Login::start(options).unwrap();
    let gateway = std::thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.approve();
        service.answer("200 OK", &gateway.token_body());
    });
    let outcome = login.outcome();
    assert!(outcome.is_ok(), "{outcome:?}");
    gateway.join().unwrap();
}

/// Takes TLS off and hands the rest on to `target`, a few bytes at a time.
fn tls_end(config: Arc<ServerConfig>, target: SocketAddr) -> SocketAddr {
    serve(move |mut outside| {
        use std::io::Read as _;
        let mut inside = std::net::TcpStream::connect(target).unwrap();
        let mut tls = ServerConnection::new(config.clone()).unwrap();
        if tls.complete_io(&mut outside).is_err() {
            return;
        }
        // one thread for both directions: whichever has nothing for a moment lets the other have its turn
        let moment = Some(Duration::from_millis(2));
        inside.set_read_timeout(moment).unwrap();
        outside.set_read_timeout(moment).unwrap();
        let mut outside = StreamOwned::new(tls, outside);
        let waits = |error: &std::io::Error| {
            use std::io::ErrorKind::{TimedOut, WouldBlock};
            matches!(error.kind(), WouldBlock | TimedOut)
        };
        let mut buffer = [0; 100];
        loop {
            match outside.read(&mut buffer) {
                Ok(read) if read > 0 => inside.write_all(&buffer[..read]).unwrap(),
                Err(error) if waits(&error) => {}
                _ => return,
            }
            match inside.read(&mut buffer) {
                Ok(read) if read > 0 && outside.write_all(&buffer[..read]).is_ok() => {}
                Err(error) if waits(&error) => {}
                _ => {
                    outside.conn.send_close_notify();
                    let _ = outside.flush();
                    return;
                }
            }
        }
    })
}

#[test]
fn the_wrong_name_a_stranger_and_a_lapsed_certificate_are_refused() {
    let _watchdog = watchdog();
    let ca = Ca::new();
    let self_signed = {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        (params.self_signed(&key).unwrap().der().clone(), key)
    };
    for (what, address) in [
        ("wrong name", ca.serve("gateway.example")),
        ("another CA", Ca::new().serve("localhost")),
        ("self-signed", serving(self_signed)),
        ("expired", serving(ca.issue("localhost", true))),
    ] {
        let authority = format!("localhost:{}", address.port());
        let error = fetch(&ca.network(None), &authority, LONG).unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Tls, "{what}");
        let refused = refusal(&ca.network(None), &format!("wss://{authority}/"));
        assert_eq!(refused, TransportErrorKind::Tls, "{what}");
    }
}

#[test]
fn tls_to_a_plaintext_port_fails_and_never_falls_back() {
    let _watchdog = watchdog();
    let address = serve(|mut stream| {
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .unwrap();
        drain(&mut stream);
    });
    let error = fetch(&Ca::new().network(None), &address.to_string(), LONG).unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Tls);
}

#[test]
fn r19_silence_in_the_tls_handshake_ends_in_time() {
    let _watchdog = watchdog();
    let short = Duration::from_millis(50);
    let error = fetch(&Ca::new().network(None), &silent().to_string(), short).unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Timeout);
}

#[test]
fn a_connection_that_ends_in_the_tls_handshake_is_lost() {
    let _watchdog = watchdog();
    let (listener, address) = listener();
    std::thread::spawn(move || drop(listener.accept()));
    let error = fetch(&Ca::new().network(None), &address.to_string(), LONG).unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Lost);
}

/// Nobody is shown a code that could not be used: without trust, nothing over TLS starts at all.
#[cfg(not(any(feature = "rustls-platform-verifier", feature = "webpki-roots")))]
#[test]
fn without_roots_of_trust_nothing_starts() {
    use ra_blocking::{Approval, Keys, Login, LoginOptions, StartError};
    let options = LoginOptions::new(Keys::new(ra_testkit::Fake));
    assert!(matches!(Login::start(options), Err(StartError::Tls(_))));
    let mut options = Service::new().options();
    assert!(
        Login::start(options.clone()).is_ok(),
        "plaintext on this machine needs none"
    );
    options.config.api = "https://discord.com/api/v9".parse().unwrap();
    assert!(matches!(Login::start(options), Err(StartError::Tls(_))));
    let config = ra_core::mobile::Config::new(
        "https://discord.com/api/v9".parse().unwrap(),
        ra_proto::Token::new(String::new()),
    );
    let fingerprint = ra_proto::Fingerprint::from_bytes([7; 32]);
    let started = Approval::start(config, fingerprint, Network::default());
    assert!(matches!(started, Err(StartError::Tls(_))));
}
