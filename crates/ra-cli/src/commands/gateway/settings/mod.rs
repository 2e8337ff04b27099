//! What a gateway is started with: defaults, then the file, then the command line.

mod keys;
mod read;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ra_core::gateway::Accept;
use ra_gateway::{
    BackplaneConfig as Rendezvous, ClientHeader, Config, IpNetwork, Origins, RedisUrlError,
    TrustedProxies,
};
use ra_http::BaseUrl;

use super::args::{self, AcceptedProof, GatewayArgs, LogFormat, LogLevel};
use super::warn;
use crate::outcome::Failure;

/// The Redis of a fleet, password included.
const REDIS_VARIABLE: &str = "RA_REDIS_URL";

/// What a gateway is started with.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) config: Config,
    pub(super) accounts: AccountsSettings,
    pub(super) tls: TlsSettings,
    pub(super) log: LogSettings,
    /// The configuration file, if it has a password in it.
    pub(super) password_in: Option<PathBuf>,
    proxies: Vec<IpNetwork>,
    proxies_header: Option<ClientHeader>,
    rendezvous: args::Rendezvous,
    redis_within: Option<Duration>,
}

/// What TLS is spoken with: both files, or neither.
#[derive(Clone, Debug, Default)]
pub(super) struct TlsSettings {
    pub(super) certificate: Option<PathBuf>,
    pub(super) key: Option<PathBuf>,
}

/// What is logged, and as what.
#[derive(Clone, Debug)]
pub(super) struct LogSettings {
    pub(super) level: LogLevel,
    pub(super) format: LogFormat,
}

/// Where accounts come from; a file, a server, or nowhere.
#[derive(Clone, Debug)]
pub(super) struct AccountsSettings {
    pub(super) file: Option<PathBuf>,
    pub(super) url: Option<BaseUrl>,
    pub(super) secret_file: Option<PathBuf>,
    pub(super) timeout: Duration,
    pub(super) at_a_time: u16,
}

impl Default for Settings {
    fn default() -> Self {
        let mut config = Config::default();
        config.listen = SocketAddr::from(([127, 0, 0, 1], 8787));
        Self {
            config,
            accounts: AccountsSettings {
                file: None,
                url: None,
                secret_file: None,
                timeout: Duration::from_secs(2),
                at_a_time: 64,
            },
            tls: TlsSettings::default(),
            log: LogSettings {
                level: LogLevel::Off,
                format: LogFormat::Text,
            },
            password_in: None,
            proxies: Vec::new(),
            proxies_header: None,
            rendezvous: args::Rendezvous::Memory,
            redis_within: None,
        }
    }
}

impl Settings {
    /// Defaults, then what the file says, then what the command line says.
    ///
    /// # Errors
    /// [`Kind::Local`](crate::outcome::Kind::Local) for the file, with line and key;
    /// [`Kind::Usage`](crate::outcome::Kind::Usage) for the command line.
    pub(super) fn of(args: &GatewayArgs) -> Result<Self, Failure> {
        let mut settings = Self::default();
        if let Some(path) = &args.config {
            read::file(path, &mut settings)?;
            if let args::Rendezvous::Redis(redis) = &settings.rendezvous
                && redis.has_password()
            {
                settings.password_in = Some(path.clone());
            }
        }
        settings.take(args)?;
        settings.finish()?;
        Ok(settings)
    }

    fn take(&mut self, args: &GatewayArgs) -> Result<(), Failure> {
        if let Some(listen) = args.listen {
            self.config.listen = listen;
        }
        if args.metrics.is_some() {
            self.config.metrics = args.metrics;
        }
        if let Some(proof) = args.proof {
            self.config.session.accept = accept(proof);
        }
        if !args.origin.is_empty() {
            self.config.origins = Origins::Only(args.origin.clone());
        }
        if !args.trusted_proxy.is_empty() {
            self.proxies.clone_from(&args.trusted_proxy);
        }
        if args.trusted_proxy_header.is_some() {
            self.proxies_header = args.trusted_proxy_header;
        }
        if let Some(drain) = args.drain {
            self.config.drain_within = drain;
        }
        self.log.level = args.log.unwrap_or(self.log.level);
        self.log.format = args.log_format.unwrap_or(self.log.format);
        self.take_tls(args)?;
        if let Some(rendezvous) = &args.rendezvous {
            if let args::Rendezvous::Redis(redis) = rendezvous
                && redis.has_password()
            {
                warn("arguments can be read by others: keep the password in RA_REDIS_URL");
            }
            self.rendezvous = rendezvous.clone();
        }
        self.take_accounts(args)
    }

    /// A pair on the command line replaces the file's.
    fn take_tls(&mut self, args: &GatewayArgs) -> Result<(), Failure> {
        match (&args.tls_cert, &args.tls_key) {
            (None, None) => return Ok(()),
            (Some(_), None) => return Err(Failure::usage("--tls-cert", "there is no --tls-key")),
            (None, Some(_)) => return Err(Failure::usage("--tls-key", "there is no --tls-cert")),
            (Some(_), Some(_)) => {}
        }
        self.tls.certificate.clone_from(&args.tls_cert);
        self.tls.key.clone_from(&args.tls_key);
        Ok(())
    }

    /// A source on the command line replaces the file's, whatever kind it is.
    fn take_accounts(&mut self, args: &GatewayArgs) -> Result<(), Failure> {
        let accounts = &mut self.accounts;
        if args.accounts.is_some() {
            accounts.file.clone_from(&args.accounts);
            (accounts.url, accounts.secret_file) = (None, None);
        }
        if let Some(url) = &args.accounts_url {
            let url = url.parse::<BaseUrl>();
            let url = url.map_err(|why| Failure::usage("--accounts-url", why))?;
            (accounts.file, accounts.secret_file) = (None, None);
            accounts.url = Some(url);
        }
        if args.accounts_secret_file.is_some() {
            if accounts.url.is_none() {
                let why = "there is no --accounts-url that it could be for";
                return Err(Failure::usage("--accounts-secret-file", why));
            }
            accounts.secret_file.clone_from(&args.accounts_secret_file);
        }
        Ok(())
    }

    /// What follows from several settings together.
    fn finish(&mut self) -> Result<(), Failure> {
        if self.proxies.is_empty() && self.proxies_header.is_some() {
            let why = "there is no --trusted-proxy that could send it";
            return Err(Failure::usage("--trusted-proxy-header", why));
        }
        if self.config.metrics == Some(self.config.listen) && self.config.listen.port() != 0 {
            return Err(Failure::usage(
                "--metrics",
                "is the same address as --listen",
            ));
        }
        let header = self.proxies_header.unwrap_or_default();
        self.config.trusted_proxies = TrustedProxies::new(self.proxies.clone(), header);
        self.config.backplane = match rendezvous(&self.rendezvous)? {
            Rendezvous::Redis(mut redis) => {
                redis.within = self.redis_within.unwrap_or(redis.within);
                Rendezvous::Redis(redis)
            }
            other => other,
        };
        Ok(())
    }
}

fn accept(proof: AcceptedProof) -> Accept {
    match proof {
        AcceptedProof::Any => Accept::Any,
        AcceptedProof::Digest => Accept::Digest,
        AcceptedProof::Nonce => Accept::Nonce,
    }
}

fn rendezvous(asked: &args::Rendezvous) -> Result<Rendezvous, Failure> {
    match asked {
        args::Rendezvous::Memory => Ok(Rendezvous::Memory),
        args::Rendezvous::RedisOfVariable => {
            let url = std::env::var(REDIS_VARIABLE).unwrap_or_default();
            if url.is_empty() {
                return Err(Failure::usage(
                    "--rendezvous",
                    "the variable RA_REDIS_URL is not set",
                ));
            }
            let redis = url.parse().map(Rendezvous::Redis);
            redis.map_err(|why: RedisUrlError| Failure::usage(REDIS_VARIABLE, why))
        }
        args::Rendezvous::Redis(redis) => Ok(Rendezvous::Redis(redis.clone())),
    }
}
