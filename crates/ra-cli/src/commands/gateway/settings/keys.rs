//! All keys of a configuration file.

use ra_gateway::Origins;

use super::read::{Given, Why};
use super::{Settings, accept};
use crate::commands::gateway::args::{AcceptedProof, LogFormat, LogLevel, Rendezvous};
use crate::commands::gateway::fd_limit::LEAST_CONNECTIONS;

/// One key.
#[derive(Debug)]
pub(super) struct Key {
    /// With its section: `limits.sessions`.
    pub(super) name: &'static str,
    /// The option of the command line that says the same.
    #[cfg_attr(not(test), allow(dead_code))] // the tests compare the two
    pub(super) option: Option<&'static str>,
    pub(super) set: Set,
}

type Set = fn(&mut Settings, &Given<'_>) -> Result<(), Why>;

pub(super) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// Whether keys stand in a section of this name.
pub(super) fn is_section(name: &str) -> bool {
    let sections = KEYS.iter().filter_map(|key| key.name.split_once('.'));
    sections.into_iter().any(|(section, _)| section == name)
}

const fn option(name: &'static str, option: &'static str, set: Set) -> Key {
    Key {
        name,
        option: Some(option),
        set,
    }
}

const fn key(name: &'static str, set: Set) -> Key {
    Key {
        name,
        option: None,
        set,
    }
}

/// Longest wait that anything may be given.
const DAY: f64 = 86_400.0;
const COUNT: u64 = u32::MAX as u64;

/// `file.toml` says `NAME = VALUE`; VALUE goes to this place.
macro_rules! to {
    ($($place:ident).+ = $given:ident($($range:expr)?)) => {
        |settings, value| {
            settings.$($place).+ = value.$given($($range)?)?;
            Ok(())
        }
    };
    (some $($place:ident).+ = $given:ident($($range:expr)?)) => {
        |settings, value| {
            settings.$($place).+ = Some(value.$given($($range)?)?);
            Ok(())
        }
    };
}

/// In the order of `docs/gateway.toml`.
pub(super) static KEYS: &[Key] = &[
    option("listen", "listen", to!(config.listen = parsed())),
    option("metrics", "metrics", to!(some config.metrics = parsed())),
    option("proof", "proof", |settings, value| {
        settings.config.session.accept = accept(match value.text()? {
            "any" => AcceptedProof::Any,
            "digest" => AcceptedProof::Digest,
            "nonce" => AcceptedProof::Nonce,
            _ => return Err("expected any, digest or nonce".into()),
        });
        Ok(())
    }),
    option("origins", "origin", |settings, value| {
        let origins = value.list()?;
        settings.config.origins = match origins.is_empty() {
            true => return Err("expected at least one; leave the key out for any".into()),
            false => Origins::Only(origins),
        };
        Ok(())
    }),
    option("rendezvous", "rendezvous", |settings, value| {
        settings.rendezvous = value.parsed::<Rendezvous>()?;
        Ok(())
    }),
    key("redis.within", to!(some redis_within = seconds(0.1..=60.0))),
    option(
        "drain_within",
        "drain",
        to!(config.drain_within = seconds(0.0..=DAY)),
    ),
    key("drain_least", to!(config.drain_least = seconds(0.0..=DAY))),
    option(
        "tls.certificate",
        "tls_cert",
        to!(some tls.certificate = path()),
    ),
    option("tls.key", "tls_key", to!(some tls.key = path())),
    option("log.level", "log", |settings, value| {
        settings.log.level = match value.text()? {
            "off" => LogLevel::Off,
            "info" => LogLevel::Info,
            "debug" => LogLevel::Debug,
            _ => return Err("expected off, info or debug".into()),
        };
        Ok(())
    }),
    option("log.format", "log_format", |settings, value| {
        settings.log.format = match value.text()? {
            "text" => LogFormat::Text,
            "json" => LogFormat::Json,
            _ => return Err("expected text or json".into()),
        };
        Ok(())
    }),
    option(
        "accounts.file",
        "accounts",
        to!(some accounts.file = path()),
    ),
    option(
        "accounts.url",
        "accounts_url",
        to!(some accounts.url = parsed()),
    ),
    option(
        "accounts.secret_file",
        "accounts_secret_file",
        to!(some accounts.secret_file = path()),
    ),
    key(
        "accounts.timeout",
        to!(accounts.timeout = seconds(0.1..=60.0)),
    ),
    key(
        "accounts.at_a_time",
        to!(accounts.at_a_time = number(1..=10_000)),
    ),
    option("proxies.trusted", "trusted_proxy", to!(proxies = list())),
    option(
        "proxies.header",
        "trusted_proxy_header",
        to!(some proxies_header = parsed()),
    ),
    key(
        "session.timeout",
        to!(config.session.timeout = seconds(1.0..=900.0)),
    ),
    key(
        "session.heartbeat_interval",
        to!(config.session.heartbeat_interval = seconds(1.0..=300.0)),
    ),
    key(
        "session.heartbeat_grace",
        to!(config.session.heartbeat_grace = seconds(0.0..=300.0)),
    ),
    key(
        "session.handshake_within",
        to!(config.session.handshake_within = seconds(1.0..=900.0)),
    ),
    key(
        "limits.connections",
        to!(config.limits.connections = number(LEAST_CONNECTIONS.into()..=COUNT)),
    ),
    key(
        "limits.connections_per_address",
        to!(config.limits.connections_per_address = number(1..=COUNT)),
    ),
    key(
        "limits.sessions",
        to!(config.limits.sessions = number(1..=COUNT)),
    ),
    key(
        "limits.sessions_per_address",
        to!(config.limits.sessions_per_address = number(1..=COUNT)),
    ),
    key(
        "limits.calls_per_address",
        to!(config.limits.calls_per_address = number(1..=COUNT)),
    ),
    key(
        "limits.memory",
        to!(some config.limits.memory = number(1..=u64::MAX)),
    ),
    key(
        "limits.calls_per_account",
        to!(config.limits.calls_per_account = number(1..=COUNT)),
    ),
    key(
        "limits.scans_per_account",
        to!(config.limits.scans_per_account = number(1..=COUNT)),
    ),
    key(
        "limits.mfa_tries_per_ticket",
        to!(config.limits.mfa_tries_per_ticket = number(1..=100)),
    ),
    key(
        "limits.mfa_tries_per_account",
        to!(config.limits.mfa_tries_per_account = number(1..=1_000)),
    ),
    key(
        "limits.message_bytes",
        to!(config.limits.message_bytes = number(1_024..=65_536)),
    ),
    key(
        "limits.head_bytes",
        to!(config.limits.head_bytes = number(8_192..=1_048_576)),
    ),
    key(
        "limits.body_bytes",
        to!(config.limits.body_bytes = number(1_024..=1_048_576)),
    ),
    key(
        "limits.head_within",
        to!(config.limits.head_within = seconds(0.1..=DAY)),
    ),
    key(
        "limits.body_within",
        to!(config.limits.body_within = seconds(0.1..=DAY)),
    ),
    key(
        "limits.http_within",
        to!(config.limits.http_within = seconds(0.1..=DAY)),
    ),
    key(
        "limits.write_within",
        to!(config.limits.write_within = seconds(0.1..=DAY)),
    ),
    key(
        "limits.linger",
        to!(config.limits.linger = seconds(0.0..=60.0)),
    ),
    key(
        "limits.accounts_within",
        to!(config.limits.accounts_within = seconds(0.1..=60.0)),
    ),
    key(
        "lifetimes.handshake_token",
        to!(config.lifetimes.handshake_token = seconds(1.0..=DAY)),
    ),
    key(
        "lifetimes.ticket",
        to!(config.lifetimes.ticket = seconds(1.0..=DAY)),
    ),
    key(
        "lifetimes.mfa_ticket",
        to!(config.lifetimes.mfa_ticket = seconds(1.0..=DAY)),
    ),
    key(
        "lifetimes.mfa_token",
        to!(config.lifetimes.mfa_token = seconds(1.0..=DAY)),
    ),
];
