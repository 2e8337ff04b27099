//! The options of a login.

use ra_core::desktop::login::Config;

use crate::{Keys, Network};

/// The options of a [`Login`](crate::Login).
///
/// ```
/// use ra_core::desktop::login::Renewal;
/// use ra_crypto::RustCrypto;
/// use ra_tokio::{Keys, LoginOptions};
///
/// let mut options = LoginOptions::new(Keys::new(RustCrypto));
/// options.config.gateway = "ws://127.0.0.1:4000/".parse()?;
/// options.config.api = "http://127.0.0.1:4000/api/v9".parse()?;
/// options.config.renewal = Renewal::Limit(3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LoginOptions {
    /// Addresses, headers and limits.
    pub config: Config,
    /// Source of the keys.
    pub keys: Keys,
    /// Settings for connections.
    pub network: Network,
}

impl LoginOptions {
    /// A login at the live service with keys from `keys`, over the platform's TLS and without a proxy.
    #[must_use]
    pub fn new(keys: Keys) -> Self {
        Self {
            config: Config::default(),
            keys,
            network: Network::default(),
        }
    }
}
