//! The settings of `ra gateway`: one structure for the file, the command line and the defaults.
//!
//! A new setting is a field here and its line in `docs/gateway.toml`.

mod file;
mod rendezvous;
#[cfg(test)]
mod tests;
pub(crate) mod value;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use ra_core::gateway::Accept;
use ra_gateway::{ClientHeader, Config, IpNetwork, Origin, Origins, TrustedProxies};
use ra_http::BaseUrl;
use serde::Deserialize;

pub(crate) use self::rendezvous::Rendezvous;
use self::value::{Count, Seconds};
use super::fd_limit::LEAST_CONNECTIONS;
use crate::log::{self, LogArgs};
use crate::outcome::Failure;

/// Longest wait that can be set, in milliseconds.
const DAY: u64 = 86_400_000;
const MAX: u64 = u32::MAX as u64;

/// Settings of the file and of the command line. Settings that neither has are defaults.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// Address to listen on; port 0 takes a free one [default: 127.0.0.1:8787]
    #[arg(long, value_name = "ADDR")]
    #[serde(deserialize_with = "value::parsed")]
    listen: Option<SocketAddr>,
    #[command(flatten)]
    accounts: AccountsSettings,
    #[command(flatten)]
    proxies: ProxySettings,
    /// Origin whose pages may open sockets; may be given several times [default: any, or none at all]
    #[arg(long = "origin", id = "origin", value_name = "ORIGIN")]
    #[serde(deserialize_with = "value::list")]
    origins: Vec<Origin>,
    /// Where sessions meet their phones; redis alone takes the URL of RA_REDIS_URL [default: memory]
    #[arg(long, value_name = "memory|redis|URL")]
    #[serde(deserialize_with = "value::parsed")]
    pub(crate) rendezvous: Option<Rendezvous>,
    #[arg(skip)]
    redis: RedisSettings,
    /// Address of GET /metrics for Prometheus, in plain HTTP; port 0 takes a free one [default: none]
    #[arg(long, value_name = "ADDR")]
    #[serde(deserialize_with = "value::parsed")]
    metrics: Option<SocketAddr>,
    #[command(flatten)]
    pub(super) tls: TlsSettings,
    /// Time for running logins to finish after SIGTERM [default: 25]
    #[arg(long = "drain", id = "drain", value_name = "SECONDS")]
    drain_within: Option<Seconds<0, DAY>>,
    #[arg(skip)]
    drain_least: Option<Seconds<0, DAY>>,
    /// Proof dialects that desktops may use [default: any]
    #[arg(long, value_enum)]
    proof: Option<AcceptedProof>,
    #[arg(skip)]
    pub(super) log: LogArgs,
    #[arg(skip)]
    session: SessionSection,
    #[arg(skip)]
    limits: LimitsSection,
    #[arg(skip)]
    lifetimes: LifetimesSection,
    /// Whether the file holds the password of a Redis.
    #[arg(skip)]
    #[serde(skip)]
    pub(super) password_in_file: bool,
}

/// A file or a server with the accounts. With neither nobody can approve.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AccountsSettings {
    /// Accounts that phones can approve with
    #[arg(long = "accounts", id = "accounts", value_name = "FILE.toml")]
    #[serde(deserialize_with = "value::path")]
    pub(super) file: Option<PathBuf>,
    /// Server that is asked for accounts, tokens and second factors instead (docs/accounts.md)
    #[arg(
        long = "accounts-url",
        id = "accounts_url",
        value_name = "URL",
        conflicts_with = "accounts"
    )]
    #[serde(deserialize_with = "value::parsed")]
    pub(super) url: Option<BaseUrl>,
    /// File with the secret for that server, in one line
    #[arg(
        long = "accounts-secret-file",
        id = "accounts_secret_file",
        value_name = "FILE",
        conflicts_with = "accounts"
    )]
    #[serde(deserialize_with = "value::path")]
    pub(super) secret_file: Option<PathBuf>,
    #[arg(skip)]
    pub(super) timeout: Option<Seconds<100, 60_000>>,
    #[arg(skip)]
    pub(super) at_a_time: Option<Count<u16, 1, 10_000>>,
}

impl AccountsSettings {
    /// Longest time for one attempt.
    pub(super) fn timeout(&self) -> Duration {
        self.timeout.map_or(Duration::from_secs(2), |given| given.0)
    }

    /// Most questions at a time.
    pub(super) fn at_a_time(&self) -> u16 {
        self.at_a_time.map_or(64, |given| given.0)
    }

    /// A source on the command line replaces the one of the file, whatever kind it is.
    fn or_file(&self, file: &Self) -> Result<Self, Failure> {
        let kept = match (&self.file, &self.url) {
            (None, None) => file.clone(),
            (path, url) => Self {
                file: path.clone(),
                url: url.clone(),
                secret_file: None,
                ..file.clone()
            },
        };
        if self.secret_file.is_some() && kept.url.is_none() {
            let why = "there is no --accounts-url that it could be for";
            return Err(Failure::usage("--accounts-secret-file", why));
        }
        Ok(Self {
            secret_file: self.secret_file.clone().or(kept.secret_file),
            ..kept
        })
    }
}

/// Proxies that may name their client.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ProxySettings {
    /// Network of proxies that may name their client; may be given several times
    #[arg(long = "trusted-proxy", id = "trusted_proxy", value_name = "CIDR")]
    #[serde(deserialize_with = "value::list")]
    trusted: Vec<IpNetwork>,
    /// Header that names the client, X-Forwarded-For or Forwarded [default: X-Forwarded-For]
    #[arg(
        long = "trusted-proxy-header",
        id = "trusted_proxy_header",
        value_name = "HEADER"
    )]
    #[serde(deserialize_with = "value::parsed")]
    header: Option<ClientHeader>,
}

/// Both files, or neither.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TlsSettings {
    /// Certificate for TLS, and those of its issuers
    #[arg(long = "tls-cert", id = "tls_cert", value_name = "FILE.pem")]
    #[serde(deserialize_with = "value::path")]
    pub(super) certificate: Option<PathBuf>,
    /// Private key of the certificate
    #[arg(long = "tls-key", id = "tls_key", value_name = "FILE.pem")]
    #[serde(deserialize_with = "value::path")]
    pub(super) key: Option<PathBuf>,
}

impl TlsSettings {
    /// A pair on the command line replaces the one of the file.
    fn or_file(&self, file: &Self) -> Result<Self, Failure> {
        match (&self.certificate, &self.key) {
            (None, None) => Ok(file.clone()),
            (Some(_), None) => Err(Failure::usage("--tls-cert", "there is no --tls-key")),
            (None, Some(_)) => Err(Failure::usage("--tls-key", "there is no --tls-cert")),
            (Some(_), Some(_)) => Ok(self.clone()),
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RedisSettings {
    within: Option<Seconds<100, 60_000>>,
}

/// Makes a section whose keys are fields of a part of [`Config`].
macro_rules! section {
    ($name:ident for $part:ty { $($field:ident: $value:ty,)* }) => {
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        struct $name { $($field: Option<$value>,)* }

        impl $name {
            fn apply(&self, part: &mut $part) {
                $(if let Some(given) = &self.$field {
                    part.$field = given.0.into();
                })*
            }
        }
    };
}

section!(SessionSection for ra_core::gateway::Config {
    timeout: Seconds<1_000, 900_000>,
    heartbeat_interval: Seconds<1_000, 300_000>,
    heartbeat_grace: Seconds<0, 300_000>,
    handshake_within: Seconds<1_000, 900_000>,
});

section!(LimitsSection for ra_gateway::Limits {
    connections: Count<u32, { LEAST_CONNECTIONS as u64 }, MAX>,
    connections_per_address: Count<u32, 1, MAX>,
    sessions: Count<u32, 1, MAX>,
    memory: Count<u64, 1, { u64::MAX }>,
    sessions_per_address: Count<u32, 1, MAX>,
    calls_per_address: Count<u32, 1, MAX>,
    calls_per_account: Count<u32, 1, MAX>,
    scans_per_account: Count<u32, 1, MAX>,
    mfa_tries_per_ticket: Count<u32, 1, 100>,
    mfa_tries_per_account: Count<u32, 1, 1_000>,
    message_bytes: Count<usize, 1_024, 65_536>,
    head_bytes: Count<usize, 8_192, 1_048_576>,
    body_bytes: Count<usize, 1_024, 1_048_576>,
    head_within: Seconds<100, DAY>,
    body_within: Seconds<100, DAY>,
    http_within: Seconds<100, DAY>,
    write_within: Seconds<100, DAY>,
    linger: Seconds<0, 60_000>,
    accounts_within: Seconds<100, 60_000>,
});

section!(LifetimesSection for ra_gateway::Lifetimes {
    handshake_token: Seconds<1_000, DAY>,
    ticket: Seconds<1_000, DAY>,
    mfa_ticket: Seconds<1_000, DAY>,
    mfa_token: Seconds<1_000, DAY>,
});

impl Settings {
    /// Reads the file, if there is one, and lets the command line win.
    ///
    /// # Errors
    /// [`Kind::Local`](crate::outcome::Kind::Local) for the file, with line and key;
    /// [`Kind::Usage`](crate::outcome::Kind::Usage) for the command line.
    pub(crate) fn read(&self, file: Option<&Path>) -> Result<Self, Failure> {
        let mut file = file.map(file::read).transpose()?.unwrap_or_default();
        file.password_in_file = file
            .rendezvous
            .as_ref()
            .is_some_and(Rendezvous::has_password);
        self.or_file(file)
    }

    fn or_file(&self, file: Self) -> Result<Self, Failure> {
        if self
            .rendezvous
            .as_ref()
            .is_some_and(Rendezvous::has_password)
        {
            log::print_note("arguments can be read by others: keep the password in RA_REDIS_URL");
        }
        let proxies = ProxySettings {
            trusted: given_or(&self.proxies.trusted, file.proxies.trusted),
            header: self.proxies.header.or(file.proxies.header),
        };
        Ok(Self {
            listen: self.listen.or(file.listen),
            accounts: self.accounts.or_file(&file.accounts)?,
            proxies,
            origins: given_or(&self.origins, file.origins),
            rendezvous: self.rendezvous.clone().or(file.rendezvous),
            metrics: self.metrics.or(file.metrics),
            tls: self.tls.or_file(&file.tls)?,
            drain_within: self.drain_within.or(file.drain_within),
            proof: self.proof.or(file.proof),
            ..file
        })
    }

    /// Keys of a file that exclude each other, or that mean nothing without another.
    fn contradiction(&self) -> Option<(&'static str, &'static str)> {
        let (accounts, tls) = (&self.accounts, &self.tls);
        let (certificate, key) = (tls.certificate.is_some(), tls.key.is_some());
        let has_url = accounts.url.is_some();
        if has_url && accounts.file.is_some() {
            Some(("accounts.url", "cannot be used with accounts.file"))
        } else if accounts.secret_file.is_some() && !has_url {
            let why = "there is no accounts.url that it could be for";
            Some(("accounts.secret_file", why))
        } else if key && !certificate {
            Some(("tls.key", "there is no tls.certificate that goes with it"))
        } else if certificate && !key {
            Some(("tls.certificate", "there is no tls.key that goes with it"))
        } else if self.proxies.header.is_some() && self.proxies.trusted.is_empty() {
            let why = "there is no proxies.trusted that could send it";
            Some(("proxies.header", why))
        } else {
            None
        }
    }

    /// Lets relative paths start at the directory of the file.
    fn start_paths_at(&mut self, directory: &Path) {
        let (accounts, tls) = (&mut self.accounts, &mut self.tls);
        let paths = [
            &mut accounts.file,
            &mut accounts.secret_file,
            &mut tls.certificate,
            &mut tls.key,
        ];
        for path in paths.into_iter().flatten() {
            *path = directory.join(&*path);
        }
    }

    /// The source of the accounts.
    pub(super) const fn accounts(&self) -> &AccountsSettings {
        &self.accounts
    }

    /// Makes the configuration of the gateway, without TLS.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::outcome::Kind::Usage) for settings that contradict each other.
    pub(crate) fn config(&self) -> Result<Config, Failure> {
        let mut config = Config::default();
        let default = SocketAddr::from(([127, 0, 0, 1], 8787));
        config.listen = self.listen.unwrap_or(default);
        config.metrics = self.metrics;
        if config.metrics == Some(config.listen) && config.listen.port() != 0 {
            let why = "is the same address as --listen";
            return Err(Failure::usage("--metrics", why));
        }
        self.session.apply(&mut config.session);
        self.limits.apply(&mut config.limits);
        self.lifetimes.apply(&mut config.lifetimes);
        if let Some(proof) = self.proof {
            config.session.accept = proof.into();
        }
        if !self.origins.is_empty() {
            config.origins = Origins::Only(self.origins.clone());
        }
        if let Some(Seconds(drain)) = self.drain_within {
            config.drain_within = drain;
        }
        if let Some(Seconds(drain)) = self.drain_least {
            config.drain_least = drain;
        }
        let ProxySettings { trusted, header } = &self.proxies;
        if trusted.is_empty() && header.is_some() {
            let why = "there is no --trusted-proxy that could send it";
            return Err(Failure::usage("--trusted-proxy-header", why));
        }
        config.trusted_proxies = TrustedProxies::new(trusted.clone(), header.unwrap_or_default());
        if let Some(rendezvous) = &self.rendezvous {
            config.backplane = rendezvous.backplane(self.redis.within.map(|given| given.0))?;
        }
        Ok(config)
    }
}

/// Proof dialects that the gateway accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AcceptedProof {
    /// Both dialects
    Any,
    /// SHA-256 of the nonce
    Digest,
    /// The nonce itself
    Nonce,
}

impl From<AcceptedProof> for Accept {
    fn from(proof: AcceptedProof) -> Self {
        match proof {
            AcceptedProof::Any => Self::Any,
            AcceptedProof::Digest => Self::Digest,
            AcceptedProof::Nonce => Self::Nonce,
        }
    }
}

fn given_or<T: Clone>(given: &[T], file: Vec<T>) -> Vec<T> {
    match given {
        [] => file,
        given => given.to_vec(),
    }
}
