//! ID tokens with something bad in them, signed by keys that are made here.

use std::sync::OnceLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::*;
use crate::{AccessToken, RawIdToken};

mod claims;
mod envelope;
mod keys;

const NOW: u64 = 1_700_000_000;
const CLIENT: u64 = 157_730_590_492_196_864;
const ACCESS: &str = "6qrZcUqja7812RVdnEKjpzOL4CvHBFG";

/// The keys of one test run; made once, as making one takes its time.
struct Signer {
    pair: RsaKeyPair,
    size: usize,
}

impl Signer {
    fn make(size: KeySize) -> Self {
        let pair = RsaKeyPair::generate(size).unwrap();
        let size = pair.public_modulus_len();
        Self { pair, size }
    }

    /// The service's.
    fn service() -> &'static Self {
        static KEY: OnceLock<Signer> = OnceLock::new();
        KEY.get_or_init(|| Self::make(KeySize::Rsa2048))
    }

    /// The one that an attacker made.
    fn other() -> &'static Self {
        static KEY: OnceLock<Signer> = OnceLock::new();
        KEY.get_or_init(|| Self::make(KeySize::Rsa2048))
    }

    /// The modulus: what is in the DER before the exponent, 02 03 01 00 01.
    fn modulus(&self) -> Vec<u8> {
        let der = self.pair.public_key().as_ref();
        let (rest, exponent) = der.split_at(der.len() - 5);
        assert_eq!(exponent, [2, 3, 1, 0, 1]);
        rest[rest.len() - self.size..].to_vec()
    }

    fn jwk(&self, kid: &str) -> Value {
        let n = URL_SAFE_NO_PAD.encode(self.modulus());
        json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": n, "e": "AQAB"})
    }

    fn sign(&self, message: &str) -> String {
        let mut signature = vec![0; self.size];
        let random = SystemRandom::new();
        let message = message.as_bytes();
        self.pair
            .sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
            .unwrap();
        URL_SAFE_NO_PAD.encode(signature)
    }

    /// A whole token, whatever its parts say.
    fn token(&self, header: &str, payload: &str) -> String {
        let text = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(payload)
        );
        let signature = self.sign(&text);
        format!("{text}.{signature}")
    }
}

const HEADER: &str = r#"{"alg":"RS256","kid":"k1","typ":"JWT"}"#;

/// What Discord's claims look like (P-11).
fn honest() -> Value {
    json!({
        "iss": "https://discord.com", "aud": [CLIENT.to_string()], "sub": "80351110224678912",
        "iat": NOW - 1, "exp": NOW + 3600, "auth_time": NOW - 100, "nonce": "n-1",
        "at_hash": claims_hash(),
    })
}

fn claims_hash() -> String {
    super::claims::at_hash(&AccessToken::new(ACCESS))
}

/// The honest claims but for this one; `Null` removes it.
fn with(claim: &str, value: Value) -> String {
    let mut claims = honest();
    let members = claims.as_object_mut().unwrap();
    match value {
        Value::Null => members.remove(claim),
        value => members.insert(claim.to_owned(), value),
    };
    claims.to_string()
}

fn set(keys: &[Value]) -> KeySet {
    KeySet::decode(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
}

/// A verifier that has the service's key as `k1`.
fn verifier() -> Verifier {
    let mut verifier = Verifier::new(Snowflake::new(CLIENT), "https://discord.com");
    let keys = set(&[Signer::service().jwk("k1")]);
    verifier.keys_arrived(UnixTime::from_secs(NOW), &keys);
    verifier.asked = Some(UnixTime::from_secs(NOW)); // what it does not know it does not know
    verifier
}

fn verify_by(verifier: &mut Verifier, now: u64, id_token: &str) -> Result<Verdict, IdTokenError> {
    let mut token = Token::new(AccessToken::new(ACCESS));
    token.id_token = Some(RawIdToken::new(id_token));
    verifier.verify(UnixTime::from_secs(now), &token, Some(&Nonce::new("n-1")))
}

fn verify(id_token: &str) -> Result<Verdict, IdTokenError> {
    verify_by(&mut verifier(), NOW, id_token)
}

fn verify_claims(payload: &str) -> Result<Verdict, IdTokenError> {
    verify(&Signer::service().token(HEADER, payload))
}

fn is_valid(result: &Result<Verdict, IdTokenError>) -> bool {
    matches!(result, Ok(Verdict::Valid(_)))
}
