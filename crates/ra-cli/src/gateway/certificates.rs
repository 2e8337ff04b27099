//! The certificates of the listener, and how they are read again.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use ra_gateway::{Tls, TlsError};
use zeroize::Zeroizing;

use crate::failure::{Failure, Kind};

/// A chain and a key are a few kilobytes.
const MAX_FILE_BYTES: u64 = 256 * 1024;

/// A pair of files, and what came of them.
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
        let files = (read(certificate)?, read(key)?);
        let tls =
            Tls::from_pem(&files.0, &files.1).map_err(|why| refused(certificate, key, why))?;
        Ok(Self {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            tls,
        })
    }

    /// For the gateway.
    pub(super) fn tls(&self) -> Tls {
        self.tls.clone()
    }

    /// Reads both files again. What was read before stays if they cannot be used.
    ///
    /// # Errors
    /// As [`Certificates::load`].
    pub(super) fn reload(&self) -> Result<(), Failure> {
        let (certificate, key) = (read(&self.certificate)?, read(&self.key)?);
        let replaced = self.tls.replace(&certificate, &key);
        replaced.map_err(|why| refused(&self.certificate, &self.key, why))
    }
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let unusable =
        |why: &dyn fmt::Display| Failure::new(Kind::Local, format!("{}: {why}", path.display()));
    // room for all of it at once: growing would leave copies of the key behind
    let file = File::open(path).map_err(|error| unusable(&error))?;
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
    Failure::new(Kind::Local, format!("{}: {why}", file.display()))
}
