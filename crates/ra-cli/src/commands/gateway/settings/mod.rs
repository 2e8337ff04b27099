//! The settings of `ra gateway`: one structure for the file, the command line and the defaults.
//!
//! A new setting is a field here, or in its section, and a line in `docs/gateway.toml`.

mod file;
mod rendezvous;
mod sections;
#[cfg(test)]
mod tests;
pub(crate) mod value;

use std::net::SocketAddr;
use std::path::Path;

use clap::{Args, ValueEnum};
use ra_core::gateway::Accept;
use ra_gateway::{Config, Origin, Origins, TrustedProxies};
use serde::Deserialize;

pub(crate) use self::rendezvous::Rendezvous;
pub(crate) use self::sections::AccountsSettings;
use self::sections::{
    LifetimesSection, LimitsSection, ProxySettings, RedisSettings, SessionSection, TlsSettings,
};
use self::value::{DAY, Seconds};
use crate::log::{self, LogArgs};
use crate::outcome::Failure;

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
    /// Origin whose pages may open sockets; may be given several times [default: all, also clients without one]
    #[arg(long = "origin", id = "origin", value_name = "ORIGIN")]
    #[serde(deserialize_with = "value::list")]
    origins: Vec<Origin>,
    /// Backplane that joins the nodes of a fleet; redis alone takes the URL of RA_REDIS_URL [default: memory]
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
    /// Set if the file holds the password of a Redis.
    #[arg(skip)]
    #[serde(skip)]
    pub(super) password_in_file: bool,
}

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
