//! Types that every layer of remote auth shares: secrets, monotonic time, fault and retry, snowflakes, and the one URL
//! splitter.
//!
//! The crates above re-export what their users need, for example `ra_proto::Token` and `ra_core::Retry`. Depend on this
//! crate directly only to define secret types with [`secret_text!`].
#![no_std]
#![forbid(unsafe_code)]

#[doc(hidden)]
pub extern crate alloc; // named by `secret_text!`, like `serde`

#[doc(hidden)]
pub use serde;

mod fault;
mod mono_time;
mod secret;
mod snowflake;
mod url_parts;

pub use fault::{Fault, Retry};
pub use mono_time::MonoTime;
pub use secret::{
    HandshakeToken, MfaAnswerText, MfaTicket, MfaToken, SecretBytes, SecretText, Sensitive, Ticket,
    Token, constant_time_eq,
};
pub use snowflake::{Snowflake, SnowflakeError};
pub use url_parts::UrlParts;
