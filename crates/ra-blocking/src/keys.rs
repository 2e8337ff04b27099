//! Session keys, made on worker threads: one key takes tens of milliseconds or more of one core, or of several.

mod pool;

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ra_carrier::cores;
use ra_carrier::driver::KeyResult;
use ra_core::desktop::login::KeyUnavailable;
use ra_crypto::{Backend, OsEntropy};

use crate::job::Job;
use crate::notifier::Notifier;

pub use pool::KeyPool;

/// Source of a login's keys.
///
/// ```
/// use ra_blocking::Keys;
///
/// let keys = Keys::new(ra_crypto::RustCrypto);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Keys {
    /// Each key is made when a login needs it, on all cores, while the connection opens.
    Backend(Arc<dyn Backend>),
    /// Keys come from a pool that keeps some ready.
    Pool(KeyPool),
}

impl Keys {
    /// Keys of this backend, each made when a login needs it.
    #[must_use]
    pub fn new(backend: impl Backend + 'static) -> Self {
        Self::Backend(Arc::new(backend))
    }

    /// Starts to make the next key.
    pub(crate) fn ask(&self, notifier: &Notifier) -> Job<KeyResult> {
        match self {
            Self::Backend(backend) => {
                let backend = backend.clone();
                Job::start("ra-key", notifier, move |answer, _| {
                    let _ = answer.send(generate(&*backend, cores()));
                })
            }
            Self::Pool(pool) => {
                let (job, answer) = Job::new(notifier);
                pool.give_to(answer);
                job
            }
        }
    }
}

impl From<KeyPool> for Keys {
    fn from(pool: KeyPool) -> Self {
        Self::Pool(pool)
    }
}

/// Makes a key on `threads` threads, this one among them, with the operating system's randomness. If the backend
/// panics, there is no key.
fn generate(backend: &dyn Backend, threads: NonZero<usize>) -> KeyResult {
    // after a panic only the backend itself touches its state
    match catch_unwind(AssertUnwindSafe(|| {
        backend.generate_on(threads, &mut OsEntropy)
    })) {
        Ok(Ok(key)) => Ok(key),
        Ok(Err(_)) | Err(_) => Err(KeyUnavailable),
    }
}
