//! Input: events of the socket and the clock, for the machine at either end.

use core::fmt;
use ra_proto::CloseCode;

/// Something that happened on the socket or the clock. None of it can misuse the machine.
///
/// ```
/// use ra_core::desktop::session::Input;
///
/// fn from_the_socket(message: &[u8]) -> Input<'_> {
///     match core::str::from_utf8(message) {
///         Ok(text) => Input::Text(text),
///         Err(_) => Input::Binary,
///     }
/// }
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Input<'a> {
    /// A text message.
    Text(&'a str),
    /// A binary message, or a text message that is not UTF-8.
    Binary,
    /// A message over the carrier's cap.
    Oversized,
    /// The other side closed the socket, with its code if it sent one.
    Closed(Option<CloseCode>),
    /// The connection is gone without a close.
    Lost,
    /// Time has passed.
    Tick,
}

impl fmt::Debug for Input<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()), // may carry a nonce or a ticket
            Self::Binary => f.write_str("Binary"),
            Self::Oversized => f.write_str("Oversized"),
            Self::Closed(code) => f.debug_tuple("Closed").field(code).finish(),
            Self::Lost => f.write_str("Lost"),
            Self::Tick => f.write_str("Tick"),
        }
    }
}
