//! How a driver is woken: by helper threads that are done, and by whoever cancels.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// What a driver waits for. Rings are remembered until they are heard, so that none is lost between a look around and
/// falling asleep.
#[derive(Clone, Default)]
pub(crate) struct Bell(Arc<Inner>);

#[derive(Default)]
struct Inner {
    rung: Mutex<bool>,
    heard: Condvar,
    cancelled: AtomicBool,
}

impl Bell {
    pub(crate) fn ring(&self) {
        *self.rung() = true;
        self.0.heard.notify_one();
    }

    /// Waits for the next ring, or until `until`.
    pub(crate) fn wait(&self, until: Option<Instant>) {
        let mut rung = self.rung();
        while !*rung {
            rung = match until {
                None => self
                    .0
                    .heard
                    .wait(rung)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return;
                    }
                    let woken = self.0.heard.wait_timeout(rung, left);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        *rung = false;
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Acquire)
    }

    /// A flag cannot be left half-written by a panic.
    fn rung(&self) -> MutexGuard<'_, bool> {
        self.0.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends a [`Login`](crate::Login) or an [`Approval`](crate::Approval) from any thread. Clones end the same one.
///
/// ```no_run
/// # fn run(mut login: ra_blocking::Login) {
/// let canceller = login.canceller();
/// std::thread::spawn(move || {
///     let _ = std::io::stdin().read_line(&mut String::new()); // the person presses Enter
///     canceller.cancel();
/// });
/// for event in &mut login { /* show it */ }
/// # }
/// ```
#[derive(Clone)]
pub struct Canceller(Bell);

impl Canceller {
    pub(crate) fn new(bell: Bell) -> Self {
        Self(bell)
    }

    /// Ends the login with [`Outcome::Cancelled`](ra_core::desktop::login::Outcome::Cancelled), the approval with
    /// [`Outcome::Abandoned`](ra_core::mobile::Outcome::Abandoned), whatever it waits for: a thread in
    /// [`Login::next_event`](crate::Login::next_event) wakes at once, closes the connection and returns `None`.
    /// One that nobody waits for ends when it is asked next. After the end it does nothing.
    ///
    /// ```
    /// use ra_blocking::Canceller;
    ///
    /// fn on_interrupt(canceller: &Canceller) {
    ///     canceller.cancel();
    ///     canceller.cancel(); // the second time does nothing
    /// }
    /// ```
    pub fn cancel(&self) {
        self.0.0.cancelled.store(true, Ordering::Release);
        self.0.ring();
    }
}

impl fmt::Debug for Canceller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Canceller")
            .field("cancelled", &self.0.is_cancelled())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_ring_before_the_wait_is_heard_once() {
        let bell = Bell::default();
        bell.ring();
        bell.ring();
        bell.wait(None); // would hang if it were lost
        let start = Instant::now();
        let until = start + Duration::from_millis(20);
        bell.wait(Some(until));
        assert!(Instant::now() >= until, "two rings were heard as one");
    }

    #[test]
    fn a_ring_from_another_thread_ends_the_wait() {
        let bell = Bell::default();
        let canceller = Canceller::new(bell.clone());
        let ringer = std::thread::spawn(move || canceller.cancel());
        bell.wait(None);
        assert!(bell.is_cancelled());
        ringer.join().unwrap();
    }

    #[test]
    fn a_time_that_has_passed_is_not_waited_for() {
        Bell::default().wait(Some(Instant::now()));
    }
}
