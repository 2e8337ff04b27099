//! The two questions every top-level error answers: whose fault, and what now.

use core::time::Duration;

/// Whose fault an error is.
///
/// ```
/// use ra_core::Fault;
///
/// fn is_worth_a_report(fault: Fault) -> bool {
///     matches!(fault, Fault::Peer | Fault::Local)
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The other side sent what it must not send, or refused.
    Peer,
    /// The caller: a wrong argument or configuration.
    Caller,
    /// The way between: network, TLS, proxy, time.
    Transport,
    /// This machine: key generation, memory, files.
    Local,
}

/// What to do after an error.
///
/// ```
/// use core::time::Duration;
/// use ra_core::Retry;
///
/// fn wait(retry: Retry) -> Option<Duration> {
///     match retry {
///         Retry::NewSession => Some(Duration::ZERO),
///         Retry::After(wait) => Some(wait),
///         _ => None,
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Retry {
    /// The same thing again ends the same way.
    Never,
    /// A new session (a new key, a new QR) may succeed.
    NewSession,
    /// The same thing again may succeed after this long.
    After(Duration),
}

#[cfg(feature = "http")]
impl From<ra_http::Fault> for Fault {
    fn from(fault: ra_http::Fault) -> Self {
        match fault {
            ra_http::Fault::Caller => Self::Caller,
            ra_http::Fault::Transport => Self::Transport,
            ra_http::Fault::Local => Self::Local,
            _ => Self::Peer,
        }
    }
}

#[cfg(feature = "http")]
impl From<ra_http::Retry> for Retry {
    fn from(retry: ra_http::Retry) -> Self {
        match retry {
            ra_http::Retry::NewSession => Self::NewSession,
            ra_http::Retry::After(wait) => Self::After(wait),
            _ => Self::Never,
        }
    }
}

#[cfg(all(test, feature = "http"))]
mod tests {
    use super::*;

    #[test]
    fn what_http_says_is_said_on() {
        for (theirs, ours) in [
            (ra_http::Fault::Peer, Fault::Peer),
            (ra_http::Fault::Caller, Fault::Caller),
            (ra_http::Fault::Transport, Fault::Transport),
            (ra_http::Fault::Local, Fault::Local),
        ] {
            assert_eq!(Fault::from(theirs), ours);
        }
        let wait = Duration::from_secs(3);
        for (theirs, ours) in [
            (ra_http::Retry::Never, Retry::Never),
            (ra_http::Retry::NewSession, Retry::NewSession),
            (ra_http::Retry::After(wait), Retry::After(wait)),
        ] {
            assert_eq!(Retry::from(theirs), ours);
        }
    }
}
