//! The protocol layer: the three roles of Discord's remote auth as state machines that open no
//! socket, read no clock and draw no randomness.
//!
//! | module | role | what it runs |
//! |---|---|---|
//! | [`desktop::session`] | wants in | one socket, from `hello` to the verdict |
//! | [`desktop::login`] | wants in | a whole login: sessions, renewal, ticket exchange |
//! | [`mobile`] | approves | the calls of the phone, with the person's decision between them |
//! | [`gateway`] | in between | one socket of the gateway |
//!
//! All machines share one contract:
//!
//! * Input from the world (`handle`) cannot misuse a machine and never fails; a command by the
//!   caller (`cancel`, `approve`, …) answers `Result<(), Misuse>`.
//! * Everything that is to be done comes out of one ordered queue, `poll_output`. Draining it
//!   late is legal and changes nothing.
//! * `deadline` says when to call `handle` with `Tick` at the latest, and why. After `handle` it
//!   lies ahead of the time given.
//! * The end is one value, `Output::End`, emitted once and last.
//! * Time is a [`MonoTime`]; time running backwards is clamped.
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
// A build without some of the roles does not use every shared part, and its docs lack the other roles' pages.
#![cfg_attr(
    not(all(feature = "desktop", feature = "mobile", feature = "gateway")),
    allow(
        dead_code,
        unused_imports,
        unused_macros,
        rustdoc::broken_intra_doc_links
    )
)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[cfg(feature = "http")]
mod call;
#[cfg(any(feature = "desktop", feature = "gateway"))]
mod input;
mod jitter;
mod machine;
mod misuse;
mod queue;
mod text;
mod time;

#[cfg(feature = "desktop")]
pub mod desktop;
#[cfg(feature = "gateway")]
pub mod gateway;
#[cfg(feature = "mobile")]
pub mod mobile;

#[cfg(feature = "http")]
pub use call::{CallId, HttpCall};
pub use jitter::Jitter;
pub use misuse::Misuse;
pub use ra_types::{Fault, MonoTime, Retry};
pub use text::Text;
pub use time::{Deadline, Wake};
