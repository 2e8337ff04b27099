//! Which public keys remote auth takes: exactly one encoding, so that one key has one fingerprint.

use core::{error::Error, fmt};

/// Length of every acceptable public key: `PREFIX`, a modulus of 256 bytes, `SUFFIX`.
pub const PUBLIC_KEY_BYTES: usize = 294;

/// DER up to the modulus: SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) of rsaEncryption with NULL parameters
/// (RFC 3279, 2.3.1) and the head of RSAPublicKey (RFC 8017, A.1.1). The last zero keeps the modulus positive.
const PREFIX: [u8; 33] = [
    0x30, 0x82, 0x01, 0x22, // SubjectPublicKeyInfo, 290 bytes
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00, 0x03,
    0x82, 0x01, 0x0f, 0x00, // BIT STRING, 271 bytes, no unused bits
    0x30, 0x82, 0x01, 0x0a, // RSAPublicKey, 266 bytes
    0x02, 0x82, 0x01, 0x01, 0x00, // INTEGER, 257 bytes
];
/// DER of the exponent 65537.
const SUFFIX: [u8; 5] = [0x02, 0x03, 0x01, 0x00, 0x01];
/// The object identifier rsaEncryption, 1.2.840.113549.1.1.1.
const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const MODULUS_BITS: usize = 2048;

/// Why a public key was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKeyError {
    /// Not the DER of a SubjectPublicKeyInfo.
    Malformed,
    /// A key of another algorithm than RSA.
    Algorithm,
    /// An RSA key of another size than 2048 bits.
    Size,
    /// Another exponent than 65537.
    Exponent,
    /// An even modulus: not the product of two large primes.
    Modulus,
    /// An acceptable key, not encoded as DER says, or followed by more bytes.
    NotCanonical,
    /// The backend refused for a reason that it does not give.
    Backend,
}

impl fmt::Display for PublicKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the public key is not a subject public key info",
            Self::Algorithm => "the public key is not an rsa key",
            Self::Size => "the public key has not 2048 bits",
            Self::Exponent => "the exponent of the public key is not 65537",
            Self::Modulus => "the modulus of the public key is even",
            Self::NotCanonical => "the public key is not encoded canonically",
            Self::Backend => "the backend refused the public key",
        })
    }
}

impl Error for PublicKeyError {}

/// Tells whether `spki` is an RSA-2048 public key with e = 65537 in its only DER encoding.
///
/// Both backends apply it to every key that comes in; who implements [`PeerKey`](crate::PeerKey) should, too. It
/// cannot tell whether the modulus is the product of two secret primes: a desktop that sends another one harms only
/// itself.
///
/// # Errors
/// The first reason found, see [`PublicKeyError`].
pub fn check_public_key(spki: &[u8]) -> Result<(), PublicKeyError> {
    // A key that is acceptable has no freedom outside its modulus: this comparison alone decides.
    let modulus = spki
        .strip_prefix(&PREFIX)
        .and_then(|rest| rest.strip_suffix(&SUFFIX));
    match modulus {
        Some(modulus) if bits(modulus) == MODULUS_BITS && is_odd(modulus) => Ok(()),
        _ => Err(reason(spki)),
    }
}

/// Names the fault of a key that is already refused.
fn reason(spki: &[u8]) -> PublicKeyError {
    let Some((algorithm, key)) = parts(spki) else {
        return PublicKeyError::Malformed;
    };
    if algorithm != RSA_ENCRYPTION {
        return PublicKeyError::Algorithm;
    }
    let Some((modulus, exponent)) = numbers(key) else {
        return PublicKeyError::Malformed;
    };
    if bits(modulus) != MODULUS_BITS {
        PublicKeyError::Size
    } else if exponent != [1, 0, 1] {
        PublicKeyError::Exponent
    } else if !is_odd(modulus) {
        PublicKeyError::Modulus
    } else {
        PublicKeyError::NotCanonical
    }
}

/// Algorithm and content of a SubjectPublicKeyInfo.
fn parts(spki: &[u8]) -> Option<(&[u8], &[u8])> {
    let (info, _) = element(0x30, spki)?;
    let (algorithm, rest) = element(0x30, info)?;
    let (algorithm, _) = element(0x06, algorithm)?;
    let (key, _) = element(0x03, rest)?;
    Some((algorithm, key.strip_prefix(&[0])?))
}

/// Modulus and exponent of an RSAPublicKey, without leading zeros.
fn numbers(key: &[u8]) -> Option<(&[u8], &[u8])> {
    let (key, _) = element(0x30, key)?;
    let (modulus, rest) = element(0x02, key)?;
    let (exponent, _) = element(0x02, rest)?;
    Some((unpadded(modulus), unpadded(exponent)))
}

/// The content of the element of type `tag` that `bytes` starts with, and what follows it.
fn element(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&found, bytes) = bytes.split_first()?;
    let (&length, bytes) = bytes.split_first()?;
    let (length, bytes) = match length {
        0..=0x7f => (usize::from(length), bytes),
        0x81 => bytes
            .split_first()
            .map(|(&a, rest)| (usize::from(a), rest))?,
        0x82 => bytes
            .split_first_chunk()
            .map(|(&length, rest)| (usize::from(u16::from_be_bytes(length)), rest))?,
        _ => return None,
    };
    (found == tag).then_some(())?;
    bytes.split_at_checked(length)
}

/// Length of a number in bits; 0 for one that starts with a zero byte.
fn bits(number: &[u8]) -> usize {
    match number {
        [0, ..] | [] => 0,
        [first, rest @ ..] => rest.len() * 8 + first.ilog2() as usize + 1,
    }
}

fn is_odd(number: &[u8]) -> bool {
    number.last().is_some_and(|last| last % 2 == 1)
}

fn unpadded(mut number: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = number {
        number = rest;
    }
    number
}
