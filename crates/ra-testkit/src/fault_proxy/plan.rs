//! What happens to a connection.

use std::time::Duration;

use crate::SeededEntropy;

/// About as many bytes as a login's socket takes up and down, and as a call and its reply do.
const SOCKET_BYTES: (u64, u64) = (900, 1_500);
const CALL_BYTES: u64 = 500;
/// How many frames the gateway says from `hello` to the ticket.
const FRAMES: u64 = 5;

/// How bad a proxy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Slow and in small pieces, but everything arrives.
    Slow,
    /// Anything may happen.
    Broken,
}

/// What happens to one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// To what the one who connected sends.
    pub up: Flow,
    /// To what comes back.
    pub down: Flow,
}

/// What happens to one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// How many of the first bytes are handed on as they come: an answer to an upgrade in many pieces is taken for an
    /// attack by its readers.
    pub whole: u64,
    /// How many bytes are handed on at a time.
    pub piece: usize,
    /// How long each piece is held.
    pub delay: Duration,
    /// When it ends before its time, and how.
    pub end: Option<(After, End)>,
}

/// When something ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// So many bytes of this direction have been handed on.
    Bytes(u64),
    /// So many frames of the gateway have been handed on.
    Frames(usize),
}

/// How a direction ends before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Both directions are closed.
    Cut,
    /// The connection is reset, both sides of it.
    Reset,
    /// This direction is closed, the other goes on.
    HalfClose,
    /// Nothing more is handed on in this direction, and nothing is closed.
    Stall,
}

impl Flow {
    /// Everything arrives as it came.
    pub const CLEAR: Self = Self {
        whole: 0,
        piece: usize::MAX,
        delay: Duration::ZERO,
        end: None,
    };
}

impl Plan {
    /// What `seed` has for connection `number`.
    #[must_use]
    pub fn of(seed: u64, number: u64, mood: Mood) -> Self {
        let mut rng = SeededEntropy::new(seed.wrapping_mul(0x1_0001).wrapping_add(number));
        let mut plan = Self {
            up: pace(&mut rng, mood),
            down: pace(&mut rng, mood),
        };
        // every third connection gets through, so that what comes after it is reached too
        if mood == Mood::Broken && rng.below(3) > 0 {
            let end = match rng.below(4) {
                0 => End::Cut,
                1 => End::Reset,
                2 => End::HalfClose,
                _ => End::Stall,
            };
            let (flow, socket) = match rng.below(3) {
                0 => (&mut plan.up, SOCKET_BYTES.0),
                _ => (&mut plan.down, SOCKET_BYTES.1),
            };
            let after = match rng.below(3) {
                0 => After::Frames(1 + rng.below(FRAMES) as usize),
                1 => After::Bytes(rng.below(socket)),
                // now and then before the first byte
                _ => After::Bytes(rng.below(CALL_BYTES + 50).saturating_sub(50)),
            };
            flow.end = Some((after, end));
        }
        plan
    }
}

fn pace(rng: &mut SeededEntropy, mood: Mood) -> Flow {
    let whole = match mood {
        Mood::Slow => 512,
        Mood::Broken => rng.below(4) * 256,
    };
    let (piece, longest) = match rng.below(4) {
        0 => (1, 1_000),
        1 => (2 + rng.below(60) as usize, 5_000),
        2 => (usize::MAX, 200_000),
        _ => (usize::MAX, 0),
    };
    Flow {
        whole,
        piece,
        delay: Duration::from_micros(rng.below(longest + 1)),
        end: None,
    }
}
