//! `rendezvous`: memory, or a Redis and where its URL comes from.

use core::fmt;
use core::str::FromStr;
use std::time::Duration;

use ra_gateway::{BackplaneConfig, Redis, RedisUrlError};

use crate::outcome::Failure;

/// The Redis of a fleet, password included.
const REDIS_VARIABLE: &str = "RA_REDIS_URL";

/// Backplane: the store that joins sessions, phones and tickets of all nodes.
#[derive(Clone, Debug)]
pub(crate) enum Rendezvous {
    /// In this process.
    Memory,
    /// In the Redis that the variable `RA_REDIS_URL` names.
    RedisOfVariable,
    /// In this Redis.
    Redis(Redis),
}

impl Rendezvous {
    /// Returns true if the URL holds the password of a Redis.
    pub(super) fn has_password(&self) -> bool {
        matches!(self, Self::Redis(redis) if redis.has_password())
    }

    /// Makes the part of the gateway's configuration. `within` is how long Redis may take.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::outcome::Kind::Usage) if the variable is needed and names no Redis.
    pub(super) fn backplane(&self, within: Option<Duration>) -> Result<BackplaneConfig, Failure> {
        let mut redis = match self {
            Self::Memory => return Ok(BackplaneConfig::Memory),
            Self::RedisOfVariable => redis_of_variable()?,
            Self::Redis(redis) => redis.clone(),
        };
        redis.within = within.unwrap_or(redis.within);
        Ok(BackplaneConfig::Redis(redis))
    }
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

/// Reason why a text names no [`Rendezvous`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RendezvousError {
    /// It is not the URL of a Redis.
    Url(RedisUrlError),
    /// It is something else.
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

fn redis_of_variable() -> Result<Redis, Failure> {
    let url = std::env::var(REDIS_VARIABLE).unwrap_or_default();
    if url.is_empty() {
        let why = "the variable RA_REDIS_URL is not set";
        return Err(Failure::usage("--rendezvous", why));
    }
    url.parse()
        .map_err(|why: RedisUrlError| Failure::usage(REDIS_VARIABLE, why))
}
