//! Configuration of a desktop session.

use core::time::Duration;

use ra_proto::ScanPrefix;

/// The form of the answer to the gateway's challenge (R-07).
///
/// ```
/// use ra_core::desktop::session::{Config, Dialect};
///
/// let mut config = Config::default();
/// config.dialect = Dialect::Nonce;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Dialect {
    /// `proof` = base64url of SHA-256(nonce).
    #[default]
    Digest,
    /// `nonce` = base64url of the nonce.
    Nonce,
}

impl Dialect {
    /// Returns the other dialect.
    ///
    /// ```
    /// use ra_core::desktop::session::Dialect;
    ///
    /// assert_eq!(Dialect::Digest.other(), Dialect::Nonce);
    /// ```
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Digest => Self::Nonce,
            Self::Nonce => Self::Digest,
        }
    }
}

/// Configuration of a desktop session.
///
/// ```
/// use core::time::Duration;
/// use ra_core::desktop::session::Config;
///
/// let mut config = Config::default();
/// config.scan_prefix = "https://gateway.example/ra/".parse()?;
/// config.answer_within = Duration::from_secs(5);
/// # Ok::<(), ra_proto::ScanPrefixError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// The proof dialect.
    pub dialect: Dialect,
    /// The text before the fingerprint in the QR code (R-09).
    pub scan_prefix: ScanPrefix,
    /// How long each answer of the handshake may take, `hello` included (R-19).
    pub answer_within: Duration,
}

impl Default for Config {
    /// Digest dialect, `https://discord.com/ra/`, 15 s an answer.
    fn default() -> Self {
        Self {
            dialect: Dialect::Digest,
            scan_prefix: ScanPrefix::default(),
            answer_within: Duration::from_secs(15),
        }
    }
}
