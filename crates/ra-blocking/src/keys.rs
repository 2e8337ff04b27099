//! Session keys, made on worker threads: one takes tens of milliseconds and more of a core, or of several at once.

mod pool;

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::available_parallelism;

use ra_core::desktop::login::KeyUnavailable;
use ra_crypto::{Backend, OsEntropy, SessionKey};

use crate::bell::Bell;
use crate::job::Job;

pub use pool::KeyPool;

/// A fresh key, or that there is none.
pub(crate) type Key = Result<Box<dyn SessionKey>, KeyUnavailable>;

/// Where a login's keys come from.
///
/// ```
/// use ra_blocking::Keys;
///
/// let keys = Keys::new(ra_crypto::RustCrypto);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Keys {
    /// Each is made when it is asked for, on all cores, while the connection opens.
    Backend(Arc<dyn Backend>),
    /// They are taken from a pool that keeps some ready.
    Pool(KeyPool),
}

impl Keys {
    /// Keys of this backend, each made when it is asked for.
    ///
    /// ```
    /// use ra_blocking::Keys;
    /// use ra_crypto::RustCrypto;
    ///
    /// let keys = Keys::new(RustCrypto); // or a module of your own
    /// ```
    #[must_use]
    pub fn new(backend: impl Backend + 'static) -> Self {
        Self::Backend(Arc::new(backend))
    }

    /// The next key, which begins to be made at once.
    pub(crate) fn ask(&self, bell: &Bell) -> Job<Key> {
        match self {
            Self::Backend(backend) => {
                let backend = backend.clone();
                Job::start("ra-key", bell, move |answer, _| {
                    let _ = answer.send(generate(&*backend, cores()));
                })
            }
            Self::Pool(pool) => {
                let (job, answer) = Job::new(bell);
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

/// How many threads have a core to run on.
fn cores() -> NonZero<usize> {
    available_parallelism().unwrap_or(NonZero::<usize>::MIN)
}

/// Makes a key on as many threads, this one among them, with the operating system's randomness. A backend that panics
/// made none.
fn generate(backend: &dyn Backend, threads: NonZero<usize>) -> Key {
    // nothing of the backend is touched after a panic but by the backend itself
    match catch_unwind(AssertUnwindSafe(|| {
        backend.generate_on(threads, &mut OsEntropy)
    })) {
        Ok(Ok(key)) => Ok(key),
        Ok(Err(_)) | Err(_) => Err(KeyUnavailable),
    }
}
