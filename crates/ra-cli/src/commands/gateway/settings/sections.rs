//! The sections of the gateway's file. Some of their keys are options of the command line too.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use ra_gateway::{ClientHeader, IpNetwork};
use ra_http::BaseUrl;
use serde::Deserialize;

use super::super::fd_limit::LEAST_CONNECTIONS;
use super::value::{self, Count, DAY, Seconds};
use crate::outcome::Failure;

const MAX: u64 = u32::MAX as u64;

/// Section `[accounts]`: a file or a server with the accounts. Without either, every approval is refused.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AccountsSettings {
    /// Accounts that phones can approve with
    #[arg(long = "accounts", id = "accounts", value_name = "FILE.toml")]
    #[serde(deserialize_with = "value::path")]
    pub(in super::super) file: Option<PathBuf>,
    /// Server of your own that knows accounts, tokens and second factors (docs/accounts.md)
    #[arg(
        long = "accounts-url",
        id = "accounts_url",
        value_name = "URL",
        conflicts_with = "accounts"
    )]
    #[serde(deserialize_with = "value::parsed")]
    pub(in super::super) url: Option<BaseUrl>,
    /// File with the secret for that server, in one line
    #[arg(
        long = "accounts-secret-file",
        id = "accounts_secret_file",
        value_name = "FILE",
        conflicts_with = "accounts"
    )]
    #[serde(deserialize_with = "value::path")]
    pub(in super::super) secret_file: Option<PathBuf>,
    #[arg(skip)]
    pub(in super::super) timeout: Option<Seconds<100, 60_000>>,
    #[arg(skip)]
    pub(in super::super) at_a_time: Option<Count<u16, 1, 10_000>>,
}

impl AccountsSettings {
    /// Longest time for one attempt.
    pub(in super::super) fn timeout(&self) -> Duration {
        self.timeout.map_or(Duration::from_secs(2), |given| given.0)
    }

    /// Most questions at a time.
    pub(in super::super) fn at_a_time(&self) -> u16 {
        self.at_a_time.map_or(64, |given| given.0)
    }

    /// A source on the command line replaces the one of the file, whatever kind it is.
    pub(super) fn or_file(&self, file: &Self) -> Result<Self, Failure> {
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

/// Section `[proxies]`: proxies that may name their client.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ProxySettings {
    /// Network of proxies that may name their client; may be given several times
    #[arg(long = "trusted-proxy", id = "trusted_proxy", value_name = "CIDR")]
    #[serde(deserialize_with = "value::list")]
    pub(super) trusted: Vec<IpNetwork>,
    /// Header that names the client, X-Forwarded-For or Forwarded [default: X-Forwarded-For]
    #[arg(
        long = "trusted-proxy-header",
        id = "trusted_proxy_header",
        value_name = "HEADER"
    )]
    #[serde(deserialize_with = "value::parsed")]
    pub(super) header: Option<ClientHeader>,
}

/// Section `[tls]`: certificate and key. One without the other is refused.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TlsSettings {
    /// Certificate for TLS, followed by those of its issuers
    #[arg(long = "tls-cert", id = "tls_cert", value_name = "FILE.pem")]
    #[serde(deserialize_with = "value::path")]
    pub(in super::super) certificate: Option<PathBuf>,
    /// Private key of the certificate
    #[arg(long = "tls-key", id = "tls_key", value_name = "FILE.pem")]
    #[serde(deserialize_with = "value::path")]
    pub(in super::super) key: Option<PathBuf>,
}

impl TlsSettings {
    /// A pair on the command line replaces the one of the file.
    pub(super) fn or_file(&self, file: &Self) -> Result<Self, Failure> {
        match (&self.certificate, &self.key) {
            (None, None) => Ok(file.clone()),
            (Some(_), None) => Err(Failure::usage("--tls-cert", "there is no --tls-key")),
            (None, Some(_)) => Err(Failure::usage("--tls-key", "there is no --tls-cert")),
            (Some(_), Some(_)) => Ok(self.clone()),
        }
    }
}

/// Section `[redis]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RedisSettings {
    pub(super) within: Option<Seconds<100, 60_000>>,
}

/// Makes a section whose keys are fields of a part of [`ra_gateway::Config`].
macro_rules! section {
    ($name:ident for $part:ty { $($field:ident: $value:ty,)* }) => {
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub(super) struct $name { $($field: Option<$value>,)* }

        impl $name {
            pub(super) fn apply(&self, part: &mut $part) {
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
