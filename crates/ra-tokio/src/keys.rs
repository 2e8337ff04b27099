//! Session keys, made on blocking workers: one takes tens of milliseconds and more of a core, or of several at once.

mod pool;

use std::num::NonZero;
use std::pin::Pin;
use std::sync::Arc;
use std::thread::available_parallelism;

use ra_core::desktop::login::KeyUnavailable;
use ra_crypto::{Backend, OsEntropy, SessionKey};

pub use pool::KeyPool;

/// A fresh key, or that there is none.
pub(crate) type Key = Result<Box<dyn SessionKey>, KeyUnavailable>;

/// Where a login's keys come from.
///
/// ```
/// use ra_tokio::Keys;
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
    /// use ra_crypto::RustCrypto;
    /// use ra_tokio::Keys;
    ///
    /// let keys = Keys::new(RustCrypto); // or a module of your own
    /// ```
    #[must_use]
    pub fn new(backend: impl Backend + 'static) -> Self {
        Self::Backend(Arc::new(backend))
    }

    /// The next key. Begins to make it at once, polled or not.
    pub(crate) fn ask(&self) -> Pin<Box<dyn Future<Output = Key> + Send>> {
        match self {
            Self::Backend(backend) => Box::pin(generate(backend.clone(), cores())),
            Self::Pool(pool) => {
                let pool = pool.clone();
                Box::pin(async move { pool.take().await })
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

/// Makes a key on a blocking worker and as many threads in all, with the operating system's randomness. A worker that panics or never runs, as
/// the runtime is shutting down, made no key.
fn generate(
    backend: Arc<dyn Backend>,
    threads: NonZero<usize>,
) -> impl Future<Output = Key> + Send {
    let worker = tokio::task::spawn_blocking(move || backend.generate_on(threads, &mut OsEntropy));
    async move {
        match worker.await {
            Ok(Ok(key)) => Ok(key),
            Ok(Err(_)) | Err(_) => Err(KeyUnavailable),
        }
    }
}
