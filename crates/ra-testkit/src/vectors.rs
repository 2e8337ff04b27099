//! Reader of `vectors/remote_auth.json`: keys, sealed messages and refusals that an implementation independent of this
//! project made (Python's `cryptography`), and one example from the published protocol text. All keys are throw-away.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

/// Everything in the file.
pub struct Vectors {
    /// RSA-2048 keys with what was sealed to them.
    pub keys: Vec<KeyVector>,
    /// Public keys that a gateway has to refuse.
    pub refused_public_keys: Vec<Refusal>,
    /// The example of the published protocol text.
    pub published: Published,
}

/// One key and what was sealed to it.
pub struct KeyVector {
    /// The private key, PKCS#8 DER.
    pub pkcs8: Vec<u8>,
    /// The public key, SubjectPublicKeyInfo DER.
    pub spki: Vec<u8>,
    /// Its fingerprint, unpadded base64url.
    pub fingerprint: String,
    /// Challenges with both proofs.
    pub nonces: Vec<NonceVector>,
    /// Well-formed user payloads.
    pub user_payloads: Vec<SealedVector>,
    /// User payloads that open but have to be refused.
    pub bad_user_payloads: Vec<SealedVector>,
    /// Tokens.
    pub tokens: Vec<SealedVector>,
    /// Messages that must not open with this key.
    pub must_not_open: Vec<Refusal>,
}

/// A challenge and the two proofs that answer it.
pub struct NonceVector {
    /// The sealed nonce and the nonce.
    pub sealed: SealedVector,
    /// The proof in the digest dialect.
    pub digest_proof: String,
    /// The proof in the nonce dialect.
    pub nonce_proof: String,
}

/// A message, open and sealed.
pub struct SealedVector {
    /// The plaintext.
    pub plaintext: Vec<u8>,
    /// The sealed message.
    pub sealed: Vec<u8>,
}

/// Bytes that have to be refused.
pub struct Refusal {
    /// Reason to refuse them, as text.
    pub why: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// The example of the published protocol text.
pub struct Published {
    /// The public key of its `init` frame, SubjectPublicKeyInfo DER.
    pub spki: Vec<u8>,
    /// The fingerprint of its `pending_remote_init` frame.
    pub fingerprint: String,
}

/// Reads the file that was built in.
///
/// # Panics
/// When the file does not have the form described above.
#[must_use]
#[allow(clippy::expect_used)] // a broken file fails the test that reads it
pub fn load() -> Vectors {
    let file: Value = serde_json::from_str(include_str!("../vectors/remote_auth.json"))
        .expect("the vectors are JSON");
    let published = &file["published_example"];
    Vectors {
        keys: list(&file["keys"], key),
        refused_public_keys: list(&file["gateway_must_refuse_public_keys"], |entry| {
            refusal(entry, "spki_der_b64")
        }),
        published: Published {
            spki: bytes(&published["encoded_public_key"]),
            fingerprint: text(&published["fingerprint"]),
        },
    }
}

fn key(entry: &Value) -> KeyVector {
    KeyVector {
        pkcs8: bytes(&entry["pkcs8_der_b64"]),
        spki: bytes(&entry["spki_der_b64"]),
        fingerprint: text(&entry["fingerprint"]),
        nonces: list(&entry["nonces"], |nonce| NonceVector {
            sealed: sealed(nonce),
            digest_proof: text(&nonce["digest_b64url"]),
            nonce_proof: text(&nonce["raw_b64url"]),
        }),
        user_payloads: list(&entry["user_payloads"], sealed),
        bad_user_payloads: list(&entry["bad_user_payloads"], sealed),
        tokens: list(&entry["tokens"], sealed),
        must_not_open: list(&entry["must_not_decrypt"], |entry| {
            refusal(entry, "ciphertext_b64")
        }),
    }
}

/// The plaintext stands as text, or as bytes under one of two names.
fn sealed(entry: &Value) -> SealedVector {
    let plaintext = match (&entry["text"], &entry["bytes_b64"]) {
        (Value::String(text), _) => text.clone().into_bytes(),
        (_, Value::Null) => bytes(&entry["plaintext_b64"]),
        (_, encoded) => bytes(encoded),
    };
    SealedVector {
        plaintext,
        sealed: bytes(&entry["ciphertext_b64"]),
    }
}

fn refusal(entry: &Value, name: &str) -> Refusal {
    Refusal {
        why: text(&entry["why"]),
        bytes: bytes(&entry[name]),
    }
}

fn list<T>(entries: &Value, read: impl FnMut(&Value) -> T) -> Vec<T> {
    #[allow(clippy::expect_used)] // as in `load`
    entries
        .as_array()
        .expect("a list of vectors")
        .iter()
        .map(read)
        .collect()
}

#[allow(clippy::expect_used)] // as in `load`
fn text(value: &Value) -> String {
    value.as_str().expect("a text of a vector").to_owned()
}

#[allow(clippy::expect_used)] // as in `load`
fn bytes(value: &Value) -> Vec<u8> {
    STANDARD.decode(text(value)).expect("base64 of a vector")
}
