//! What a desktop session wants done.

use alloc::string::String;
use core::time::Duration;

use ra_proto::{CloseCode, ScanUrl, Ticket, User};

use super::SessionError;
use crate::Text;

/// The next thing to do.
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
    /// Somebody has scanned the code: show who. Again, with somebody else, for another scan.
    User(User),
    /// The gateway said something this version does not know: the op, its first 64
    /// characters. At most 32 of these are reported a session.
    UnknownOp(String),
}

/// How a session ended when nothing went wrong.
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
    /// The person said no.
    Declined,
    /// The caller cancelled.
    Cancelled,
}
