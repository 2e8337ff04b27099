//! Frames that the desktop sends.

use alloc::{borrow::Cow, string::String};

use super::{DecodeError, check_size};
use crate::json::{Field, read_object, write_raw, write_text};
use ra_types::Sensitive;

/// A frame from the desktop to the gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DesktopFrame<'a> {
    /// Brings the desktop's key (R-05).
    Init {
        /// DER `SubjectPublicKeyInfo`, in base64.
        encoded_public_key: Cow<'a, str>,
    },
    /// The answer to the challenge (R-07).
    NonceProof(Proof<'a>),
    /// A sign of life (R-10).
    Heartbeat,
    /// A frame of an op that this version does not know; to be skipped (R-03).
    Unknown {
        /// The op as it came. It may hold any characters.
        op: Cow<'a, str>,
    },
}

/// The answer to the challenge, in one of the two dialects (R-07).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof<'a> {
    /// Member `proof`: the nonce's SHA-256 in unpadded base64url.
    Digest(Sensitive<'a>),
    /// Member `nonce`: the nonce itself in unpadded base64url.
    Nonce(Sensitive<'a>),
}

impl<'a> DesktopFrame<'a> {
    /// Reads a frame. Of a `nonce_proof` with both members `proof` is read and `nonce` is an extra key.
    ///
    /// # Errors
    /// [`DecodeError`] names the op and the missing or wrong field (R-03, R-17).
    pub fn decode(text: &'a str) -> Result<Self, DecodeError> {
        check_size(text)?;
        let mut op = Field::new("op");
        let mut encoded_public_key = Field::new("encoded_public_key");
        let mut proof = Field::new("proof");
        let mut nonce = Field::new("nonce");
        read_object(text, |key, value| match key {
            "op" => op.put(value),
            "encoded_public_key" => encoded_public_key.put(value),
            "proof" => proof.put(value),
            "nonce" => nonce.put(value),
            _ => {}
        })?;
        let op = op.text()?;
        Ok(match &*op {
            "init" => Self::Init {
                encoded_public_key: encoded_public_key.of("init").text()?,
            },
            "nonce_proof" if nonce.is_there() && !proof.is_there() => {
                Self::NonceProof(Proof::Nonce(nonce.of("nonce_proof").secret()?))
            }
            "nonce_proof" => Self::NonceProof(Proof::Digest(proof.of("nonce_proof").secret()?)),
            "heartbeat" => Self::Heartbeat,
            _ => Self::Unknown { op },
        })
    }

    /// Appends the frame's text to `out`.
    ///
    /// An [`Unknown`](Self::Unknown) frame is written with its op alone.
    pub fn encode_into(&self, out: &mut String) {
        match self {
            Self::Init { encoded_public_key } => {
                let head = r#"{"op":"init","encoded_public_key":""#;
                write_text(out, head, encoded_public_key, "\"}");
            }
            Self::NonceProof(Proof::Digest(proof)) => {
                let head = r#"{"op":"nonce_proof","proof":""#;
                write_text(out, head, proof.expose(), "\"}");
            }
            Self::NonceProof(Proof::Nonce(nonce)) => {
                let head = r#"{"op":"nonce_proof","nonce":""#;
                write_text(out, head, nonce.expose(), "\"}");
            }
            Self::Heartbeat => write_raw(out, r#"{"op":"heartbeat"}"#),
            Self::Unknown { op } => write_text(out, r#"{"op":""#, op, "\"}"),
        }
    }

    /// The frame's text. Wipe it after use where [`NonceProof`](Self::NonceProof) is encoded.
    ///
    /// ```
    /// use ra_proto::frame::{DesktopFrame, Proof};
    ///
    /// let frame = DesktopFrame::NonceProof(Proof::Digest("HxhP".into()));
    /// assert_eq!(frame.encode(), r#"{"op":"nonce_proof","proof":"HxhP"}"#);
    /// ```
    #[must_use]
    pub fn encode(&self) -> String {
        let mut out = String::new();
        self.encode_into(&mut out);
        out
    }

    /// The op on the wire.
    #[must_use]
    pub fn op(&self) -> &str {
        match self {
            Self::Unknown { op } => op,
            known => known.op_name(),
        }
    }

    /// The op's name for logs and errors: `unknown` in place of a peer's own text.
    #[must_use]
    pub const fn op_name(&self) -> &'static str {
        match self {
            Self::Init { .. } => "init",
            Self::NonceProof(_) => "nonce_proof",
            Self::Heartbeat => "heartbeat",
            Self::Unknown { .. } => "unknown",
        }
    }
}
