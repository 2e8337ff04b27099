//! Throw-away CAs, valid and invalid certificates, and a TLS terminator in front of a plaintext server. It uses threads
//! and no runtime, so every adapter's tests can use it.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::spawn;
use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, SanType,
    date_time_ymd,
};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection};

/// Time limit of a read.
const PATIENCE: Duration = Duration::from_secs(60);
/// Most `server_name`s that are kept.
const NAMES_MOST: usize = 64;

/// A test CA.
pub struct Ca(CertifiedIssuer<'static, KeyPair>);

/// A certificate with its key.
pub struct Identity {
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Ca {
    /// Makes a CA with a unique name.
    #[must_use]
    pub fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let name = format!("throw-away {:02x?}", &key.public_key_raw()[1..9]);
        params.distinguished_name.push(DnType::CommonName, name);
        Self(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    /// Returns the CA's certificate in PEM.
    #[must_use]
    pub fn pem(&self) -> String {
        let text = STANDARD.encode(self.0.der());
        let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
        for line in text.as_bytes().chunks(64) {
            pem += std::str::from_utf8(line).unwrap();
            pem.push('\n');
        }
        pem + "-----END CERTIFICATE-----\n"
    }

    /// Returns the CA's certificate in DER.
    #[must_use]
    pub fn der(&self) -> Vec<u8> {
        self.0.der().to_vec()
    }

    /// Issues a certificate for these names and addresses.
    #[must_use]
    pub fn issue(&self, names: &[&str]) -> Identity {
        self.sign(params(names))
    }

    /// Issues an expired certificate.
    #[must_use]
    pub fn issue_expired(&self, names: &[&str]) -> Identity {
        self.issue_between(names, 2001, 2002)
    }

    /// Issues a certificate that becomes valid in the far future.
    #[must_use]
    pub fn issue_not_yet_valid(&self, names: &[&str]) -> Identity {
        self.issue_between(names, 2201, 2202)
    }

    /// Issues a certificate with `name` as a DNS name, even if it is an address.
    #[must_use]
    pub fn issue_as_dns_name(&self, name: &str) -> Identity {
        let mut params = params(&[]);
        params.subject_alt_names = vec![SanType::DnsName(name.try_into().unwrap())];
        self.sign(params)
    }

    fn issue_between(&self, names: &[&str], from: i32, to: i32) -> Identity {
        let mut params = params(names);
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(to, 1, 1);
        self.sign(params)
    }

    fn sign(&self, params: CertificateParams) -> Identity {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Identity::new(certificate.der().clone(), &key)
    }
}

impl Default for Ca {
    fn default() -> Self {
        Self::new()
    }
}

impl Identity {
    /// Makes a self-signed certificate.
    #[must_use]
    pub fn self_signed(names: &[&str]) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = params(names).self_signed(&key).unwrap();
        Self::new(certificate.der().clone(), &key)
    }

    fn new(certificate: CertificateDer<'static>, key: &KeyPair) -> Self {
        Self {
            certificate,
            key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        }
    }
}

/// Returns certificates for `name` that clients trusting `ca` must refuse, with the reason for each.
#[must_use]
pub fn flawed(ca: &Ca, name: &str) -> Vec<(&'static str, Identity)> {
    vec![
        ("wrong name", ca.issue(&["gateway.example", "127.0.0.9"])),
        ("expired", ca.issue_expired(&[name])),
        ("not yet valid", ca.issue_not_yet_valid(&[name])),
        ("self-signed", Identity::self_signed(&[name])),
        ("unknown CA", Ca::new().issue(&[name])),
    ]
}

/// A TLS terminator.
#[derive(Debug)]
pub struct TlsEnd {
    /// Listening address.
    pub address: SocketAddr,
    /// The `server_name` that each finished handshake brought.
    pub names: Receiver<Option<String>>,
}

/// Terminates TLS on a free port of 127.0.0.1 and forwards the plaintext to `behind`.
#[must_use]
pub fn tls_end(identity: Identity, behind: SocketAddr) -> TlsEnd {
    tls_end_at(Ipv4Addr::LOCALHOST.into(), identity, behind).unwrap()
}

/// Like [`tls_end`], at an address of this machine; `None` if it has no such address.
#[must_use]
pub fn tls_end_at(at: IpAddr, identity: Identity, behind: SocketAddr) -> Option<TlsEnd> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![identity.certificate], identity.key)
        .unwrap();
    // like a server that would rather speak HTTP/2
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let config = Arc::new(config);
    let (heard, names) = sync_channel(NAMES_MOST);
    let address = listen(at, move |stream| {
        // tests provoke refused handshakes
        let _ = lead(stream, config.clone(), behind, &heard);
    })?;
    Some(TlsEnd { address, names })
}

/// Starts a server that appears to support TLS 1.1 at most: it selects that version and then waits.
#[must_use]
pub fn tls_1_1() -> SocketAddr {
    let mut hello = vec![3, 2];
    hello.extend([7; 32]); // its random bytes
    hello.extend([0, 0x00, 0x2f, 0]); // no session, RSA with AES-128-CBC-SHA, no compression
    let length = u8::try_from(hello.len()).unwrap();
    let mut record = vec![22, 3, 2, 0, length + 4, 2, 0, 0, length];
    record.extend(hello);
    listen(Ipv4Addr::LOCALHOST.into(), move |mut stream| {
        let mut buffer = [0; 4096];
        let _ = stream.read(&mut buffer);
        let _ = stream.write_all(&record);
        while stream.read(&mut buffer).is_ok_and(|read| read > 0) {}
    })
    .unwrap()
}

/// Listens, with a thread for each connection.
fn listen(at: IpAddr, serve: impl Fn(TcpStream) + Send + Sync + 'static) -> Option<SocketAddr> {
    let listener = TcpListener::bind((at, 0)).ok()?;
    let address = listener.local_addr().ok()?;
    let serve = Arc::new(serve);
    spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = stream.set_read_timeout(Some(PATIENCE));
            let _ = stream.set_nodelay(true);
            let serve = serve.clone();
            spawn(move || serve(stream));
        }
    });
    Some(address)
}

/// One connection: the handshake, then bytes both ways until either side is done.
fn lead(
    mut near: TcpStream,
    config: Arc<ServerConfig>,
    behind: SocketAddr,
    heard: &SyncSender<Option<String>>,
) -> std::io::Result<()> {
    let mut tls = ServerConnection::new(config).unwrap();
    while tls.is_handshaking() {
        tls.complete_io(&mut near)?;
    }
    assert_eq!(tls.alpn_protocol(), Some(&b"http/1.1"[..]));
    let _ = heard.try_send(tls.server_name().map(str::to_owned));
    let far = TcpStream::connect(behind)?;
    far.set_read_timeout(Some(PATIENCE))?;
    far.set_nodelay(true)?;

    let tls = Arc::new(Mutex::new(tls));
    let back = {
        let (tls, near, far) = (tls.clone(), near.try_clone()?, far.try_clone()?);
        spawn(move || answers(&tls, near, far))
    };
    let ended = requests(&tls, &near, far.try_clone()?);
    let _ = far.shutdown(Shutdown::Write);
    let _ = back.join();
    let _ = near.shutdown(Shutdown::Both);
    ended
}

/// Forwards decrypted bytes of the near side. The lock is not held while waiting.
fn requests(
    tls: &Mutex<ServerConnection>,
    mut near: &TcpStream,
    mut far: TcpStream,
) -> std::io::Result<()> {
    let mut sealed = [0; 4096];
    let mut read = 0; // the handshake may have brought more than itself
    loop {
        let (mut rest, mut open) = (&sealed[..read], Vec::new());
        let closed = loop {
            let mut tls = tls.lock().unwrap();
            if !rest.is_empty() {
                tls.read_tls(&mut rest)?;
            }
            let state = tls.process_new_packets().map_err(std::io::Error::other)?;
            let mut plain = vec![0; state.plaintext_bytes_to_read()];
            tls.reader().read_exact(&mut plain)?;
            open.extend(plain);
            if rest.is_empty() || state.peer_has_closed() {
                break state.peer_has_closed();
            }
        };
        far.write_all(&open)?;
        if closed {
            return Ok(());
        }
        read = near.read(&mut sealed)?;
        if read == 0 {
            return Ok(());
        }
    }
}

/// Forwards bytes of the far side, encrypted.
fn answers(tls: &Mutex<ServerConnection>, mut near: TcpStream, mut far: TcpStream) {
    let mut open = [0; 4096];
    loop {
        let read = far.read(&mut open).unwrap_or(0);
        let mut tls = tls.lock().unwrap();
        match read {
            0 => tls.send_close_notify(),
            _ => tls.writer().write_all(&open[..read]).unwrap(),
        }
        while tls.wants_write() {
            if tls.write_tls(&mut near).is_err() {
                return;
            }
        }
        if read == 0 {
            let _ = near.shutdown(Shutdown::Write);
            return;
        }
    }
}

fn params(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    CertificateParams::new(names).unwrap()
}
