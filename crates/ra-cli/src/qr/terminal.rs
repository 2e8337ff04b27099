//! Draws a QR code with half blocks: one character shows two modules, one above the other.

use super::Qr;

/// Way to draw dark and light modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paint {
    /// Black on white with escape sequences, for dark and light terminals.
    Colours,
    /// Characters alone. They draw the light modules, for dark terminals. Light terminals show the picture inverted,
    /// which most phones read too.
    Characters,
}

// Fixed entries of the 256-colour cube: themes redefine the first sixteen colours, not these.
const BLACK_ON_WHITE: &str = "\u{1b}[38;5;16;48;5;231m";
const RESET: &str = "\u{1b}[0m";

/// Returns the lines of the picture, top to bottom, without line ends. Each is [`Qr::side`] columns wide.
#[must_use]
pub(crate) fn lines(qr: &Qr, paint: Paint) -> Vec<String> {
    (0..qr.side())
        .step_by(2)
        .map(|y| {
            let row = (0..qr.side()).map(|x| {
                let (upper, lower) = (qr.is_dark(x, y), qr.is_dark(x, y + 1));
                match paint {
                    Paint::Colours => half_block(upper, lower),
                    // the last line of an odd number of rows stays light below
                    Paint::Characters => half_block(!upper, !lower),
                }
            });
            match paint {
                Paint::Colours => [BLACK_ON_WHITE, &row.collect::<String>(), RESET].concat(),
                Paint::Characters => row.collect(),
            }
        })
        .collect()
}

fn half_block(upper: bool, lower: bool) -> char {
    match (upper, lower) {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    }
}
