//! What goes wrong at the gateway, as data.

use ra_proto::CloseCode;

use super::{LineId, Wire};

/// What a desktop meets that opens a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The connection ends before the upgrade is answered.
    HangsUp,
    /// This status in place of 101.
    Status(u16),
    /// This status in place of 101, with `Retry-After: 1`.
    Later(u16),
}

/// Something that goes wrong when the gateway is about to say something.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// On how many sockets, from the first.
    pub sockets: LineId,
    /// The op of the frame that does not arrive as it should.
    pub op: &'static str,
    /// What happens.
    pub does: Does,
}

/// What happens to a frame.
#[derive(Clone, Copy, Debug)]
pub enum Does {
    /// It is never said.
    Swallow,
    /// This comes in its place.
    Replace(&'static str),
    /// This comes before it.
    Before(&'static str),
    /// An extra member stands first in it.
    Extend(&'static str),
    /// It comes in pieces, with a ping between them.
    Split,
    /// A binary message comes in its place.
    Binary,
    /// A text of so many bytes comes in its place.
    Flood(usize),
    /// The socket is closed in its place, with this code if there is one.
    Close(Option<u16>),
    /// The connection goes away in its place.
    HangUp,
}

impl Fault {
    pub(super) fn strikes(&self, id: LineId, text: &str) -> bool {
        id <= self.sockets && text.contains(&format!(r#""op":"{}""#, self.op))
    }
}

impl Does {
    pub(super) fn made_of(self, text: String) -> Vec<Wire> {
        match self {
            Self::Swallow => Vec::new(),
            Self::Replace(other) => vec![Wire::Text(other.into())],
            Self::Before(other) => vec![Wire::Text(other.into()), Wire::Text(text)],
            Self::Extend(member) => {
                vec![Wire::Text(text.replacen('{', &format!("{{{member},"), 1))]
            }
            Self::Split => vec![Wire::Pieces(text)],
            Self::Binary => vec![Wire::Binary],
            Self::Flood(bytes) => vec![Wire::Text("x".repeat(bytes))],
            Self::Close(code) => vec![Wire::Close(code.map(CloseCode))],
            Self::HangUp => vec![Wire::Lost],
        }
    }
}
