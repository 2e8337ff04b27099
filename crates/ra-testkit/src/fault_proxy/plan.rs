//! Plans of what a proxy does to its connections.

use std::time::Duration;

use crate::SeededEntropy;

/// About as many bytes as a login's socket takes up and down, and as a call and its reply do.
const SOCKET_BYTES: (u64, u64) = (900, 1_500);
const CALL_BYTES: u64 = 500;
/// Number of frames the gateway sends from `hello` to the ticket.
const FRAMES: u64 = 5;

/// Severity of a proxy's faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Slow and in small pieces, but everything arrives.
    Slow,
    /// Anything may happen.
    Broken,
}

/// Plan for one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Plan for bytes from the connecting side.
    pub up: Flow,
    /// Plan for bytes to the connecting side.
    pub down: Flow,
}

/// Plan for one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Number of first bytes that are forwarded unchanged: readers take an upgrade's answer in many pieces for an
    /// attack.
    pub whole: u64,
    /// Number of bytes forwarded at a time.
    pub piece: usize,
    /// Delay of each piece.
    pub delay: Duration,
    /// Point and way of an early end, if any.
    pub end: Option<(After, End)>,
}

/// Point at which a direction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// After this many bytes of this direction.
    Bytes(u64),
    /// After this many frames of the gateway.
    Frames(usize),
}

/// Way in which a direction ends early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Both directions are closed.
    Cut,
    /// The connection is reset, both sides of it.
    Reset,
    /// This direction is closed, the other goes on.
    HalfClose,
    /// Stalls: nothing more is forwarded in this direction, and nothing is closed.
    Stall,
}

impl Flow {
    /// Everything is forwarded unchanged.
    pub const CLEAR: Self = Self {
        whole: 0,
        piece: usize::MAX,
        delay: Duration::ZERO,
        end: None,
    };
}

impl Plan {
    /// Returns the plan that `seed` gives connection `number`.
    #[must_use]
    pub fn of(seed: u64, number: u64, mood: Mood) -> Self {
        let mut rng = SeededEntropy::new(seed.wrapping_mul(0x1_0001).wrapping_add(number));
        let mut plan = Self {
            up: pace(&mut rng, mood),
            down: pace(&mut rng, mood),
        };
        // every third connection is unharmed, so that later steps are reached too
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
