//! The two questions that every top-level error answers: whose fault is it, and what now?

use core::time::Duration;

/// Whose fault an error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The other side broke the protocol or failed.
    Peer,
    /// What the caller asked for, or with which credentials, was refused.
    Caller,
    /// The network between the two: name resolution, TCP, TLS, a proxy, silence.
    Transport,
    /// This machine: no key, no random bytes, no file.
    Local,
}

/// What to do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Retry {
    /// The same call would end the same way.
    Never,
    /// This session is over, a new one may succeed.
    NewSession,
    /// The same call may succeed after this long.
    After(Duration),
}
