//! Cryptography of remote auth: keys, proofs, fingerprints. This layer opens no socket, reads no clock, keeps no
//! global state and draws no randomness but what the caller's [`Entropy`] gives it (one exception: [`AwsLc`]).
//!
//! The desktop owns a [`SessionKey`], the gateway seals to a [`PeerKey`]. Both are RSA-2048 with OAEP, SHA-256,
//! MGF1-SHA-256 and no label (R-06). A [`Backend`] makes them; which one is the caller's choice, by value:
//!
//! ```
//! # #[cfg(all(feature = "rustcrypto", feature = "os-entropy"))]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use ra_crypto::{Backend, OsEntropy, RustCrypto};
//!
//! let mut entropy = OsEntropy;
//! // desktop: a fresh key for one QR; its public half goes into `init`
//! let mut key = RustCrypto.generate(&mut entropy)?;
//! // gateway: seals a nonce to that key
//! let peer = RustCrypto.peer_key(key.public_key())?;
//! let challenge = peer.seal(b"a nonce", &mut entropy)?;
//! // desktop: opens it and answers with a proof
//! let nonce = key.open(&challenge)?;
//! let proof = ra_crypto::digest_proof(nonce.expose());
//! assert_eq!(proof.len(), 43);
//! # Ok(())
//! # }
//! # #[cfg(not(all(feature = "rustcrypto", feature = "os-entropy")))]
//! # fn main() {}
//! ```
//!
//! # Keys that live elsewhere
//!
//! [`SessionKey`], [`PeerKey`] and [`Backend`] are open: a hardware module or a platform key store takes part by
//! implementing them.
//!
//! ```
//! use ra_crypto::{OpenError, Plaintext, SessionKey};
//!
//! # struct Module;
//! # impl Module {
//! #     fn oaep_sha256_open(&self, _: u32, _: &[u8]) -> Result<Vec<u8>, ()> { Ok(b"nonce".to_vec()) }
//! # }
//! /// A key that never leaves its module: only its public half is here.
//! struct ModuleKey {
//!     module: Module,
//!     handle: u32,
//!     public_key: Vec<u8>, // DER SubjectPublicKeyInfo, see `check_public_key`
//! }
//!
//! impl SessionKey for ModuleKey {
//!     fn public_key(&self) -> &[u8] {
//!         &self.public_key
//!     }
//!
//!     fn open(&mut self, sealed: &[u8]) -> Result<Plaintext, OpenError> {
//!         // whatever went wrong, the answer is the same
//!         let opened = self.module.oaep_sha256_open(self.handle, sealed);
//!         opened.map(Plaintext::new).map_err(|()| OpenError)
//!     }
//! }
//!
//! let mut key: Box<dyn SessionKey> =
//!     Box::new(ModuleKey { module: Module, handle: 7, public_key: vec![0; 294] });
//! assert_eq!(key.open(&[0; 256])?.to_utf8(), Ok("nonce"));
//! # Ok::<(), OpenError>(())
//! ```
//!
//! # Features
//!
//! `std` (default), `rustcrypto` (default: [`RustCrypto`], pure Rust, `no_std`), `aws-lc-rs` ([`AwsLc`], needs a C
//! compiler), `os-entropy` ([`OsEntropy`]).
#![forbid(unsafe_code)]
#![no_std]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[cfg(feature = "aws-lc-rs")]
mod aws_lc;
#[cfg(any(feature = "rustcrypto", feature = "aws-lc-rs"))]
mod drbg;
mod entropy;
mod error;
#[cfg(any(feature = "rustcrypto", feature = "aws-lc-rs"))]
mod generate;
mod key;
mod plaintext;
mod proof;
mod public_key;
#[cfg(feature = "rustcrypto")]
mod rustcrypto;

#[cfg(feature = "aws-lc-rs")]
pub use aws_lc::AwsLc;
#[cfg(feature = "os-entropy")]
pub use entropy::OsEntropy;
pub use entropy::{Entropy, EntropyError};
pub use error::{GenerateError, KeyError, OpenError, SealError};
pub use key::{Backend, MAX_PLAINTEXT_BYTES, PeerKey, SEALED_BYTES, SessionKey};
pub use plaintext::Plaintext;
pub use proof::{digest_proof, fingerprint, nonce_proof, sha256};
pub use public_key::{PUBLIC_KEY_BYTES, PublicKeyError, check_public_key};
pub use ra_proto::Fingerprint;
#[cfg(feature = "rustcrypto")]
pub use rustcrypto::RustCrypto;
