//! Writes a QR code as a PNG picture: one bit a pixel, black on white.

use super::Qr;

/// Pixels on the side of a module: 328 pixels for a usual code, which phones read from a screen at arm's length.
pub(crate) const SCALE: usize = 8;

/// Returns the bytes of a PNG file.
///
/// # Errors
/// The errors of the encoder. A code of [`Qr::new`] is never too large for it.
pub(crate) fn encode(qr: &Qr) -> Result<Vec<u8>, ::png::EncodingError> {
    let side = qr.side() * SCALE;
    let stride = side.div_ceil(8);
    let mut rows = Vec::with_capacity(stride * side);
    for y in 0..qr.side() {
        let mut row = vec![0_u8; stride];
        for x in 0..side {
            if let (false, Some(byte)) = (qr.is_dark(x / SCALE, y), row.get_mut(x / 8)) {
                *byte |= 0x80 >> (x % 8);
            }
        }
        rows.extend(row.iter().cycle().take(stride * SCALE));
    }

    let pixels = u32::try_from(side).unwrap_or(u32::MAX);
    let mut file = Vec::with_capacity(2048);
    let mut encoder = ::png::Encoder::new(&mut file, pixels, pixels);
    encoder.set_color(::png::ColorType::Grayscale);
    encoder.set_depth(::png::BitDepth::One);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&rows)?;
    writer.finish()?;
    Ok(file)
}
