//! Faults of the gateway, as data.

use ra_proto::CloseCode;

use super::{LineId, Wire};

/// Refusal of an attempt to open a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The connection ends before the upgrade is answered.
    HangsUp,
    /// This status in place of 101.
    Status(u16),
    /// This status in place of 101, with `Retry-After: 1`.
    Later(u16),
}

/// A fault in a frame of the gateway.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// Number of affected sockets, from the first.
    pub sockets: LineId,
    /// Op of the affected frame.
    pub op: &'static str,
    /// The change.
    pub does: Does,
}

/// Change of a frame.
#[derive(Clone, Copy, Debug)]
pub enum Does {
    /// The frame is not sent.
    Swallow,
    /// This text replaces it.
    Replace(&'static str),
    /// This text comes before it.
    Before(&'static str),
    /// The frame gets an extra first member.
    Extend(&'static str),
    /// The frame comes in pieces, with a ping between them.
    Split,
    /// A binary message replaces it.
    Binary,
    /// A text of so many bytes replaces it.
    Flood(usize),
    /// The socket is closed instead, with this code if there is one.
    Close(Option<u16>),
    /// The connection is lost instead.
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
