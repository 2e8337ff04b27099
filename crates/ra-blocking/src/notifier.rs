//! Wakes a driver: when a helper thread is done, and when somebody cancels.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Wakes the driver that waits for it. A notification is kept until the driver waits, so that none is lost between the
/// driver's last look and its sleep.
#[derive(Clone, Default)]
pub(crate) struct Notifier(Arc<Inner>);

#[derive(Default)]
struct Inner {
    notified: Mutex<bool>,
    wake: Condvar,
    cancelled: AtomicBool,
}

impl Notifier {
    pub(crate) fn notify(&self) {
        *self.notified() = true;
        self.0.wake.notify_one();
    }

    /// Waits for the next notification, or until `until`.
    pub(crate) fn wait(&self, until: Option<Instant>) {
        let mut notified = self.notified();
        while !*notified {
            notified = match until {
                None => self
                    .0
                    .wake
                    .wait(notified)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return;
                    }
                    let woken = self.0.wake.wait_timeout(notified, left);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        *notified = false;
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Acquire)
    }

    /// A flag cannot be left half-written by a panic.
    fn notified(&self) -> MutexGuard<'_, bool> {
        self.0
            .notified
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
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
pub struct Canceller(Notifier);

impl Canceller {
    pub(crate) fn new(notifier: Notifier) -> Self {
        Self(notifier)
    }

    /// Ends the login with [`Outcome::Cancelled`](ra_core::desktop::login::Outcome::Cancelled), the approval with
    /// [`Outcome::Abandoned`](ra_core::mobile::Outcome::Abandoned), whatever it waits for: a thread in
    /// [`Login::next_event`](crate::Login::next_event) wakes at once, closes the connection and returns `None`. If no
    /// thread is in it, the next call ends the login. After the end, and when called again, this does nothing.
    pub fn cancel(&self) {
        self.0.0.cancelled.store(true, Ordering::Release);
        self.0.notify();
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
    fn a_notification_before_the_wait_is_kept_and_given_once() {
        let notifier = Notifier::default();
        notifier.notify();
        notifier.notify();
        notifier.wait(None); // would hang if it were lost
        let start = Instant::now();
        let until = start + Duration::from_millis(20);
        notifier.wait(Some(until));
        assert!(Instant::now() >= until, "two notifications count as one");
    }

    #[test]
    fn a_notification_from_another_thread_ends_the_wait() {
        let notifier = Notifier::default();
        let canceller = Canceller::new(notifier.clone());
        let notifying = std::thread::spawn(move || canceller.cancel());
        notifier.wait(None);
        assert!(notifier.is_cancelled());
        notifying.join().unwrap();
    }

    #[test]
    fn a_time_that_has_passed_is_not_waited_for() {
        Notifier::default().wait(Some(Instant::now()));
    }
}
