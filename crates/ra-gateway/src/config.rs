//! How a gateway is set up.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use crate::{Captcha, EntropySource, Limits, Origins, TrustedProxies};

/// How a gateway is set up. Start from [`Config::default`] and change fields.
///
/// ```
/// let mut config = ra_gateway::Config::default();
/// config.session.timeout = std::time::Duration::from_secs(300);
/// config.limits.sessions = 1_000;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// Where to listen; port 0 takes any that is free. Default: `127.0.0.1:0`.
    pub listen: SocketAddr,
    /// Certificates and a key to speak TLS with. Default: none, plain HTTP; then it belongs behind
    /// something that ends TLS.
    #[cfg(feature = "tls")]
    pub tls: Option<crate::Tls>,
    /// How each socket is treated: session timeout, heartbeats, time for the handshake, dialects.
    pub session: ra_core::gateway::Config,
    /// Where to serve `GET /metrics` to Prometheus, in plain HTTP and to everybody who gets there.
    /// Default: nowhere.
    pub metrics: Option<SocketAddr>,
    /// What clients may take (R-55).
    pub limits: Limits,
    /// Who is believed about the address of a client. Default: nobody.
    pub trusted_proxies: TrustedProxies,
    /// Which sites' pages may open sockets. Default: any.
    pub origins: Origins,
    /// How long secrets live (R-54).
    pub lifetimes: Lifetimes,
    /// Asks for a solved captcha before a ticket is exchanged. Default: none.
    pub captcha: Option<Arc<dyn Captcha>>,
    /// How long sessions and tickets may live on once the gateway is told to drain. Default: 25 s,
    /// just below the 30 s that orchestrators grant.
    pub drain_within: Duration,
    /// How long it goes on at least once it is told to drain, if somebody asked `/readyz` in the minute
    /// before: whoever sends clients here has to see that it should not before nobody listens any more.
    /// `drain_within` comes first. Default: 10 s.
    pub drain_least: Duration,
    /// Where sessions, phones and tickets meet. Default: in memory of this node.
    pub backplane: BackplaneConfig,
    /// Where randomness comes from. Default: the operating system.
    pub entropy: EntropySource,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            #[cfg(feature = "tls")]
            tls: None,
            session: ra_core::gateway::Config::default(),
            metrics: None,
            limits: Limits::default(),
            trusted_proxies: TrustedProxies::default(),
            origins: Origins::default(),
            lifetimes: Lifetimes::default(),
            captcha: None,
            drain_within: Duration::from_secs(25),
            drain_least: Duration::from_secs(10),
            backplane: BackplaneConfig::default(),
            entropy: EntropySource::default(),
        }
    }
}

/// Where sessions, phones' calls and ticket exchanges meet (R-56).
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum BackplaneConfig {
    /// In memory of this node: all calls of a login have to reach the node that has its socket.
    #[default]
    Memory,
    /// In a Redis that all nodes of a fleet share: each call may reach any of them.
    #[cfg(feature = "redis")]
    Redis(crate::Redis),
}

/// How long the gateway's short-lived secrets work (R-54, R-43).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lifetimes {
    /// From scan to verdict. Default: 120 s.
    pub handshake_token: Duration,
    /// From approval to ticket exchange. Default: 60 s.
    pub ticket: Duration,
    /// From the question for a second factor to its answer. Default: 5 min.
    pub mfa_ticket: Duration,
    /// From the right answer to the last call that carries it. Default: 5 min.
    pub mfa_token: Duration,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            handshake_token: Duration::from_secs(120),
            ticket: Duration::from_secs(60),
            mfa_ticket: Duration::from_secs(300),
            mfa_token: Duration::from_secs(300),
        }
    }
}
