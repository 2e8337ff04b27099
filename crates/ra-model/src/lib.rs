//! The protocol as a small model, checked in every state that it can reach. It runs no login, and no published crate
//! depends on it.
//!
//! Ann and Bob each have a phone and a desktop. Two nodes of one gateway share a Redis. Mallory shows people pictures
//! of codes, reads and writes where no one should, and may use Bob's desktop and phone. A [`World`] limits the
//! mishaps and tricks of a run. [`check::Check`] names the checks of the code, each of which can be left out.
//! `docs/model.md` says which code each part stands for.
//!
//! ```
//! use ra_model::World;
//! use stateright::{Checker as _, Model as _};
//!
//! let quiet = World::new(0, 0).checker().spawn_bfs().join();
//! quiet.assert_no_discovery("a ticket is redeemed at most once");
//! quiet.assert_any_discovery("Ann's desktop gets Ann's token");
//! ```
#![forbid(unsafe_code)]

mod action;
pub mod check;
mod desktop;
mod fleet;
mod mallory;
mod mishap;
pub mod parties;
mod phone;
mod properties;
mod session;
pub mod state;

pub use action::Action;
pub use mallory::Trick;
pub use mishap::Mishap;
pub use state::State;

use check::Check;
use parties::Token;

/// Limits of a run.
#[derive(Clone, Copy, Debug)]
pub struct World {
    /// Number of mishaps: deaths, losses, expiries, repeated calls.
    pub mishaps: u8,
    /// Number of Mallory's tricks. Showing pictures and repeating messages between nodes are free.
    pub tricks: u8,
    scans: u8,
    /// The check that is left out, if any.
    pub without: Option<Check>,
}

impl World {
    /// Makes a world with all checks and one scan a phone.
    pub const fn new(mishaps: u8, tricks: u8) -> Self {
        Self {
            mishaps,
            tricks,
            scans: 1,
            without: None,
        }
    }

    /// The same with that many scans a phone, if it is one or two.
    ///
    /// ```
    /// use ra_model::World;
    ///
    /// assert!(World::new(1, 1).scanning(0).is_none());
    /// assert!(World::new(1, 1).scanning(1).is_some());
    /// assert!(World::new(1, 1).scanning(2).is_some());
    /// assert!(World::new(1, 1).scanning(3).is_none());
    /// ```
    #[must_use]
    pub const fn scanning(mut self, scans: u8) -> Option<Self> {
        if scans == 0 || scans > Token::SCANS {
            return None;
        }
        self.scans = scans;
        Some(self)
    }

    /// The same without one check.
    #[must_use]
    pub const fn without(mut self, check: Check) -> Self {
        self.without = Some(check);
        self
    }

    fn makes(&self, check: Check) -> bool {
        self.without != Some(check)
    }
}
