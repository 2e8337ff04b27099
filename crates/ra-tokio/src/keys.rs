//! Session keys, made on blocking workers: one key takes tens of milliseconds or more of one core, or of several.

mod pool;

use std::num::NonZero;
use std::pin::Pin;
use std::sync::Arc;

use ra_carrier::cores;
use ra_carrier::driver::KeyResult;
use ra_core::desktop::login::KeyUnavailable;
use ra_crypto::{Backend, OsEntropy};

pub use pool::KeyPool;

/// Source of a login's keys.
///
/// ```
/// use ra_tokio::Keys;
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

    /// Starts to make the next key, polled or not.
    pub(crate) fn ask(&self) -> Pin<Box<dyn Future<Output = KeyResult> + Send>> {
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

/// Makes a key on `threads` threads, a blocking worker among them, with the operating system's randomness. If the
/// worker panics, or never runs because the runtime is shutting down, there is no key.
fn generate(
    backend: Arc<dyn Backend>,
    threads: NonZero<usize>,
) -> impl Future<Output = KeyResult> + Send {
    let worker = tokio::task::spawn_blocking(move || backend.generate_on(threads, &mut OsEntropy));
    async move {
        match worker.await {
            Ok(Ok(key)) => Ok(key),
            Ok(Err(_)) | Err(_) => Err(KeyUnavailable),
        }
    }
}
