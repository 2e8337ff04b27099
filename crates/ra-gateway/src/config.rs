//! Configuration of a gateway.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use crate::{Captcha, EntropySource, Limits, Origins, TrustedProxies};

/// Configuration of a gateway. Start from [`Config::default`] and change fields.
///
/// ```
/// let mut config = ra_gateway::Config::default();
/// config.session.timeout = std::time::Duration::from_secs(300);
/// config.limits.sessions = 1_000;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// Address to listen at; port 0 takes any free port. Default: `127.0.0.1:0`.
    pub listen: SocketAddr,
    /// Certificates and key for TLS. Default: none, plain HTTP; then something in front of the
    /// gateway has to end TLS.
    #[cfg(feature = "tls")]
    pub tls: Option<crate::Tls>,
    /// Rules of each session: timeout, heartbeats, time for the handshake, dialects.
    pub session: ra_core::gateway::Config,
    /// Address of `GET /metrics` for Prometheus, in plain HTTP and without authorization.
    /// Default: none.
    pub metrics: Option<SocketAddr>,
    /// Limits for clients (R-55).
    pub limits: Limits,
    /// Proxies that may name a client's address. Default: none.
    pub trusted_proxies: TrustedProxies,
    /// Origins whose pages may open sockets. Default: any.
    pub origins: Origins,
    /// Lifetimes of secrets (R-54).
    pub lifetimes: Lifetimes,
    /// Asks for a solved captcha before a ticket is exchanged. Default: none.
    pub captcha: Option<Arc<dyn Captcha>>,
    /// Time that sessions and tickets have left once the gateway drains. Default: 25 s, just below
    /// the 30 s that orchestrators grant.
    pub drain_within: Duration,
    /// Shortest time that a drain takes if `/readyz` was asked in the minute before: a load balancer
    /// has to see the drain before the gateway stops listening. `drain_within` comes first.
    /// Default: 10 s.
    pub drain_least: Duration,
    /// Backplane, which connects sessions, calls and tickets. Default: in memory of this node.
    pub backplane: BackplaneConfig,
    /// Source of randomness. Default: the operating system.
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

/// Backplane, which connects sessions, phones' calls and ticket exchanges (R-56).
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

/// Lifetimes of the gateway's short-lived secrets (R-54, R-43).
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
