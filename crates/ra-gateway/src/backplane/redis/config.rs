//! Address and settings of a fleet's Redis.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo, ProtocolVersion};

const SCHEMES: [&str; 3] = ["redis", "redis+unix", "unix"];
const MAX_PREFIX: usize = 64;

/// The Redis that the nodes of a fleet share (7, or any since 6.2).
///
/// Parsed from `redis://[[user]:password@]host[:port][/database]` or
/// `redis+unix:///path/of/the/socket[?db=…&user=…&pass=…]`. `prefix=…` in the query sets
/// [`prefix`](Self::prefix).
///
/// ```
/// let redis: ra_gateway::Redis = "redis://:secret@127.0.0.1/2?prefix=login:".parse()?;
/// assert_eq!(redis.prefix, "login:");
/// assert!(!format!("{redis:?}").contains("secret"));
/// # Ok::<(), ra_gateway::RedisUrlError>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Redis {
    /// Prefix of the names of all keys and channels; each fleet needs its own. At most 64 printable
    /// ASCII characters. Default: `ra:`.
    pub prefix: String,
    /// Time limit for Redis and the other nodes: for a connection, an answer, and a whole call of a
    /// phone or a desktop. After that the caller gets a 503. Default: 3 s.
    pub within: Duration,
    connection: ConnectionInfo,
}

impl Redis {
    /// Returns true if the URL has a password.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.connection.redis_settings().password().is_some()
    }

    /// Returns the connection settings for the client library.
    pub(super) fn connection(&self) -> ConnectionInfo {
        self.connection.clone()
    }
}

impl FromStr for Redis {
    type Err = RedisUrlError;

    fn from_str(url: &str) -> Result<Self, RedisUrlError> {
        let scheme = url.split_once("://").map(|(scheme, _)| scheme);
        let scheme = scheme.ok_or(RedisUrlError::Malformed)?;
        if scheme.eq_ignore_ascii_case("rediss") {
            return Err(RedisUrlError::Tls);
        }
        if !SCHEMES.iter().any(|s| scheme.eq_ignore_ascii_case(s)) {
            return Err(RedisUrlError::Scheme);
        }
        let url = redis::parse_redis_url(url).ok_or(RedisUrlError::Malformed)?;
        let (known, mut seen) = (known(scheme), Vec::new());
        let path = url.path().trim_matches('/');
        if scheme.eq_ignore_ascii_case("redis") && !is_database(path) {
            return Err(RedisUrlError::Database);
        }
        let mut prefix = "ra:".to_owned();
        for (name, value) in url.query_pairs() {
            // a slip in `prefix` would join two fleets
            if !known.contains(&&*name) || seen.contains(&name) {
                return Err(RedisUrlError::Query);
            }
            if name == "db" && !is_database(&value) {
                return Err(RedisUrlError::Database);
            }
            if name == "prefix" {
                prefix = value.into_owned();
            }
            seen.push(name);
        }
        if prefix.len() > MAX_PREFIX || !prefix.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(RedisUrlError::Prefix);
        }
        let connection = url.into_connection_info();
        let connection = connection.map_err(|_| RedisUrlError::Malformed)?;
        let settings = connection.redis_settings().clone();
        // do not announce the client library: not every Redis user has the right to
        let settings = settings.set_protocol(ProtocolVersion::RESP3);
        let settings = settings.set_skip_set_lib_name();
        Ok(Self {
            prefix,
            within: Duration::from_secs(3),
            connection: connection.set_redis_settings(settings),
        })
    }
}

/// Returns true for an empty text or a database number. Redis itself checks the upper limit.
fn is_database(text: &str) -> bool {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain && (text.is_empty() || text.parse::<i32>().is_ok())
}

/// Returns the query parameters a scheme takes. A Unix socket's URL carries more of them, because
/// its path is the socket's.
fn known(scheme: &str) -> &'static [&'static str] {
    if scheme.eq_ignore_ascii_case("redis") {
        &["prefix"]
    } else {
        &["db", "pass", "prefix", "user"]
    }
}

/// Shows the address without user and password.
impl fmt::Display for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.connection.addr() {
            ConnectionAddr::Unix(path) => write!(f, "redis+unix://{}", path.display()),
            tcp => write!(f, "redis://{tcp}"),
        }
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis")
            .field("at", &format_args!("{self}"))
            .field("prefix", &self.prefix)
            .field("within", &self.within)
            .finish_non_exhaustive()
    }
}

/// Reason a text is not the URL of a Redis. Never repeats the text: it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RedisUrlError {
    /// Not a URL, or host or port are not what they must be.
    Malformed,
    /// The database is not a whole number from 0 to 2,147,483,647.
    Database,
    /// The scheme is none of those supported.
    Scheme,
    /// `rediss`: this gateway speaks to Redis without TLS.
    Tls,
    /// A query parameter is unknown or given twice.
    Query,
    /// `prefix` is too long, or not of printable ASCII.
    Prefix,
}

impl fmt::Display for RedisUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "not a URL of a Redis",
            Self::Database => "the database has to be a whole number from 0",
            Self::Scheme => "expected redis:// or redis+unix://",
            Self::Tls => {
                "TLS to Redis is not built in: use a socket, a private network or a tunnel"
            }
            Self::Query => "something in the query is unknown or stands there twice",
            Self::Prefix => "prefix has to be at most 64 printable ASCII characters",
        })
    }
}

impl std::error::Error for RedisUrlError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r56_addresses_that_are_taken() {
        for (url, shown) in [
            ("redis://localhost", "redis://localhost:6379"),
            ("redis://:pw@10.0.0.1:7000/3", "redis://10.0.0.1:7000"),
            ("redis://user:pw@host/", "redis://host:6379"),
            (
                "redis+unix:///run/redis.sock?db=2&pass=pw",
                "redis+unix:///run/redis.sock",
            ),
            ("unix:///run/redis.sock", "redis+unix:///run/redis.sock"),
        ] {
            let redis: Redis = url.parse().unwrap();
            assert_eq!(redis.to_string(), shown);
            assert_eq!(redis.prefix, "ra:");
            assert_eq!(redis.has_password(), url.contains("pw"));
            let settings = redis.connection();
            let protocol = settings.redis_settings().protocol();
            assert!(matches!(protocol, ProtocolVersion::RESP3), "{url}");
        }
    }

    #[test]
    fn r56_addresses_that_are_refused() {
        for (url, why) in [
            ("", RedisUrlError::Malformed),
            ("localhost:6379", RedisUrlError::Malformed),
            ("redis://", RedisUrlError::Malformed),
            ("redis://host/x", RedisUrlError::Database),
            ("redis://host/-1", RedisUrlError::Database),
            ("redis://host/2147483648", RedisUrlError::Database),
            ("redis://host/1/2", RedisUrlError::Database),
            ("redis+unix:///s?db=-1", RedisUrlError::Database),
            ("redis+unix:///s?db=one", RedisUrlError::Database),
            ("redis://host:99999", RedisUrlError::Malformed),
            ("http://host", RedisUrlError::Scheme),
            ("REDISS://host", RedisUrlError::Tls),
            ("redis://host/?prefx=a", RedisUrlError::Query),
            ("redis://host/?pass=a", RedisUrlError::Query),
            ("redis+unix:///s?pwd=a", RedisUrlError::Query),
            ("redis://host/?prefix=a&prefix=b", RedisUrlError::Query),
            ("redis://host/?prefix=a%20b", RedisUrlError::Prefix),
            ("redis://host/?prefix=%C3%A9", RedisUrlError::Prefix),
        ] {
            assert_eq!(url.parse::<Redis>().unwrap_err(), why, "{url}");
        }
        let long = format!("redis://host/?prefix={}", "p".repeat(65));
        assert_eq!(long.parse::<Redis>().unwrap_err(), RedisUrlError::Prefix);
    }

    #[test]
    fn r34_user_and_password_are_shown_by_nothing() {
        let redis: Redis = "redis://canary1:canary2@host/".parse().unwrap();
        assert!(!format!("{redis} {redis:?}").contains("canary"));
        let wrong = "redis://canary1:canary2@host/canary3".parse::<Redis>();
        let wrong = wrong.unwrap_err();
        assert!(!format!("{wrong} {wrong:?}").contains("canary"));
    }
}
