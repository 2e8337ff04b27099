//! The QR code as modules, and its three pictures.

pub(crate) mod png;
pub(crate) mod svg;
pub(crate) mod terminal;

use core::fmt;

use qrcode::{EcLevel, QrCode};

/// Light modules around the code, as ISO/IEC 18004 asks for.
pub(crate) const QUIET_ZONE: usize = 4;

/// A QR code with its quiet zone.
#[derive(Clone)]
pub(crate) struct Qr {
    inner: usize,
    dark: Vec<bool>,
}

/// The text is too long for a QR code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

impl Qr {
    /// The code for `text`. A screen does not get scratched: the lowest error correction keeps a scan URL within
    /// 41 columns and 21 lines, so that it fits on the smallest usual terminal.
    ///
    /// # Errors
    /// [`TooLong`] beyond 2,953 bytes.
    pub(crate) fn new(text: &str) -> Result<Self, TooLong> {
        let code = QrCode::with_error_correction_level(text, EcLevel::L).map_err(|_| TooLong)?;
        Ok(Self {
            inner: code.width(),
            dark: code
                .into_colors()
                .into_iter()
                .map(|colour| colour == qrcode::Color::Dark)
                .collect(),
        })
    }

    /// Modules on a side, quiet zone included.
    #[must_use]
    pub(crate) fn side(&self) -> usize {
        self.inner + 2 * QUIET_ZONE
    }

    /// Whether the module in column `x`, row `y` is dark; everything outside the code is light.
    #[must_use]
    pub(crate) fn is_dark(&self, x: usize, y: usize) -> bool {
        let (Some(x), Some(y)) = (x.checked_sub(QUIET_ZONE), y.checked_sub(QUIET_ZONE)) else {
            return false;
        };
        x < self.inner
            && y < self.inner
            && self.dark.get(y * self.inner + x).copied().unwrap_or(false)
    }
}

impl fmt::Debug for Qr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Qr")
            .field("side", &self.side())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the text is too long for a qr code")
    }
}

impl core::error::Error for TooLong {}

#[cfg(test)]
mod tests;
