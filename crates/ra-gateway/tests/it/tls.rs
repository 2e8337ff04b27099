//! TLS at the listener: who gets in, what is shown, and what it may cost.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ra_core::desktop::login::{Config as Desktops, Event as Seen, Outcome, Renewal};
use ra_core::mobile::{self, Event as Asked};
use ra_gateway::{AwsLc, Config, Tls, TlsError};
use ra_proto::{Fingerprint, Token, base64};
use ra_tokio::{Approval, Keys, Login, LoginOptions, Network, TlsConfig};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ProtocolVersion, RootCertStore, SupportedProtocolVersion, version};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::support::*;

/// A certificate for this machine, signed by itself.
struct Pair(CertifiedKey<rcgen::KeyPair>);

impl Pair {
    fn new() -> Self {
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        Self(generate_simple_self_signed(names).unwrap())
    }

    fn certificate(&self) -> String {
        pem("CERTIFICATE", self.0.cert.der())
    }

    fn key(&self) -> String {
        pem("PRIVATE KEY", &self.0.signing_key.serialize_der())
    }

    fn tls(&self) -> Tls {
        Tls::from_pem(self.certificate().as_bytes(), self.key().as_bytes()).unwrap()
    }

    /// A client that trusts this certificate alone.
    fn trusted(&self, versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.cert.der().clone()).unwrap();
        ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth()
    }

    fn network(&self) -> Network {
        let config = self.trusted(rustls::ALL_VERSIONS);
        Network::new(TlsConfig::custom(config), None)
    }

    async fn connect(&self, address: SocketAddr, alpn: &[&str]) -> std::io::Result<Connection> {
        let mut config = self.trusted(rustls::ALL_VERSIONS);
        config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        connect(address, config).await
    }
}

type Connection = TlsStream<TcpStream>;

async fn connect(address: SocketAddr, config: ClientConfig) -> std::io::Result<Connection> {
    let tcp = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    within(TlsConnector::from(Arc::new(config)).connect(name, tcp)).await
}

/// The status line of an answer to `GET /healthz`.
async fn health(connection: &mut Connection) -> String {
    let request = b"GET /healthz HTTP/1.1\r\nHost: gateway\r\n\r\n";
    within(connection.write_all(request)).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(within(connection.read_u8()).await.unwrap());
    }
    String::from_utf8(head)
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .to_owned()
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = base64::encode_standard(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

async fn secure_host(pair: &Pair, change: impl FnOnce(&mut Config)) -> (Host, Tls) {
    let tls = pair.tls();
    let shown = tls.clone();
    let host = host_with(Arc::new(AwsLc), |config| {
        config.tls = Some(shown);
        change(config);
    })
    .await;
    (host, tls)
}

/// A desktop whose code is out.
async fn desktop(host: &Host, pair: &Pair) -> (Login, Fingerprint) {
    let mut config = Desktops::default();
    config.gateway = format!("wss://{}", host.address).parse().unwrap();
    config.api = format!("https://{}/api/v9", host.address).parse().unwrap();
    config.renewal = Renewal::Limit(0);
    let mut options = LoginOptions::new(Keys::new(AwsLc));
    options.config = config;
    options.network = pair.network();
    let mut login = Login::start(options).unwrap();
    match within(login.next_event()).await {
        Some(Seen::Qr { url, .. }) => (login, url.fingerprint()),
        other => panic!("no code: {other:?}"),
    }
}

async fn approve(host: &Host, pair: &Pair, fingerprint: Fingerprint) {
    let api = format!("https://{}/api/v9", host.address).parse().unwrap();
    let config = mobile::Config::new(api, Token::new(ALICE.to_owned()));
    let mut phone = Approval::start(config, fingerprint, pair.network()).unwrap();
    let event = within(phone.next_event()).await;
    assert!(matches!(event, Some(Asked::Confirm { .. })), "{event:?}");
    phone.approve().unwrap();
    let outcome = within(phone.outcome()).await.unwrap();
    assert_eq!(outcome, mobile::Outcome::Approved);
}

async fn is_in(login: Login) {
    match within(login.outcome()).await.unwrap() {
        Outcome::LoggedIn { token, .. } => assert_eq!(token.expose(), "alice-token"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_whole_login_goes_through_wss_and_https() {
    let pair = Pair::new();
    let (host, _) = secure_host(&pair, |_| {}).await;
    let (login, fingerprint) = desktop(&host, &pair).await;
    approve(&host, &pair, fingerprint).await;
    is_in(login).await;
}

#[tokio::test]
async fn a_new_certificate_counts_from_the_next_connection_on_and_ends_none() {
    let (old, new) = (Pair::new(), Pair::new());
    let (host, tls) = secure_host(&old, |_| {}).await;
    let (login, fingerprint) = desktop(&host, &old).await;
    let mut kept = old.connect(host.address, &[]).await.unwrap();

    let mixed = tls.replace(new.certificate().as_bytes(), old.key().as_bytes());
    assert_eq!(mixed, Err(TlsError::Mismatch));
    assert!(old.connect(host.address, &[]).await.is_ok(), "all stays");

    tls.replace(new.certificate().as_bytes(), new.key().as_bytes())
        .unwrap();
    assert!(old.connect(host.address, &[]).await.is_err());
    assert_eq!(health(&mut kept).await, "HTTP/1.1 200 OK");
    approve(&host, &new, fingerprint).await;
    // the exchange needs a new connection, and this desktop trusts the old certificate alone
    assert!(within(login.outcome()).await.is_err());
    let (login, fingerprint) = desktop(&host, &new).await;
    approve(&host, &new, fingerprint).await;
    is_in(login).await;
}

#[test]
fn pairs_that_cannot_be_used_are_refused_by_what_is_wrong() {
    let (one, other) = (Pair::new(), Pair::new());
    let (certificate, key) = (one.certificate(), one.key());
    let refused = |certificate: &str, key: &str| {
        Tls::from_pem(certificate.as_bytes(), key.as_bytes()).expect_err("refused")
    };
    assert_eq!(refused(&certificate, &other.key()), TlsError::Mismatch);
    assert_eq!(refused(&other.certificate(), &key), TlsError::Mismatch);
    assert_eq!(refused("", &key), TlsError::NoCertificate);
    assert_eq!(refused(&key, &key), TlsError::NoCertificate);
    assert_eq!(refused(&certificate, ""), TlsError::NoKey);
    assert_eq!(refused(&certificate, &certificate), TlsError::NoKey);
    let half = &certificate[..certificate.len() / 2];
    assert_eq!(refused(half, &key), TlsError::Certificate);
    let nonsense = pem("CERTIFICATE", b"no certificate");
    assert_eq!(refused(&nonsense, &key), TlsError::Certificate);
    assert_eq!(
        refused(&certificate.repeat(17), &key),
        TlsError::Certificate
    );
    assert_eq!(
        refused(&certificate, &pem("PRIVATE KEY", b"no key")),
        TlsError::Key
    );
    // one file may hold both
    let both = format!("{key}{certificate}");
    assert!(Tls::from_pem(both.as_bytes(), both.as_bytes()).is_ok());
    assert_eq!(format!("{:?}", one.tls()), "Tls(..)");
}

#[tokio::test]
async fn tls_1_2_and_1_3_are_spoken_and_http_1_1_alone() {
    let pair = Pair::new();
    let (host, _) = secure_host(&pair, |_| {}).await;
    for (version, spoken) in [
        (&version::TLS12, ProtocolVersion::TLSv1_2),
        (&version::TLS13, ProtocolVersion::TLSv1_3),
    ] {
        let mut connection = connect(host.address, pair.trusted(&[version]))
            .await
            .unwrap();
        assert_eq!(connection.get_ref().1.protocol_version(), Some(spoken));
        assert_eq!(health(&mut connection).await, "HTTP/1.1 200 OK");
    }
    let both = pair
        .connect(host.address, &["h2", "http/1.1"])
        .await
        .unwrap();
    assert_eq!(both.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    assert!(pair.connect(host.address, &["h2"]).await.is_err());
}

#[tokio::test]
async fn a_client_that_says_nothing_loses_its_place() {
    let pair = Pair::new();
    let (host, _) = secure_host(&pair, |config| {
        config.limits.head_within = Duration::from_millis(300);
        config.limits.connections = 2;
    })
    .await;
    let mut silent = Tcp::connect(host.address).await;
    let mut half = Tcp::connect(host.address).await;
    half.send(&[0x16, 0x03, 0x01, 0x02, 0x00, 0x01]).await;
    assert_eq!(silent.read_to_end().await, b"");
    assert_eq!(half.read_to_end().await, b"");
    // both places are free again
    let mut connection = within(async {
        loop {
            match pair.connect(host.address, &[]).await {
                Ok(connection) => return connection,
                Err(_) => tokio::task::yield_now().await,
            }
        }
    })
    .await;
    assert_eq!(health(&mut connection).await, "HTTP/1.1 200 OK");
    let page = host.handle.metrics();
    assert!(
        page.contains("\nra_gateway_tls_failures_total 2\n"),
        "{page}"
    );
}

#[tokio::test]
async fn plain_http_at_a_tls_port_is_answered_by_an_alert() {
    let pair = Pair::new();
    let (host, _) = secure_host(&pair, |_| {}).await;
    let mut plain = Tcp::connect(host.address).await;
    plain.send(upgrade("").as_bytes()).await;
    let said = plain.read_to_end().await;
    // an alert record, fatal; nothing of HTTP
    assert_eq!(
        (said.first(), said.get(5)),
        (Some(&0x15), Some(&2)),
        "{said:?}"
    );
    assert_eq!(said.len(), 7);
}

#[tokio::test]
async fn connections_over_a_limit_cost_no_handshake() {
    let pair = Pair::new();
    let (host, _) = secure_host(&pair, |config| config.limits.connections_per_address = 1).await;
    let mut first = pair.connect(host.address, &[]).await.unwrap();
    let mut second = Tcp::connect(host.address).await;
    assert_eq!(second.read_to_end().await, b"");
    assert_eq!(health(&mut first).await, "HTTP/1.1 200 OK");
}

#[tokio::test]
async fn a_gateway_that_ends_waits_for_no_handshake() {
    let pair = Pair::new();
    let (host, _) = secure_host(&pair, |config| {
        config.limits.head_within = Duration::from_secs(3600);
        config.limits.write_within = Duration::from_secs(3600);
    })
    .await;
    let mut silent = Tcp::connect(host.address).await;
    let page = || host.handle.metrics();
    within(async {
        while !page().contains("\nra_gateway_connections 1\n") {
            tokio::task::yield_now().await;
        }
    })
    .await;
    host.handle.shut_down();
    assert_eq!(silent.read_to_end().await, b"");
    within(host.running).await.unwrap();
}

#[tokio::test]
async fn the_end_of_the_certificate_is_among_the_numbers() {
    let ending = |year| {
        let names = vec!["localhost".to_owned()];
        let mut params = rcgen::CertificateParams::new(names).unwrap();
        params.not_after = rcgen::date_time_ymd(year, 1, 1);
        let own = rcgen::KeyPair::generate().unwrap();
        let certificate = params.self_signed(&own).unwrap();
        (
            pem("CERTIFICATE", certificate.der()),
            pem("PRIVATE KEY", &own.serialize_der()),
        )
    };
    let (host, tls) = secure_host(&Pair::new(), |_| {}).await;
    for (year, seconds) in [(2030, 1_893_456_000), (2031, 1_924_992_000_u64)] {
        let (certificate, key) = ending(year);
        tls.replace(certificate.as_bytes(), key.as_bytes()).unwrap();
        let line = format!("\nra_gateway_tls_valid_until_seconds {seconds}\n");
        assert!(host.handle.metrics().contains(&line), "{year}");
    }
    let plain = crate::support::host(|_| {}).await;
    assert!(!plain.handle.metrics().contains("tls_valid_until"));
}
