//! Base64 as the remote auth wire writes it, and as leniently as it must be read (R-12).

use alloc::{string::String, vec::Vec};
use core::fmt;

use ::base64::alphabet;
use ::base64::engine::general_purpose::{
    GeneralPurpose, GeneralPurposeConfig, STANDARD, URL_SAFE_NO_PAD,
};
use ::base64::engine::{DecodePaddingMode, Engine as _};

const EITHER_PADDING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const READ_STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, EITHER_PADDING);
const READ_URL: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, EITHER_PADDING);

/// The standard alphabet (RFC 4648 section 4), padded: public keys and sealed fields.
///
/// ```
/// assert_eq!(ra_proto::base64::encode_standard(&[0xfb, 0xff]), "+/8=");
/// ```
#[must_use]
pub fn encode_standard(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The URL alphabet (RFC 4648 section 5), not padded: fingerprints and proofs.
///
/// ```
/// assert_eq!(ra_proto::base64::encode_url(&[0xfb, 0xff]), "-_8");
/// ```
#[must_use]
pub fn encode_url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads either alphabet, with or without padding (R-12).
///
/// ```
/// use ra_proto::base64::decode;
///
/// for text in ["+/8=", "+/8", "-_8=", "-_8"] {
///     assert_eq!(decode(text)?, [0xfb, 0xff]);
/// }
/// # Ok::<(), ra_proto::base64::Base64Error>(())
/// ```
///
/// # Errors
/// [`Base64Error`] for anything else: both alphabets in one text, white space, half a padding, an
/// impossible length, or bits set that no byte uses.
pub fn decode(text: &str) -> Result<Vec<u8>, Base64Error> {
    let half_padded = text.ends_with('=') && !text.len().is_multiple_of(4);
    if half_padded {
        return Err(Base64Error);
    }
    let engine = if text.contains(['-', '_']) {
        &READ_URL
    } else {
        &READ_STANDARD
    };
    engine.decode(text).map_err(|_| Base64Error)
}

/// The text is not base64. The error does not tell where, so that it reveals nothing of the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Base64Error;

impl fmt::Display for Base64Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text is not base64")
    }
}

impl core::error::Error for Base64Error {}
