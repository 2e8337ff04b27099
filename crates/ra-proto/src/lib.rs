//! The wire layer of remote auth: values that are read from and written to text, and nothing else.
//!
//! This crate never opens a socket, reads a clock, draws randomness or does cryptography. It reads and writes frames
//! ([`frame`]), close codes ([`CloseCode`]), scan URLs ([`ScanUrl`]), user payloads ([`User`]) and REST calls
//! ([`rest`]). Errors name the field and never its content. Secrets ([`Token`], [`Ticket`], …) stay out of `Debug`.
//!
//! ```
//! use ra_proto::frame::GatewayFrame;
//!
//! let frame = GatewayFrame::decode(r#"{"timeout_ms":120000,"heartbeat_interval":41250,"op":"hello"}"#)?;
//! assert_eq!(frame, GatewayFrame::Hello { timeout_ms: 120_000, heartbeat_interval: 41_250 });
//! # Ok::<(), ra_proto::DecodeError>(())
//! ```
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod base64;
mod close;
mod error;
mod fingerprint;
pub mod frame;
mod json;
pub mod rest;
mod scan_url;
mod user;

pub use close::CloseCode;
pub use error::{DecodeError, DecodeErrorKind};
pub use fingerprint::{Fingerprint, FingerprintError};
pub use ra_types::{
    HandshakeToken, MfaAnswerText, MfaTicket, MfaToken, SecretBytes, Sensitive, Ticket, Token,
};
pub use scan_url::{ScanPrefix, ScanPrefixError, ScanUrl, ScanUrlError};
pub use user::{User, UserError};
