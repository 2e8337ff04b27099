//! Configuration of a gateway session.

use core::time::Duration;

/// Which proof dialects a gateway takes (R-50).
///
/// ```
/// use ra_core::gateway::{Accept, Config};
///
/// let mut config = Config::default();
/// config.accept = Accept::Digest; // desktops that speak the nonce dialect are turned away
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Accept {
    /// Both dialects.
    #[default]
    Any,
    /// Only `proof`, the digest of the nonce.
    Digest,
    /// Only `nonce`, the nonce itself.
    Nonce,
}

/// Configuration of gateway sessions.
///
/// ```
/// use core::time::Duration;
/// use ra_core::gateway::Config;
///
/// let mut config = Config::default();
/// config.timeout = Duration::from_secs(300);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// How long a session lives, and its QR with it. Sent as `timeout_ms`.
    pub timeout: Duration,
    /// How often the desktop is to send a heartbeat. Sent as `heartbeat_interval`.
    pub heartbeat_interval: Duration,
    /// How much later than the interval a heartbeat may come.
    pub heartbeat_grace: Duration,
    /// How long a desktop may take from `hello` to a valid proof.
    pub handshake_within: Duration,
    /// Which proofs are taken.
    pub accept: Accept,
}

impl Default for Config {
    /// 120 s a session, a heartbeat every 41.25 s with 10 s of grace, 15 s for the handshake,
    /// both dialects.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(120),
            heartbeat_interval: Duration::from_millis(41_250),
            heartbeat_grace: Duration::from_secs(10),
            handshake_within: Duration::from_secs(15),
            accept: Accept::Any,
        }
    }
}
