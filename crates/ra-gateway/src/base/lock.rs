//! Locking that does not spread a panic.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks `mutex`. All that is done under our locks leaves the value sound at every step, so a
/// panic of another holder is no reason to panic here.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
