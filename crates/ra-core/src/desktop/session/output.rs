//! What a desktop session wants done.

use ra_proto::{CloseCode, Ticket, User};

use super::{Event, SessionError};
use crate::Text;

/// The next thing to do.
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
    /// Something for the screen.
    Event(Event),
    /// Close the socket with this code; what still comes from it does not matter any more.
    Close(CloseCode),
    /// The session is over. Comes once, last.
    End(Result<Outcome, SessionError>),
}

/// How a session ended when nothing went wrong.
///
/// ```
/// use ra_core::desktop::session::Outcome;
/// use ra_proto::rest::ExchangeTicket;
///
/// /// What to call after a yes; `Login` does it by itself.
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
    /// The person said yes: exchange the ticket for the token.
    Approved {
        /// What the token is to be had for.
        ticket: Ticket,
        /// Who said yes.
        user: User,
    },
    /// The person said no (R-14).
    Declined,
    /// The caller cancelled.
    Cancelled,
}
