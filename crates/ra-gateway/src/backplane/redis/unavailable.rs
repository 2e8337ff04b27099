//! Reasons a Redis cannot be used, from errors of the client library.

use std::{fmt, io};

use redis::{ErrorKind, RedisError, ServerErrorKind};

pub use crate::observe::reason::RedisUnavailable;

impl fmt::Display for RedisUnavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "nothing listens there",
            Self::TimedOut => "no answer in time",
            Self::Password => "user or password are wrong",
            Self::Forbidden => "this user may not do what a node has to",
            Self::TooOld => "too old: it has to be a Redis 6.2 or later",
            Self::Unreachable => "it cannot be reached",
            Self::Cut => "the connection was cut",
            Self::Protocol => "what answers there is no Redis",
            Self::ReadOnly => "it takes no writes: a replica, or one that cannot save",
            Self::Full => "its memory is full",
            Self::Loading => "it is loading, or held up by a script",
            Self::TooManyClients => "it has as many clients as it may",
            Self::Database => "it has no such database",
            Self::Behind => "there was more to say than the connection takes",
        })
    }
}

impl std::error::Error for RedisUnavailable {}

impl From<RedisError> for RedisUnavailable {
    fn from(error: RedisError) -> Self {
        let kind = error.kind();
        match kind {
            ErrorKind::AuthenticationFailed => Self::Password,
            ErrorKind::RESP3NotSupported => Self::TooOld,
            ErrorKind::Io if error.is_timeout() => Self::TimedOut,
            ErrorKind::Io if error.is_connection_refusal() => Self::Refused,
            ErrorKind::Io if error.is_connection_dropped() => Self::Cut,
            ErrorKind::Io => Self::Unreachable,
            ErrorKind::Parse | ErrorKind::UnexpectedReturnType => Self::Protocol,
            _ => {
                let said = error.into_server_errors();
                match said.as_deref().and_then(|said| said.first()) {
                    Some((_, said)) => Self::of_code(said.code(), said.details()),
                    None if kind == ErrorKind::Server(ServerErrorKind::ResponseError) => {
                        Self::Database
                    }
                    None => Self::Protocol,
                }
            }
        }
    }
}

impl RedisUnavailable {
    /// Returns the reason for an error code of Redis.
    fn of_code(code: &str, details: Option<&str>) -> Self {
        match code {
            "NOAUTH" | "WRONGPASS" => Self::Password,
            "NOPERM" => Self::Forbidden,
            "READONLY" | "MISCONF" | "NOREPLICAS" => Self::ReadOnly,
            "OOM" => Self::Full,
            "LOADING" | "BUSY" | "MASTERDOWN" | "TRYAGAIN" | "CLUSTERDOWN" => Self::Loading,
            "ERR" if details.is_some_and(|said| said.starts_with("max number of clients")) => {
                Self::TooManyClients
            }
            _ => Self::Protocol,
        }
    }

    /// Returns true if the connection stays useful: Redis may get room, or the user the right.
    pub(super) fn may_pass(self) -> bool {
        matches!(self, Self::Full | Self::Forbidden)
    }
}

impl From<RedisUnavailable> for io::Error {
    fn from(error: RedisUnavailable) -> Self {
        let kind = match error {
            RedisUnavailable::Refused => io::ErrorKind::ConnectionRefused,
            RedisUnavailable::TimedOut => io::ErrorKind::TimedOut,
            RedisUnavailable::Password | RedisUnavailable::Forbidden => {
                io::ErrorKind::PermissionDenied
            }
            RedisUnavailable::TooOld => io::ErrorKind::Unsupported,
            RedisUnavailable::Protocol => io::ErrorKind::InvalidData,
            RedisUnavailable::ReadOnly => io::ErrorKind::ReadOnlyFilesystem,
            RedisUnavailable::Full => io::ErrorKind::StorageFull,
            _ => io::ErrorKind::NotConnected,
        };
        Self::new(kind, error)
    }
}

#[cfg(test)]
mod tests {
    use redis::{Value, parse_redis_value};

    use super::RedisUnavailable as Why;
    use super::*;

    #[test]
    fn r56_what_redis_answers_has_a_reason() {
        for (said, why) in [
            ("NOAUTH Authentication required.", Why::Password),
            ("WRONGPASS canary", Why::Password),
            ("NOPERM canary", Why::Forbidden),
            ("READONLY canary", Why::ReadOnly),
            ("MISCONF canary", Why::ReadOnly),
            ("OOM canary", Why::Full),
            ("LOADING canary", Why::Loading),
            ("BUSY canary", Why::Loading),
            ("MASTERDOWN canary", Why::Loading),
            ("ERR max number of clients reached", Why::TooManyClients),
            ("ERR canary", Why::Protocol),
            ("CANARY", Why::Protocol),
        ] {
            let line = format!("-{said}\r\n");
            let Ok(Value::ServerError(error)) = parse_redis_value(line.as_bytes()) else {
                panic!("{said}")
            };
            let reason = Why::from(RedisError::from(error));
            assert_eq!(reason, why, "{said}");
            assert!(
                !format!("{reason} {reason:?}")
                    .to_lowercase()
                    .contains("canary")
            );
        }
    }

    #[test]
    fn r56_what_the_system_says_has_a_reason() {
        use io::ErrorKind as K;
        for (kind, why) in [
            (K::ConnectionRefused, Why::Refused),
            (K::NotFound, Why::Refused),
            (K::TimedOut, Why::TimedOut),
            (K::BrokenPipe, Why::Cut),
            (K::ConnectionReset, Why::Cut),
            (K::UnexpectedEof, Why::Cut),
            (K::HostUnreachable, Why::Unreachable),
            (K::PermissionDenied, Why::Unreachable),
        ] {
            let error = RedisError::from(io::Error::from(kind));
            assert_eq!(Why::from(error), why, "{kind:?}");
        }
        let no_redis = parse_redis_value(b"HTTP/1.1 400 Bad Request\r\n").unwrap_err();
        assert_eq!(Why::from(no_redis), Why::Protocol);
    }
}
