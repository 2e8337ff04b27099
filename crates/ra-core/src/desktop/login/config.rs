//! Configuration of a login, with the defaults of the live service.

use alloc::string::String;
use core::time::Duration;

use ra_http::BaseUrl;
use ra_proto::ScanPrefix;

use super::{GatewayUrl, GatewayUrlError};
use crate::desktop::session::Dialect;

/// Which proof dialect to speak (R-07).
///
/// ```
/// use ra_core::desktop::login::{Config, ProofPolicy};
/// use ra_core::desktop::session::Dialect;
///
/// let mut config = Config::default();
/// assert_eq!(config.proof, ProofPolicy::Auto);
/// config.proof = ProofPolicy::Only(Dialect::Nonce);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ProofPolicy {
    /// Digest first; the other one on a fresh connection if the gateway refuses it.
    #[default]
    Auto,
    /// This one and no other.
    Only(Dialect),
}

/// How often a login may start anew with another key and another QR (R-21).
///
/// ```
/// use ra_core::desktop::login::{Config, Renewal};
///
/// let mut config = Config::default();
/// config.renewal = Renewal::Limit(0); // one QR code, and no more
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Renewal {
    /// Until the caller cancels.
    #[default]
    Forever,
    /// So many times: `Limit(0)` means one QR.
    Limit(u32),
}

impl Renewal {
    pub(super) fn allows(self, used: u32) -> bool {
        match self {
            Self::Forever => true,
            Self::Limit(limit) => used < limit,
        }
    }
}

/// How to log in.
///
/// ```
/// use ra_core::desktop::login::{Config, Renewal};
///
/// let mut config = Config::default();
/// config.gateway = "wss://gateway.example/".parse()?;
/// config.api = "https://gateway.example/api/v9".parse()?;
/// config.renewal = Renewal::Limit(3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// Where the gateway's socket is (R-01).
    pub gateway: GatewayUrl,
    /// Where the REST calls go (R-01).
    pub api: BaseUrl,
    /// The `Origin` header of the socket (R-02).
    pub origin: String,
    /// The `User-Agent` header of the socket (R-02): say who you are.
    pub user_agent: String,
    /// Which proof dialect to speak.
    pub proof: ProofPolicy,
    /// The text before the fingerprint in the QR code (R-09).
    pub scan_prefix: ScanPrefix,
    /// How often to start anew.
    pub renewal: Renewal,
    /// How many tries in a row may fail before any QR is shown.
    pub failures_before_qr: u32,
    /// How long opening the socket may take, TLS and upgrade included.
    pub connect_within: Duration,
    /// How long making a key may take.
    pub key_within: Duration,
    /// How long each answer of the handshake may take.
    pub answer_within: Duration,
    /// How long one try of the ticket exchange may take.
    pub call_within: Duration,
    /// How long the ticket exchange may take, all tries and waits together. A ticket does not live
    /// much longer (R-54).
    pub exchange_within: Duration,
    /// How long the person may take for a captcha.
    pub captcha_within: Duration,
}

impl Config {
    /// The live service's addresses and the defaults of the requirements.
    ///
    /// # Errors
    ///
    /// None in practice: the addresses are constants.
    fn live() -> Result<Self, GatewayUrlError> {
        Ok(Self {
            gateway: "wss://remote-auth-gateway.discord.gg/?v=2".parse()?,
            api: "https://discord.com/api/v9"
                .parse()
                .map_err(GatewayUrlError::from)?,
            origin: String::from("https://discord.com"),
            user_agent: concat!("remote-auth/", env!("CARGO_PKG_VERSION")).into(),
            proof: ProofPolicy::default(),
            scan_prefix: ScanPrefix::default(),
            renewal: Renewal::default(),
            failures_before_qr: 3,
            connect_within: Duration::from_secs(15),
            key_within: Duration::from_secs(60),
            answer_within: Duration::from_secs(15),
            call_within: Duration::from_secs(15),
            exchange_within: Duration::from_secs(60),
            captcha_within: Duration::from_secs(300),
        })
    }
}

impl Default for Config {
    #[allow(clippy::expect_used)] // two constant addresses, read by the test below
    fn default() -> Self {
        Self::live().expect("constant addresses")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn r01_r02_defaults_are_those_of_the_live_service() {
        let config = Config::default();
        assert_eq!(
            config.gateway.to_string(),
            "wss://remote-auth-gateway.discord.gg/?v=2"
        );
        assert_eq!(config.api.to_string(), "https://discord.com/api/v9");
        assert_eq!(config.origin, "https://discord.com");
        assert!(config.user_agent.starts_with("remote-auth/"));
        assert_eq!(
            (config.proof, config.renewal),
            (ProofPolicy::Auto, Renewal::Forever)
        );
    }
}
