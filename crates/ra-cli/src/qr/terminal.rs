//! The QR code as half blocks: two modules on top of each other in one character.

use super::Qr;

/// How the picture gets its contrast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paint {
    /// Black on white by escape sequences: right on dark and on light terminals.
    Colours,
    /// Characters only. Light modules are drawn, which is right on dark terminals; most phones read the
    /// inverted picture on light ones too.
    Characters,
}

// Fixed entries of the 256-colour cube: themes redefine the first sixteen colours, not these.
const BLACK_ON_WHITE: &str = "\u{1b}[38;5;16;48;5;231m";
const RESET: &str = "\u{1b}[0m";

/// The lines of the picture, top to bottom, without line ends. Each is [`Qr::side`] columns wide.
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
