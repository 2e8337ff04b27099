//! Validity of certificates as clients see it, apart from their trust in the issuer.

use std::time::{Duration, SystemTime};

use rustls::RootCertStore;
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error};

use super::TlsError;

/// When certificates can be used, and whether for a host at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TlsValidity {
    /// From when on all of the chain counts.
    pub from: SystemTime,
    /// Until when all of the chain counts.
    pub until: SystemTime,
    /// Set if the first certificate has a DNS name or an address in its subject alternative names.
    /// Clients look nowhere else for them.
    pub names_a_host: bool,
}

impl TlsValidity {
    /// # Errors
    /// [`TlsError::Certificate`] if there is none, or one that cannot be read.
    pub(super) fn of(chain: &[CertificateDer<'_>]) -> Result<Self, TlsError> {
        let first = chain.first().ok_or(TlsError::NoCertificate)?;
        let mut validity = Self {
            from: SystemTime::UNIX_EPOCH,
            until: time(UnixTime::since_unix_epoch(LAST)),
            names_a_host: names_a_host(&parsed(first)?)?,
        };
        for certificate in chain {
            let certificate = parsed(certificate)?;
            // at the ends of time the answer has the certificate's own ends in it
            if let Some(CertificateError::NotValidYetContext { not_before, .. }) =
                at(&certificate, UnixTime::since_unix_epoch(Duration::ZERO))
            {
                validity.from = validity.from.max(time(not_before));
            }
            match at(&certificate, UnixTime::since_unix_epoch(LAST)) {
                Some(CertificateError::ExpiredContext { not_after, .. }) => {
                    validity.until = validity.until.min(time(not_after));
                }
                // its times cannot be read, or are the wrong way round
                _ => return Err(TlsError::Certificate),
            }
        }
        Ok(validity)
    }
}

/// Later than any certificate can say (9999-12-31), and a time that every system has.
const LAST: Duration = Duration::from_secs(1 << 38);

fn time(since: UnixTime) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(since.as_secs())
}

fn parsed<'a>(certificate: &'a CertificateDer<'_>) -> Result<ParsedCertificate<'a>, TlsError> {
    ParsedCertificate::try_from(certificate).map_err(|_| TlsError::Certificate)
}

/// Returns the error of a certificate at this time. The check compares the times first and then
/// always fails, because no issuer is trusted here.
fn at(certificate: &ParsedCertificate<'_>, now: UnixTime) -> Option<CertificateError> {
    let nobody = RootCertStore::empty();
    let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
    let all = algorithms.all;
    match verify_server_cert_signed_by_trust_anchor(certificate, &nobody, &[], now, all) {
        Err(Error::InvalidCertificate(why)) => Some(why),
        _ => None,
    }
}

/// Asks for a name that nobody has: the answer lists those that there are.
fn names_a_host(certificate: &ParsedCertificate<'_>) -> Result<bool, TlsError> {
    let nobodys = ServerName::try_from("nobody.invalid").map_err(|_| TlsError::Certificate)?;
    Ok(match verify_server_name(certificate, &nobodys) {
        Err(Error::InvalidCertificate(CertificateError::NotValidForNameContext {
            presented,
            ..
        })) => presented
            .iter()
            .any(|name| name.starts_with("DnsName(") || name.starts_with("IpAddress(")),
        Ok(()) => true,
        Err(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, DnType, KeyPair, SanType, date_time_ymd};

    /// Days since 1970 of a date.
    const IN_2020: u64 = 18_262; // 2020-01-01
    const IN_2021: u64 = 18_628; // 2021-01-01

    fn day(number: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(number * 86_400)
    }

    fn certificate(names: &[&str], years: (i32, i32)) -> CertificateDer<'static> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.not_before = date_time_ymd(years.0, 1, 1);
        params.not_after = date_time_ymd(years.1, 1, 1);
        params
            .distinguished_name
            .push(DnType::CommonName, "login.example");
        params
            .self_signed(&KeyPair::generate().unwrap())
            .unwrap()
            .der()
            .clone()
    }

    #[test]
    fn the_times_of_a_certificate_are_its_own() {
        let validity = TlsValidity::of(&[certificate(&["login.example"], (2020, 2021))]).unwrap();
        assert_eq!(
            (validity.from, validity.until),
            (day(IN_2020), day(IN_2021))
        );
        let always = TlsValidity::of(&[certificate(&["a.example"], (1970, 9999))]).unwrap();
        assert!(always.from <= day(0) && always.until > day(IN_2021 * 100));
    }

    #[test]
    fn a_chain_counts_while_all_of_it_counts() {
        let own = certificate(&["login.example"], (2020, 2090));
        let issuer = certificate(&[], (1990, 2021));
        for chain in [[own.clone(), issuer.clone()], [issuer, own]] {
            let validity = TlsValidity::of(&chain).unwrap();
            assert_eq!(
                (validity.from, validity.until),
                (day(IN_2020), day(IN_2021))
            );
        }
    }

    #[test]
    fn names_of_hosts_are_those_that_clients_look_at() {
        let of = |certificate| TlsValidity::of(&[certificate]).unwrap().names_a_host;
        assert!(of(certificate(&["login.example"], (2020, 2021))));
        assert!(of(certificate(&["*.login.example"], (2020, 2021))));
        assert!(of(certificate(&["192.0.2.1"], (2020, 2021))));
        assert!(of(certificate(&["2001:db8::1"], (2020, 2021))));
        // a common name alone
        assert!(!of(certificate(&[], (2020, 2021))));
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        let uri = "https://login.example".try_into().unwrap();
        params.subject_alt_names.push(SanType::URI(uri));
        let only_a_uri = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        assert!(!of(only_a_uri.der().clone()));
    }

    #[test]
    fn what_is_no_certificate_has_no_validity() {
        assert_eq!(TlsValidity::of(&[]), Err(TlsError::NoCertificate));
        let junk = CertificateDer::from(vec![0x30, 0x03, 0x02, 0x01, 0x01]);
        assert_eq!(TlsValidity::of(&[junk]), Err(TlsError::Certificate));
        // two years the wrong way round
        let backwards = certificate(&["a.example"], (2021, 2020));
        assert_eq!(TlsValidity::of(&[backwards]), Err(TlsError::Certificate));
    }
}
