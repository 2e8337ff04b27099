//! Loads the listener's certificates, reloads them, and warns before they expire.

use std::fmt;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use ra_gateway::{Tls, TlsError, TlsValidity};
use zeroize::Zeroizing;

use super::{regular_file, warnings};
use crate::outcome::{Failure, Kind};

/// Longest file. A chain and a key have a few kilobytes.
const MAX_FILE_BYTES: u64 = 256 * 1024;
const DAY: Duration = Duration::from_secs(86_400);
/// Time before its expiry at which a certificate is reported. Automatic renewal has happened by then.
const SOON: Duration = Duration::from_secs(14 * 86_400);

/// The two files, and the TLS configuration read from them.
pub(super) struct Certificates {
    certificate: PathBuf,
    key: PathBuf,
    tls: Tls,
}

impl Certificates {
    /// Reads both files.
    ///
    /// # Errors
    /// [`Kind::Local`] when they cannot be used.
    pub(super) fn load(certificate: &Path, key: &Path) -> Result<Self, Failure> {
        let files = (read(certificate, None)?, read(key, Some("tls.key"))?);
        let tls =
            Tls::from_pem(&files.0, &files.1).map_err(|why| refused(certificate, key, why))?;
        Ok(Self {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            tls,
        })
    }

    /// Returns the TLS configuration for the gateway. A reload changes it in place.
    pub(super) fn tls(&self) -> Tls {
        self.tls.clone()
    }

    /// Reads both files again. Keeps the old certificate if the new one is unusable or clients would refuse it.
    ///
    /// # Errors
    /// The errors of [`Certificates::load`].
    pub(super) fn reload(&self, now: SystemTime) -> Result<(), Failure> {
        let certificate = read(&self.certificate, None)?;
        let key = read(&self.key, Some("tls.key"))?;
        let unusable = |why| refused(&self.certificate, &self.key, why);
        let new = Tls::from_pem(&certificate, &key).map_err(unusable)?;
        self.fit(new.validity(), now)?;
        self.tls.replace(&certificate, &key).map_err(unusable)
    }

    /// Checks that clients accept the certificate at this time.
    ///
    /// # Errors
    /// [`Kind::Local`] if they refuse it.
    pub(super) fn check(&self, now: SystemTime) -> Result<(), Failure> {
        self.fit(self.tls.validity(), now)
    }

    fn fit(&self, validity: TlsValidity, now: SystemTime) -> Result<(), Failure> {
        match Trouble::of(validity, now) {
            Some(trouble) if trouble.is_refused() => {
                let file = self.certificate.display();
                Err(Failure::new(Kind::Local, format!("{file}: {trouble}")))
            }
            _ => Ok(()),
        }
    }

    /// Returns a warning if clients refuse the certificate or soon will.
    pub(super) fn remark(&self, now: SystemTime) -> Option<String> {
        let trouble = Trouble::of(self.tls.validity(), now)?;
        Some(format!("{}: {trouble}", self.certificate.display()))
    }
}

/// Reason for which clients refuse a certificate, or soon will.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    Expired(SystemTime),
    NotYet(SystemTime),
    NoHost,
    Soon(SystemTime, Duration),
}

impl Trouble {
    /// Returns the most serious trouble.
    fn of(validity: TlsValidity, now: SystemTime) -> Option<Self> {
        let TlsValidity { from, until, .. } = validity;
        let Ok(left) = until.duration_since(now) else {
            return Some(Self::Expired(until));
        };
        match left {
            _ if from > now => Some(Self::NotYet(from)),
            _ if !validity.names_a_host => Some(Self::NoHost),
            left if left < SOON => Some(Self::Soon(until, left)),
            _ => None,
        }
    }

    fn is_refused(self) -> bool {
        !matches!(self, Self::Soon(..))
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const WHOSE: &str = "the certificate, or that of an issuer in the file,";
        match self {
            Self::Expired(until) => {
                write!(
                    f,
                    "{WHOSE} expired on {}: clients refuse it",
                    date_of(*until)
                )
            }
            Self::NotYet(from) => {
                write!(
                    f,
                    "{WHOSE} does not count before {}: clients refuse it",
                    date_of(*from)
                )
            }
            Self::NoHost => f.write_str(
                "the certificate names no host in its subject alternative names: clients refuse it",
            ),
            Self::Soon(until, left) => {
                let days = left.as_secs() / DAY.as_secs();
                write!(f, "{WHOSE} expires on {}, in {days} days", date_of(*until))
            }
        }
    }
}

/// Returns the date in UTC, such as 2026-11-20.
fn date_of(time: SystemTime) -> String {
    let time = Timestamp::try_from(time).unwrap_or(Timestamp::MAX);
    time.strftime("%Y-%m-%d").to_string()
}

/// Reads a file. `secret` is the key of the setting, if the file has one in it.
fn read(path: &Path, secret: Option<&str>) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let unusable = |why: &dyn fmt::Display| {
        let name = match secret {
            Some(key) => warnings::name(path, key),
            None => path.display().to_string(),
        };
        Failure::new(Kind::Local, format!("{name}: {why}"))
    };
    // room for all of it at once: growing would leave copies of the key behind
    let file = regular_file::open(path).map_err(|error| unusable(&error))?;
    let length = file.metadata().map_or(0, |known| known.len());
    let room = length.min(MAX_FILE_BYTES) as usize + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    let read = file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes);
    let read = read.map_err(|error| unusable(&error))?;
    if read as u64 > MAX_FILE_BYTES {
        return Err(unusable(&"is too large"));
    }
    Ok(bytes)
}

fn refused(certificate: &Path, key: &Path, why: TlsError) -> Failure {
    let file = match why {
        TlsError::NoCertificate | TlsError::Certificate => certificate,
        _ => key,
    };
    let hint = match why {
        TlsError::Certificate => {
            ": clients take X.509 version 3 alone, with subject alternative names"
        }
        _ => "",
    };
    Failure::new(Kind::Local, format!("{}: {why}{hint}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    /// 2030-01-01 and 2031-01-01.
    const FROM: u64 = 21_915;
    const UNTIL: u64 = 22_280;

    fn day(number: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(number * DAY.as_secs())
    }

    fn pem(label: &str, der: &[u8]) -> String {
        let text = ra_proto::base64::encode_standard(der);
        format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
    }

    /// Files of a certificate for the year 2030.
    fn files(directory: &Path, names: &[&str]) -> (PathBuf, PathBuf) {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.not_before = date_time_ymd(2030, 1, 1);
        params.not_after = date_time_ymd(2031, 1, 1);
        let own = KeyPair::generate().unwrap();
        let (certificate, key) = (directory.join("cert.pem"), directory.join("key.pem"));
        let signed = params.self_signed(&own).unwrap();
        std::fs::write(&certificate, pem("CERTIFICATE", signed.der())).unwrap();
        std::fs::write(&key, pem("PRIVATE KEY", &own.serialize_der())).unwrap();
        (certificate, key)
    }

    #[test]
    fn certificates_that_clients_refuse_or_soon_will_are_told_by_their_day() {
        let directory = tempfile::tempdir().unwrap();
        let (certificate, key) = files(directory.path(), &["login.example"]);
        let shown = Certificates::load(&certificate, &key).unwrap();
        let says = |now| {
            (
                shown.remark(now).unwrap_or_default(),
                shown.check(now).is_ok(),
            )
        };
        assert_eq!(says(day(FROM + 1)), (String::new(), true));
        assert_eq!(says(day(UNTIL - 15)), (String::new(), true));
        let (soon, is_good) = says(day(UNTIL - 13));
        assert!(
            soon.ends_with("expires on 2031-01-01, in 13 days") && is_good,
            "{soon}"
        );
        let (late, is_good) = says(day(UNTIL + 1));
        assert!(late.contains("expired on 2031-01-01") && !is_good, "{late}");
        let (early, is_good) = says(day(FROM - 1));
        assert!(early.contains("before 2030-01-01") && !is_good, "{early}");

        let (certificate, key) = files(directory.path(), &[]);
        let nameless = Certificates::load(&certificate, &key).unwrap();
        let why = nameless.check(day(FROM + 1)).unwrap_err().to_string();
        assert!(why.contains("names no host"), "{why}");
    }

    #[test]
    fn a_certificate_of_version_1_is_told_what_it_lacks() {
        // of `openssl x509 -req` without extensions, for the name `a`
        const VERSION_1: &str = "\
        MIIBFDCBuwIUeDcG8jYTDZo++Z5XwxIZd9N+TvcwCgYIKoZIzj0EAwIwDDEKMAgGA1UEAwwBYTAgFw0yNjExMjAy\
        MDA2NDZaGA8yMTI2MTAyNzIwMDY0NlowDDEKMAgGA1UEAwwBYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMAG\
        Ka0jYyg/BFteRtQ+3v9dR0UhN4OeVb9dfkD9GDpEOgg/8To/Ldtjv4V/pGkPvYtAqoXFlGLKdKv6MeNCoUMwCgYI\
        KoZIzj0EAwIDSAAwRQIhAI3L0cb+0KEHo6bp7GJXoqqZ9djTHWS8t3STxFEb8CzCAiBW+DzKSmRdtyFGPEgo4x/B\
        +M9P2tP04ddBxmmDT9N+2Q==\
        ";
        let directory = tempfile::tempdir().unwrap();
        let (certificate, key) = files(directory.path(), &["login.example"]);
        let der = ra_proto::base64::decode(VERSION_1).unwrap();
        std::fs::write(&certificate, pem("CERTIFICATE", &der)).unwrap();
        let why = Certificates::load(&certificate, &key).err().unwrap();
        let why = why.to_string();
        assert!(
            why.contains("version 3 alone") && why.contains("cert.pem"),
            "{why}"
        );
    }

    #[test]
    fn a_reload_takes_nothing_that_clients_refuse() {
        let directory = tempfile::tempdir().unwrap();
        let (certificate, key) = files(directory.path(), &["login.example"]);
        let shown = Certificates::load(&certificate, &key).unwrap();
        files(directory.path(), &[]);
        shown.reload(day(FROM + 1)).unwrap_err();
        files(directory.path(), &["other.example"]);
        shown.reload(day(UNTIL + 1)).unwrap_err();
        shown.reload(day(FROM - 1)).unwrap_err();
        assert!(
            shown.tls().validity().names_a_host,
            "the first is shown still"
        );
        shown.reload(day(UNTIL - 1)).unwrap();
    }

    #[test]
    fn a_key_that_was_given_instead_of_its_file_is_not_repeated() {
        let directory = tempfile::tempdir().unwrap();
        let (certificate, _) = files(directory.path(), &["login.example"]);
        let key = Path::new("-----BEGIN PRIVATE KEY-----canary");
        let why = Certificates::load(&certificate, key)
            .err()
            .unwrap()
            .to_string();
        assert!(
            why.starts_with("tls.key: ") && !why.contains("canary"),
            "{why}"
        );
    }
}
