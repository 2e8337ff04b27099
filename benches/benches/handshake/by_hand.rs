//! The gateway's part of a handshake as one would write it first: derived frames, the same key, no phases and no
//! clocks.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ra_crypto::Backend as _;
use ra_testkit::{Fake, NoEntropy};
use sha2::{Digest as _, Sha256};

use crate::derived;

/// From the desktop's key to the challenge.
pub fn challenge(init: &str, nonce: &[u8]) -> Option<String> {
    let Ok(derived::Desktop::Init { encoded_public_key }) = serde_json::from_str(init) else {
        return None;
    };
    let spki = STANDARD.decode(encoded_public_key).ok()?;
    let sealed = Fake.peer_key(&spki).ok()?;
    let sealed = sealed.seal(nonce, &mut NoEntropy).ok()?;
    let encrypted_nonce = STANDARD.encode(sealed);
    serde_json::to_string(&derived::Gateway::NonceProof { encrypted_nonce }).ok()
}

/// From the desktop's proof to the fingerprint, if the proof is right.
pub fn admit(proof: &str, nonce: &[u8], spki: &[u8]) -> Option<String> {
    let Ok(derived::Desktop::NonceProof { proof, .. }) = serde_json::from_str(proof) else {
        return None;
    };
    if proof? != URL_SAFE_NO_PAD.encode(Sha256::digest(nonce)) {
        return None;
    }
    let fingerprint = URL_SAFE_NO_PAD.encode(Sha256::digest(spki));
    serde_json::to_string(&derived::Gateway::PendingRemoteInit { fingerprint }).ok()
}
