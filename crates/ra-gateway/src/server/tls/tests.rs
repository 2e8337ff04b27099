//! Keys that nobody can use, and certificates that change.

use super::*;
use rcgen::{CertifiedKey, generate_simple_self_signed};

/// Keys of nothing, with a passphrase: in PKCS #8, and in the older way.
const ENCRYPTED: [&str; 2] = [
    "\
-----BEGIN ENCRYPTED PRIVATE KEY-----\n\
MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAi49YMvAjcorAICCAAw\n\
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEN7lrHQX7vMdSSNicnBDFtwEgZC3\n\
9JUoSD6gX+aeZoMBJde8sJITIlwPjtfcxzK2Rlh9YVrEUame7LemJFrl3jcAVYDb\n\
A0fARiX6LkrRbHkcWvkM40ruTVuK5TSEaCM6A7FvGvKxczROzhla3II00y6zNcSq\n\
fAYmies8r0y66m9JESHzERXSiHSUTqajqJdtH8IhyppSxh1C/UywibsvCLs5zr8=\n\
-----END ENCRYPTED PRIVATE KEY-----\n\
",
    "\
-----BEGIN EC PRIVATE KEY-----\n\
Proc-Type: 4,ENCRYPTED\n\
DEK-Info: AES-128-CBC,056B8CA7DC89BD4597A4974E8EBEE088\n\
\n\
9wdYis8yPHnhpkhGwdCiqUHSFGEK5ImuLxGwyajOpew4glZLU2/rJzciHgqV0/WQ\n\
beYKQgTOQK5dFDzEXIe0aQgD7S4/18P27OkJPdhHzK3sVrBaRPd0Bf2FhRCSfLQU\n\
XSLYJuwnUiFesDrfcfeSFQnoOfDBHY/KvhV0R0w57qM=\n\
-----END EC PRIVATE KEY-----\n\
",
];

fn pem(label: &str, der: &[u8]) -> String {
    let text = ra_proto::base64::encode_standard(der);
    format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
}

/// A certificate and its key.
fn pair(name: &str) -> (String, String) {
    let made = generate_simple_self_signed([name.to_owned()]).unwrap();
    let CertifiedKey { cert, signing_key } = made;
    let key = pem("PRIVATE KEY", &signing_key.serialize_der());
    (pem("CERTIFICATE", cert.der()), key)
}

fn refused(certificates: &str, key: &str) -> Option<TlsError> {
    Tls::from_pem(certificates.as_bytes(), key.as_bytes()).err()
}

#[test]
fn a_key_with_a_passphrase_is_called_so() {
    let (certificate, key) = pair("login.example");
    assert_eq!(refused(&certificate, &key), None);
    for encrypted in ENCRYPTED {
        assert_eq!(
            refused(&certificate, encrypted),
            Some(TlsError::EncryptedKey)
        );
        // beside the certificate, in one file
        let both = certificate.clone() + encrypted;
        assert_eq!(refused(&both, &both), Some(TlsError::EncryptedKey));
    }
    assert_eq!(refused(&certificate, ""), Some(TlsError::NoKey));
    let junk = pem("PRIVATE KEY", b"junk");
    assert_eq!(refused(&certificate, &junk), Some(TlsError::Key));
}

#[test]
fn the_validity_is_that_of_what_is_shown_now() {
    let (certificate, key) = pair("login.example");
    let tls = Tls::from_pem(certificate.as_bytes(), key.as_bytes()).unwrap();
    assert!(tls.validity().names_a_host);
    let nameless = rcgen::CertificateParams::new(Vec::new()).unwrap();
    let own = rcgen::KeyPair::generate().unwrap();
    let nameless = nameless.self_signed(&own).unwrap();
    let (certificate, key) = (
        pem("CERTIFICATE", nameless.der()),
        pem("PRIVATE KEY", &own.serialize_der()),
    );
    tls.replace(certificate.as_bytes(), b"").unwrap_err();
    assert!(tls.validity().names_a_host, "what was there stays");
    tls.replace(certificate.as_bytes(), key.as_bytes()).unwrap();
    assert!(!tls.validity().names_a_host);
}
