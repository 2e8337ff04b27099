//! Outputs of a gateway session: actions for the host, and the outcome.

use ra_proto::{CloseCode, Fingerprint};

use super::error::SessionError;
use crate::Text;

/// The next action, or the end.
///
/// ```
/// use ra_core::gateway::Output;
///
/// fn is_last(output: &Output) -> bool {
///     matches!(output, Output::End(_))
/// }
/// ```
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Output {
    /// Send this text message.
    Send(Text),
    /// An event for the host.
    Event(Event),
    /// Close the socket with this code, after everything sent before is out.
    Close(CloseCode),
    /// The session is over. Comes once, last.
    End(Result<Outcome, SessionError>),
}

/// An event for the host.
///
/// ```
/// use ra_core::gateway::Event;
/// use ra_proto::Fingerprint;
///
/// fn now_to_be_found(event: Event) -> Option<Fingerprint> {
///     match event {
///         Event::Ready(fingerprint) => Some(fingerprint),
///         _ => None,
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The proof was right: phones may now name this fingerprint.
    Ready(Fingerprint),
}

/// How a session ended without an error.
///
/// ```
/// use ra_core::gateway::Outcome;
///
/// fn has_a_verdict(outcome: Outcome) -> bool {
///     matches!(outcome, Outcome::Approved | Outcome::Declined)
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The person approved, and the desktop has its ticket.
    Approved,
    /// The person declined, and the desktop knows.
    Declined,
    /// The desktop went away, with its close code if it sent one.
    Left(Option<CloseCode>),
    /// The host ended the session.
    ShutDown,
}
