//! Roots that callers bring: what is read, what is refused, and what a configuration makes of them.

use std::error::Error as _;
use std::io;

use ra_carrier::{RootCertificates, RootError, TlsConfig, handshake_error, rustls, server_name};
use ra_http::TransportErrorKind;
use ra_testkit::tls::Ca;

/// A section that is no certificate.
const KEY: &str = "-----BEGIN PRIVATE KEY-----\nY2FuYXJ5\n-----END PRIVATE KEY-----\n";

fn read(pem: impl AsRef<[u8]>) -> Result<RootCertificates, RootError> {
    RootCertificates::from_pem(pem.as_ref())
}

fn shown(config: &TlsConfig) -> String {
    format!("{config:?}")
}

#[test]
fn certificates_are_read_from_pem_and_der() {
    let (one, two) = (Ca::new(), Ca::new());
    let roots = read(one.pem()).unwrap();
    assert_eq!(roots, RootCertificates::from_der([one.der()]).unwrap());
    // with a comment, with Windows' ends of lines, with a section of another kind in between
    let file = format!("# our CAs\n{}{}{}", one.pem(), KEY, two.pem());
    let both = RootCertificates::from_der([one.der(), two.der()]).unwrap();
    assert_eq!(read(&file).unwrap(), both);
    assert_eq!(read(file.replace('\n', "\r\n")).unwrap(), both);
}

#[test]
fn what_is_no_certificate_is_refused_and_says_why() {
    let one = Ca::new();
    let pem = one.pem();
    let garbage = "-----BEGIN CERTIFICATE-----\nY2FuYXJ5\n-----END CERTIFICATE-----\n";
    let number = |error| match error {
        RootError::Certificate { number, .. } => number,
        other => panic!("{other:?}"),
    };
    for (text, error) in [
        (String::new(), RootError::None),
        ("canary".into(), RootError::None),
        (KEY.to_owned(), RootError::None),
        (pem.replace("-----END", "canary"), RootError::Pem),
        (pem.replacen('M', "\u{7f}", 1), RootError::Pem),
    ] {
        assert_eq!(read(&text).unwrap_err(), error, "{text}");
        assert!(!error.to_string().contains("canary"));
    }
    assert_eq!(number(read(garbage).unwrap_err()), 1);
    assert_eq!(number(read(format!("{pem}{garbage}")).unwrap_err()), 2);
    let mut cut = one.der();
    cut.pop();
    assert_eq!(number(RootCertificates::from_der([cut]).unwrap_err()), 1);
    let none: [Vec<u8>; 0] = [];
    assert_eq!(RootCertificates::from_der(none), Err(RootError::None));
    assert_eq!(read(pem.repeat(1001)).unwrap_err(), RootError::TooMany);
    assert!(read(pem.repeat(1000)).is_ok());
}

#[test]
fn a_configuration_trusts_what_it_was_given() {
    let one = Ca::new();
    let roots = || read(one.pem()).unwrap();
    let only = TlsConfig::only(roots());
    assert_eq!(shown(&only), "TlsConfig(nothing + 1 roots)");
    let config = only.client_config().unwrap();
    assert_eq!(config.alpn_protocols, [b"http/1.1"]);

    let more = only.with_extra_roots(roots());
    assert_eq!(shown(&more), "TlsConfig(nothing + 2 roots)");
    assert!(more.client_config().is_ok());
    assert!(
        TlsConfig::default()
            .with_extra_roots(roots())
            .client_config()
            .is_ok()
    );
}

#[test]
fn a_configuration_of_the_callers_takes_no_extra_roots() {
    let one = Ca::new();
    let roots = read(one.pem()).unwrap();
    let theirs = TlsConfig::only(roots.clone()).client_config().unwrap();
    let custom = TlsConfig::custom(theirs);
    assert!(custom.client_config().is_ok());
    let error = custom.with_extra_roots(roots).client_config().unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Tls);
    assert!(error.source().unwrap().to_string().contains("extra roots"));
}

#[test]
fn hosts_become_names_to_check_for() {
    for (host, name) in [
        ("discord.com", "DnsName(\"discord.com\")"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "0:0:0:0:0:0:0:1"),
    ] {
        let shown = format!("{:?}", server_name(host).unwrap());
        let address = server_name(host).unwrap().to_str().into_owned();
        assert!(shown == name || address == host, "{shown}");
    }
    for bad in ["", "[::1]", "exa mple", "a..b", "http://h"] {
        let kind = server_name(bad).unwrap_err().kind();
        assert_eq!(kind, TransportErrorKind::NotAllowed, "{bad}");
    }
}

#[test]
fn a_handshake_that_is_refused_and_one_that_breaks_are_two_things() {
    let kind = |kind: io::ErrorKind| handshake_error(kind.into()).kind();
    let refused = io::Error::new(io::ErrorKind::InvalidData, rustls::Error::DecryptError);
    assert_eq!(handshake_error(refused).kind(), TransportErrorKind::Tls);
    for broken in [io::ErrorKind::UnexpectedEof, io::ErrorKind::ConnectionReset] {
        assert_eq!(kind(broken), TransportErrorKind::Lost);
    }
}
