//! Values derived from keys and nonces by hashing and encoding alone.

use alloc::string::String;

use ra_proto::{Fingerprint, base64};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

/// SHA-256 (FIPS 180-4).
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The fingerprint of a public key: SHA-256 of its DER.
#[must_use]
pub fn fingerprint(spki: &[u8]) -> Fingerprint {
    Fingerprint::from_bytes(sha256(spki))
}

/// The answer to a challenge in the digest dialect: unpadded base64url of SHA-256 of the nonce.
#[must_use]
pub fn digest_proof(nonce: &[u8]) -> Zeroizing<String> {
    let mut digest = sha256(nonce);
    let proof = nonce_proof(&digest);
    digest.zeroize();
    proof
}

/// The answer to a challenge in the nonce dialect: unpadded base64url of the nonce itself.
#[must_use]
pub fn nonce_proof(nonce: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(base64::encode_url(nonce))
}
