//! Arguments of `ra gateway`.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, ValueEnum};
use ra_gateway::{ClientHeader, IpNetwork, Origin, Redis, RedisUrlError};

pub(crate) const LONG_ABOUT: &str = "\
Serve the gateway between desktops and phones, sessions kept in memory or, for several nodes, met through a Redis.

The first line on standard output says where it listens: {\"listening\":\"127.0.0.1:8787\"}, with --metrics also \
{\"metrics\":...}. The socket is \
at /?v=2, the REST calls below /api/v9/users/@me/remote-auth, health at /healthz and /readyz. SIGTERM and \
Ctrl-C let running logins finish for a moment and then stop.

Nodes with one Redis serve one fleet: the socket may be on one and each REST call on another. A Redis with a \
password is given by `--rendezvous redis` and the variable RA_REDIS_URL, since arguments can be read by others.

It speaks plain HTTP unless it is given --tls-cert and --tls-key. Beyond this machine give it these, or put a proxy \
with TLS in front of it, and name that proxy by --trusted-proxy, so that clients have limits of their own.

Everything can also stand in a file (--config), and limits and lifetimes only there: docs/gateway.toml has every \
key. What the command line says wins. SIGHUP reads accounts and certificates again, a file that \
cannot be used changes nothing. docs/operating.md has the rest of what a host should know.";

const AFTER_HELP: &str = "\
Example accounts.toml:
  [[account]]
  authorization = \"what the phone sends\"
  id = \"196769986071625728\"
  username = \"mary\"
  discriminator = \"0\"       # default
  avatar = \"d0900b8fe361c755549ab0beadb35075\"  # optional
  token = \"...\"             # optional, minted when absent
  mfa = \"JBSWY3DPEHPK3PXP\"  # optional TOTP secret

Then, in three terminals:
  ra gateway --accounts accounts.toml
  ra login --gateway ws://127.0.0.1:8787 --api http://127.0.0.1:8787/api/v9
  RA_TOKEN='what the phone sends' ra approve URL --api http://127.0.0.1:8787/api/v9";

/// `ra gateway`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct GatewayArgs {
    /// Take settings from this file; options that are given too win
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) config: Option<PathBuf>,
    /// Say whether the settings and the files that they name can be used, and do nothing else
    #[arg(long)]
    pub(crate) check_config: bool,
    /// Address to listen on; port 0 takes any free one [default: 127.0.0.1:8787]
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    /// Accounts that phones can approve with
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) accounts: Option<PathBuf>,
    /// Ask this server for accounts, tokens and second factors instead (docs/accounts.md)
    #[arg(long, value_name = "URL", conflicts_with = "accounts")]
    pub(crate) accounts_url: Option<String>,
    /// The secret that --accounts-url is shown, in one line
    #[arg(long, value_name = "FILE", conflicts_with = "accounts")]
    pub(crate) accounts_secret_file: Option<PathBuf>,
    /// Believe the proxies of this network when they say who their client is; may be given several times
    #[arg(long, value_name = "CIDR")]
    pub(crate) trusted_proxy: Vec<IpNetwork>,
    /// Where they say it: X-Forwarded-For or Forwarded [default: X-Forwarded-For]
    #[arg(long, value_name = "HEADER")]
    pub(crate) trusted_proxy_header: Option<ClientHeader>,
    /// Let pages of this origin alone open sockets; may be given several times [default: any or none]
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) origin: Vec<Origin>,
    /// Where sessions meet their phones: in memory, or in a Redis (alone: the one of RA_REDIS_URL) [default: memory]
    #[arg(long, value_name = "memory|redis|URL")]
    pub(crate) rendezvous: Option<Rendezvous>,
    /// Serve GET /metrics to Prometheus at this address, in plain HTTP; port 0 takes any free one
    #[arg(long, value_name = "ADDR")]
    pub(crate) metrics: Option<SocketAddr>,
    /// Speak TLS with this certificate and those of its issuers
    #[arg(long, value_name = "FILE.pem")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// The certificate's private key
    #[arg(long, value_name = "FILE.pem")]
    pub(crate) tls_key: Option<PathBuf>,
    /// After SIGTERM, how long logins that have begun may take to finish [default: 25]
    #[arg(long, value_name = "SECONDS", value_parser = drain)]
    pub(crate) drain: Option<Duration>,
    /// What to log on standard error [default: off]
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub(crate) log: Option<LogLevel>,
    /// As what [default: text]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) log_format: Option<LogFormat>,
    /// Which proof dialects desktops may use [default: any]
    #[arg(long, value_enum)]
    pub(crate) proof: Option<AcceptedProof>,
}

/// Proof dialects that the gateway accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AcceptedProof {
    /// Both dialects
    Any,
    /// SHA-256 of the nonce
    Digest,
    /// The nonce itself
    Nonce,
}

fn drain(text: &str) -> Result<Duration, &'static str> {
    let seconds = text.parse::<f64>().ok();
    let seconds = seconds.filter(|seconds| (0.0..=86_400.0).contains(seconds));
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or("expected seconds from 0 to 86400")
}

/// What is logged. No level has names, ids, addresses or secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogLevel {
    /// Nothing but a few remarks
    Off,
    /// Ends of sessions, refusals and failures by reason, draining, reloads, Redis
    Info,
    /// Sockets and calls too
    Debug,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

/// Where sessions, phones and tickets meet.
#[derive(Clone, Debug)]
pub(crate) enum Rendezvous {
    /// In this process.
    Memory,
    /// In the Redis that the variable `RA_REDIS_URL` names.
    RedisOfVariable,
    /// In this Redis.
    Redis(Redis),
}

impl FromStr for Rendezvous {
    type Err = RendezvousError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "memory" => Ok(Self::Memory),
            "redis" => Ok(Self::RedisOfVariable),
            url if url.contains("://") => {
                url.parse().map(Self::Redis).map_err(RendezvousError::Url)
            }
            _ => Err(RendezvousError::Other),
        }
    }
}

/// Why a text names no rendezvous.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RendezvousError {
    /// Not the URL of a Redis.
    Url(RedisUrlError),
    /// Something else.
    Other,
}

impl fmt::Display for RendezvousError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(why) => why.fmt(f),
            Self::Other => f.write_str("expected `memory`, `redis` or a redis:// URL"),
        }
    }
}

impl std::error::Error for RendezvousError {}
