//! The words that metrics and log use: one enum for each label, one name for each of its values.

use ra_core::gateway::{Outcome, Phase, SessionError};
use ra_proto::rest::Call;

/// A label of metrics, with all values that it can have.
pub(crate) trait Label:
    Copy + Eq + std::hash::Hash + std::fmt::Debug + Send + Sync + 'static
{
    /// Name of the label.
    const KEY: &'static str;
    /// All values, so that each is shown before it is counted.
    const ALL: &'static [Self];

    /// Value of the label.
    fn name(self) -> &'static str;
}

/// Defines an enum that is a [`Label`].
macro_rules! label {
    (
        $(#[$docs:meta])*
        $visibility:vis enum $label:ident by $key:literal {
            $($(#[$value_docs:meta])* $value:ident = $name:literal,)+
        }
    ) => {
        $(#[$docs])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        $visibility enum $label {
            $($(#[$value_docs])* $value,)+
        }

        impl $label {
            /// Name in metrics and log.
            #[must_use]
            $visibility const fn name(self) -> &'static str {
                match self {
                    $(Self::$value => $name,)+
                }
            }
        }

        impl Label for $label {
            const KEY: &'static str = $key;
            const ALL: &'static [Self] = &[$(Self::$value),+];

            fn name(self) -> &'static str {
                Self::name(self)
            }
        }
    };
}

impl Label for Call {
    const KEY: &'static str = "call";
    const ALL: &'static [Self] = Self::ALL;

    fn name(self) -> &'static str {
        Self::name(self)
    }
}

label! {
    /// Reason a call, an upgrade or a connection was refused.
    pub(crate) enum Refusal by "reason" {
        BadRequest = "bad_request",
        Unauthorized = "unauthorized",
        UnknownSession = "unknown_session",
        UnknownTicket = "unknown_ticket",
        UnknownMfaTicket = "unknown_mfa_ticket",
        WrongMfaCode = "wrong_mfa_code",
        MfaRequired = "mfa_required",
        Captcha = "captcha",
        RateLimited = "rate_limited",
        Busy = "busy",
        Internal = "internal",
        NotFound = "not_found",
        Forbidden = "forbidden",
        AccountsBroken = "accounts_broken",
        AccountsUnavailable = "accounts_unavailable",
        /// The connection had shown nothing yet, and another needed its place.
        Shed = "shed",
        /// This process may not open more files.
        NoFiles = "no_files",
        /// The system has no more files.
        NoSystemFiles = "no_system_files",
        /// The system had no connection to give for any other reason.
        NotAccepted = "not_accepted",
    }
}

label! {
    /// End of a session.
    pub(crate) enum SessionEnd by "outcome" {
        Approved = "approved",
        Declined = "declined",
        Left = "left",
        ShutDown = "shut_down",
        Expired = "expired",
        HeartbeatMissed = "heartbeat_missed",
        HandshakeTimedOut = "handshake_timed_out",
        ProofRefused = "proof_refused",
        KeyRefused = "key_refused",
        Protocol = "protocol",
        Backlog = "backlog",
        Internal = "internal",
        /// Others needed its place.
        Shed = "shed",
    }
}

label! {
    /// Phase of a session.
    pub(crate) enum SessionPhase by "phase" {
        Handshake = "handshake",
        Waiting = "waiting",
        Scanned = "scanned",
    }
}

label! {
    /// Reason no clients should be sent to this node.
    pub(crate) enum NotReady by "reason" {
        /// It drains, or closes.
        Draining = "draining",
        /// Its Redis cannot be used.
        Backplane = "rendezvous",
        /// It uses as much memory as it may.
        Memory = "memory",
        /// It has as many sessions as it may.
        Sessions = "sessions",
        /// It has as many connections as it may.
        Connections = "connections",
        /// The system has no connection to give, mostly because no file is left.
        Files = "files",
    }
}

label! {
    /// Reason the accounts did not answer. Metrics and log show it; clients never see it.
    #[non_exhaustive]
    pub enum AccountsFailure by "reason" {
        /// No answer in time.
        TimedOut = "timed_out",
        /// No connection: nothing listens there, or the name does not resolve.
        NoConnection = "no_connection",
        /// TLS failed: a wrong certificate, or none.
        Tls = "tls",
        /// The connection broke before the answer was complete.
        CutOff = "cut_off",
        /// The server failed: status 5xx.
        ServerError = "server_error",
        /// The server has had too many questions: status 429.
        Throttled = "throttled",
        /// An answer that makes no sense.
        BadAnswer = "bad_answer",
        /// The gateway already asks as many questions at a time as it may.
        TooMany = "too_many",
        /// Unavailable for any other reason.
        Unavailable = "unavailable",
    }
}

#[cfg(feature = "redis")]
label! {
    /// Reason a Redis cannot be used. It is inside the error of
    /// [`Gateway::bind`](crate::Gateway::bind), and in metrics and log. It never repeats what the
    /// other side said.
    #[non_exhaustive]
    pub enum RedisUnavailable by "reason" {
        /// Nothing listens at its address.
        Refused = "refused",
        /// It did not answer within [`Redis::within`](crate::Redis::within).
        TimedOut = "timed_out",
        /// User or password are wrong, or missing.
        Password = "password",
        /// The user may not use a command or a key that a node needs.
        Forbidden = "forbidden",
        /// It is older than 6.2.
        TooOld = "too_old",
        /// It cannot be reached for any other reason.
        Unreachable = "unreachable",
        /// The connection was cut.
        Cut = "cut",
        /// The other side is no Redis, or answers as no Redis should.
        Protocol = "protocol",
        /// It takes no writes: a replica, or one that cannot save its data.
        ReadOnly = "read_only",
        /// Its memory is full.
        Full = "full",
        /// It is loading, or blocked by a script.
        Loading = "loading",
        /// It has as many clients as it may.
        TooManyClients = "too_many_clients",
        /// It has no database of that number.
        Database = "database",
        /// More commands were waiting than the connection takes.
        Behind = "behind",
    }
}

impl Refusal {
    /// Returns true if the host has to act.
    pub(crate) fn needs_attention(self) -> bool {
        matches!(
            self,
            Self::NoFiles | Self::NoSystemFiles | Self::NotAccepted
        )
    }
}

impl From<&Result<Outcome, SessionError>> for SessionEnd {
    fn from(end: &Result<Outcome, SessionError>) -> Self {
        match end {
            Ok(Outcome::Approved) => Self::Approved,
            Ok(Outcome::Declined) => Self::Declined,
            Ok(Outcome::ShutDown) => Self::ShutDown,
            Ok(_) => Self::Left,
            Err(SessionError::Expired) => Self::Expired,
            Err(SessionError::HeartbeatMissed) => Self::HeartbeatMissed,
            Err(SessionError::HandshakeTimedOut) => Self::HandshakeTimedOut,
            Err(SessionError::ProofRefused) => Self::ProofRefused,
            Err(SessionError::Key(_) | SessionError::KeyEncoding) => Self::KeyRefused,
            Err(SessionError::Backlog) => Self::Backlog,
            Err(SessionError::Local) => Self::Internal,
            Err(_) => Self::Protocol,
        }
    }
}

impl SessionPhase {
    /// `None` once a session is over.
    pub(crate) fn of(phase: Phase) -> Option<Self> {
        match phase {
            Phase::AwaitInit | Phase::AwaitProof => Some(Self::Handshake),
            Phase::AwaitScan => Some(Self::Waiting),
            Phase::Scanned => Some(Self::Scanned),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names<L: Label>() {
        let names: std::collections::BTreeSet<_> = L::ALL.iter().map(|l| l.name()).collect();
        assert_eq!(names.len(), L::ALL.len(), "{names:?}");
        for name in names {
            assert!(
                name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
                "{name}"
            );
        }
    }

    #[test]
    fn each_value_of_a_label_has_a_name_of_its_own() {
        names::<Call>();
        names::<Refusal>();
        names::<SessionEnd>();
        names::<SessionPhase>();
        names::<NotReady>();
        names::<AccountsFailure>();
        #[cfg(feature = "redis")]
        names::<RedisUnavailable>();
    }
}
