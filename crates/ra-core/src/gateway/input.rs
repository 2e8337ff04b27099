//! What reaches a gateway session from outside.

use ra_proto::CloseCode;

/// Something that happened on the socket or the clock.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Input<'a> {
    /// A text message. Debug shows it: do not log what has not been through the machine.
    Text(&'a str),
    /// A binary message, or a text message that is not UTF-8.
    Binary,
    /// A message over the carrier's cap.
    Oversized,
    /// The desktop closed the socket, with its code if it sent one.
    Closed(Option<CloseCode>),
    /// The connection is gone without a close.
    Lost,
    /// Time has passed.
    Tick,
}
