//! QR codes: their modules, and pictures of them for terminals, PNG and SVG.

pub(crate) mod png;
pub(crate) mod svg;
pub(crate) mod terminal;

use core::fmt;

use qrcode::{EcLevel, QrCode};

/// Width of the light border in modules, as ISO/IEC 18004 requires.
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
    /// Makes the code for `text` with the lowest error correction, because screens do not get scratched. A scan URL
    /// then takes 41 columns and 21 lines, which fits an 80 by 24 terminal.
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

    /// Returns the number of modules on a side, quiet zone included.
    #[must_use]
    pub(crate) fn side(&self) -> usize {
        self.inner + 2 * QUIET_ZONE
    }

    /// Returns true if the module in column `x`, row `y` is dark. All modules outside the code are light.
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
