//! What a desktop session wants done.

use alloc::string::String;
use core::time::Duration;

use ra_proto::{CloseCode, ScanUrl, Ticket, User};

use super::SessionError;
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

/// Something the person at the screen should see.
///
/// ```
/// use ra_core::desktop::session::Event;
///
/// fn code_to_draw(event: &Event) -> Option<&str> {
///     match event {
///         Event::Qr { url, .. } => Some(url.as_str()),
///         _ => None,
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Show this as a QR code.
    Qr {
        /// What the code says.
        url: ScanUrl,
        /// How long it is good for.
        expires_in: Duration,
    },
    /// Somebody has scanned the code: show who. Again, with somebody else, for another scan (R-15).
    User(User),
    /// The gateway said something this version does not know (R-03): the op, its first 64
    /// characters. At most 32 of these are reported a session.
    UnknownOp(String),
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
