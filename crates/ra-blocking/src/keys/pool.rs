//! A pool of fresh keys, for hosts that log in many people.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ra_carrier::PoolPlan;
use ra_carrier::driver::KeyResult;
use ra_core::desktop::login::KeyUnavailable;
use ra_crypto::{Backend, SessionKey};

use super::generate;
use crate::StartError;
use crate::job::{Answer, Job, spawn};
use crate::net::deadline;
use crate::notifier::Notifier;

/// Keeps some keys ready. Clones share the pool; it closes when the last one is dropped, and its threads end with the
/// keys that they are making.
///
/// Each key is given out once. Where keys are taken faster than they are made, takers wait their turn.
///
/// ```
/// use std::{sync::Arc, time::Duration};
/// use ra_blocking::{KeyPool, Keys};
///
/// let pool = KeyPool::start(Arc::new(ra_crypto::RustCrypto), 2)?;
/// let key = pool.take(Duration::from_secs(60));
/// assert!(key.is_ok());
/// let keys = Keys::from(pool);
/// # Ok::<(), ra_blocking::StartError>(())
/// ```
#[derive(Clone)]
pub struct KeyPool(Arc<Owner>);

/// Closes the pool when the last clone is gone. The workers hold only the [`Pool`].
struct Owner(Arc<Pool>);

struct Pool {
    backend: Arc<dyn Backend>,
    plan: PoolPlan,
    state: Mutex<State>,
    /// Wakes a worker: there may be a key to make.
    work: Condvar,
}

#[derive(Default)]
struct State {
    ready: VecDeque<KeyResult>,
    /// One for each login that waits for a key; some may have gone since the last key was made.
    takers: VecDeque<Answer<KeyResult>>,
    /// Number of keys being made.
    making: usize,
    closed: bool,
}

impl KeyPool {
    /// A pool that keeps `size` keys ready, at least 1 and at most 1024. It uses no more cores than there are, and none
    /// once the keys are made.
    ///
    /// # Errors
    /// [`StartError::Thread`] if the system starts no thread.
    pub fn start(backend: Arc<dyn Backend>, size: usize) -> Result<Self, StartError> {
        let plan = PoolPlan::new(size);
        let pool = Arc::new(Pool {
            backend,
            plan,
            state: Mutex::default(),
            work: Condvar::new(),
        });
        let owner = Owner(pool.clone());
        for _ in 0..plan.workers {
            let pool = pool.clone();
            spawn("ra-keys", move || pool.fill()).map_err(StartError::Thread)?;
        }
        Ok(Self(Arc::new(owner)))
    }

    /// Takes a key, waiting for it at most `within`.
    ///
    /// # Errors
    /// [`KeyUnavailable`] if the backend made none, in which case the next one may succeed, or if there was none in
    /// time.
    pub fn take(&self, within: Duration) -> Result<Box<dyn SessionKey>, KeyUnavailable> {
        let by = deadline(within);
        let notifier = Notifier::default();
        let (job, answer) = Job::new(&notifier);
        self.give_to(answer);
        notifier.wait(Some(by));
        match job.poll() {
            Some(Ok(key)) => key,
            _ => Err(KeyUnavailable),
        }
    }

    /// Gives the next key to `taker`, at once or when it is made.
    pub(super) fn give_to(&self, taker: Answer<KeyResult>) {
        let pool = &self.0.0;
        let mut state = pool.state();
        state.takers.push_back(taker);
        state.serve();
        drop(state);
        pool.work.notify_one();
    }
}

impl Pool {
    /// Makes keys as long as there is room, until the pool closes.
    fn fill(&self) {
        while self.reserve() {
            let key = generate(&*self.backend, self.plan.threads);
            let mut state = self.state();
            state.making -= 1;
            state.ready.push_back(key);
            state.serve();
        }
    }

    /// Waits for room for one more key. `false` once the pool is closed.
    fn reserve(&self) -> bool {
        let full = |state: &mut State| {
            !state.closed && state.ready.len() + state.making >= self.plan.size + state.takers.len()
        };
        let waited = self.work.wait_while(self.state(), full);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        if state.closed {
            return false;
        }
        state.making += 1;
        true
    }

    /// No step under this lock panics half-way.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Hands out the keys that are ready. A taker that has gone uses up no key.
    fn serve(&mut self) {
        while let Some(key) = self.ready.pop_front() {
            let Some(taker) = self.takers.pop_front() else {
                return self.ready.push_front(key);
            };
            if let Err(key) = taker.send(key) {
                self.ready.push_front(key);
            }
        }
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.closed = true;
        state.takers.clear();
        state.ready.clear();
        drop(state);
        self.0.work.notify_all();
    }
}

impl fmt::Debug for KeyPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyPool")
            .field("size", &self.0.0.plan.size)
            .finish_non_exhaustive()
    }
}
