//! The desktop role: the device that wants in.
//!
//! [`session`] is one socket and one QR; [`login`] is everything a device needs: sessions one after
//! the other, the two proof dialects, the ticket exchange. Most embedders want [`Login`].

mod event;
#[cfg(feature = "http")]
pub mod login;
pub mod session;

pub use event::{Event, RenewReason};
#[cfg(feature = "http")]
pub use login::Login;
pub use session::Session;
