//! The outputs and the deadline of a device flow.

use core::time::Duration;

use super::DeviceError;
use crate::grant::PollDevice;
use crate::{MonoTime, Token};

/// The next thing to do.
#[derive(Debug)]
#[non_exhaustive]
#[allow(
    clippy::large_enum_variant,
    reason = "lives for one turn of the driver's loop"
)]
pub enum Output {
    /// Carry out this call and answer with [`Input::Reply`](super::Input::Reply).
    Call(Call),
    /// News for the person. It needs no reaction.
    Event(Event),
    /// The flow is over. Comes once, last.
    End(Result<Outcome, DeviceError>),
}

/// One poll.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Call {
    /// The id for the reply.
    pub id: CallId,
    /// The endpoint.
    pub poll: PollDevice,
}

/// Which call a reply answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub(super) u64);

/// News for the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The service finds the polls too fast (O-132): this is the interval from now on.
    SlowedDown {
        /// The wait between two polls.
        interval: Duration,
    },
    /// A poll was answered by a rate limit, or by a failure that says how long to wait. The flow goes on, unless the
    /// codes expire before the wait is over: then it ends as expired at once.
    AskedToWait {
        /// The wait before the next poll.
        wait: Duration,
    },
    /// A poll got no answer that counts: failure of the service, silence. The flow goes on.
    Unanswered {
        /// The wait before the next poll.
        wait: Duration,
    },
}

/// End of a flow without an error.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The person agreed; this is the token (O-130).
    Granted(Box<Token>),
    /// The person refused (O-134).
    Denied,
    /// The caller cancelled.
    Cancelled,
}

/// When the machine wants `handle(now, Tick)` at the latest, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deadline {
    /// The time to wake at.
    pub at: MonoTime,
    /// The reason.
    pub wake: Wake,
}

/// Reason of a [`Deadline`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Wake {
    /// The next poll is due.
    Poll,
    /// The reply to a poll has not come in time.
    Call,
    /// The codes expire.
    Expiry,
}
