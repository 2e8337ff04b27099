//! Frames: one WebSocket text each, a flat JSON object with an `op`.
//!
//! The gateway sends [`GatewayFrame`]s, the desktop [`DesktopFrame`]s. Both decode and encode, so the same types serve
//! both ends. Decoding borrows from the frame's text. It reads the fields of the frame's op, in any position, and skips
//! all others.

mod desktop;
mod gateway;

pub use crate::error::{DecodeError, DecodeErrorKind};
pub use desktop::{DesktopFrame, Proof};
pub use gateway::GatewayFrame;

/// A frame may have this many bytes.
pub const MAX_FRAME_BYTES: usize = 65_536;

/// A frame may be nested this deeply; its own object is the first level.
pub const MAX_DEPTH: usize = 32;

fn check_size(text: &str) -> Result<(), DecodeError> {
    if text.len() > MAX_FRAME_BYTES {
        return Err(DecodeError::whole(DecodeErrorKind::TooLarge));
    }
    Ok(())
}
