//! What happens to a connection.

use std::time::Duration;

use crate::SeededEntropy;

/// About as many bytes as a login's socket brings; a call and its reply are shorter.
const SOCKET_BYTES: u64 = 1_700;

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
    /// After how many bytes it ends, and how.
    pub end: Option<(u64, End)>,
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
            let flow = match rng.below(3) {
                0 => &mut plan.up,
                _ => &mut plan.down,
            };
            // now and then before the first byte
            let after = rng.below(SOCKET_BYTES + 100).saturating_sub(100);
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
