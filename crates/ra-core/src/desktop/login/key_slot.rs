//! The key of the next session: none, asked for, or there.

use alloc::boxed::Box;
use core::mem;

use ra_crypto::SessionKey;

use crate::MonoTime;

/// The fresh key for the next session, or the request for it. Each session has its own key.
pub(super) enum KeySlot {
    Empty,
    Asked { by: MonoTime },
    Ready(Box<dyn SessionKey>),
}

impl KeySlot {
    /// Notes that a key is asked for; `false` if one is there or under way.
    pub(super) fn ask(&mut self, by: MonoTime) -> bool {
        let is_empty = matches!(self, Self::Empty);
        if is_empty {
            *self = Self::Asked { by };
        }
        is_empty
    }

    /// Until when a key must come, if one is asked for.
    pub(super) fn asked_by(&self) -> Option<MonoTime> {
        match self {
            Self::Asked { by } => Some(*by),
            _ => None,
        }
    }

    /// Keeps a key that was asked for; one that was not is dropped.
    pub(super) fn put(&mut self, key: Box<dyn SessionKey>) {
        if let Self::Asked { .. } = self {
            *self = Self::Ready(key);
        }
    }

    /// Takes out the key for the one session that uses it.
    pub(super) fn take(&mut self) -> Option<Box<dyn SessionKey>> {
        match mem::replace(self, Self::Empty) {
            Self::Ready(key) => Some(key),
            slot => {
                *self = slot;
                None
            }
        }
    }
}
