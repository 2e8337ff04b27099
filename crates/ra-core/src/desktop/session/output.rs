//! Outputs of a desktop session: actions for the driver, and the outcome.

use ra_proto::{CloseCode, Ticket, User};

use super::error::SessionError;
use crate::Text;
use crate::desktop::event::Event;

/// The next action, or the end.
///
/// ```
/// use ra_core::desktop::session::Output;
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
    /// An event for the screen.
    Event(Event),
    /// Close the socket with this code, and ignore whatever still arrives on it.
    Close(CloseCode),
    /// The session is over. Comes once, last.
    End(Result<Outcome, SessionError>),
}

/// How a session ended without an error.
///
/// ```
/// use ra_core::desktop::session::Outcome;
/// use ra_proto::rest::ExchangeTicket;
///
/// /// The call after an approval; `Login` makes it by itself.
/// fn next(outcome: Outcome) -> Option<ExchangeTicket> {
///     match outcome {
///         Outcome::Approved { ticket, .. } => Some(ExchangeTicket::new(ticket, None)),
///         _ => None,
///     }
/// }
/// ```
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The person approved: exchange the ticket for the token.
    Approved {
        /// Exchange this for the token.
        ticket: Ticket,
        /// The user who approved.
        user: User,
    },
    /// The person declined (R-14).
    Declined,
    /// The caller cancelled.
    Cancelled,
}
