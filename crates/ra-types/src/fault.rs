//! Classes of errors: the party that caused it, and the advice on trying again.

use core::time::Duration;

/// The party that caused an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The other side broke the protocol, failed or refused.
    Peer,
    /// The caller: a wrong argument, configuration or credential.
    Caller,
    /// The network in between: name resolution, TCP, TLS, a proxy, a timeout.
    Transport,
    /// This machine: key generation, randomness, memory, files.
    Local,
}

/// Advice on trying again after an error.
///
/// ```
/// use core::time::Duration;
/// use ra_types::Retry;
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
    /// Trying again ends the same way.
    Never,
    /// A new session (a new key, a new QR code) may succeed.
    NewSession,
    /// The same call may succeed after this wait.
    After(Duration),
}
