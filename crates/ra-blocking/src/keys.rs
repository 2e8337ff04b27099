//! Session keys, made on worker threads: one takes tens to hundreds of milliseconds of a core.

mod pool;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

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
    /// Each is made when it is asked for, while the connection opens.
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
                    let _ = answer.send(generate(&*backend));
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

/// Makes a key with the operating system's randomness. A backend that panics made none.
fn generate(backend: &dyn Backend) -> Key {
    // nothing of the backend is touched after a panic but by the backend itself
    match catch_unwind(AssertUnwindSafe(|| backend.generate(&mut OsEntropy))) {
        Ok(Ok(key)) => Ok(key),
        Ok(Err(_)) | Err(_) => Err(KeyUnavailable),
    }
}
