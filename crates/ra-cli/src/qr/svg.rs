//! Writes a QR code as an SVG picture: one unit a module, one path for all dark modules.

use core::fmt::Write;

use super::Qr;

/// Pixels on the side of a module, for viewers that use the picture's own size.
const SCALE: usize = 8;

/// Returns the text of an SVG file.
#[must_use]
pub(crate) fn encode(qr: &Qr) -> String {
    let side = qr.side();
    let mut path = String::new();
    for y in 0..side {
        let mut x = 0;
        while x < side {
            let run = (x..side).take_while(|&x| qr.is_dark(x, y)).count();
            if run > 0 {
                // writing to a String cannot fail
                let _ = write!(path, "M{x} {y}h{run}v1h-{run}z");
            }
            x += run + 1;
        }
    }
    let pixels = side * SCALE;
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{pixels}\" height=\"{pixels}\" \
         viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\n\
         <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/>\n\
         <path d=\"{path}\" fill=\"#000\"/>\n</svg>\n"
    )
}
