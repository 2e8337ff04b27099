//! A pool of fresh keys, for hosts that log in many people.

use std::fmt;
use std::num::NonZero;
use std::sync::Arc;

use ra_carrier::PoolPlan;
use ra_carrier::driver::KeyResult;
use ra_core::desktop::login::KeyUnavailable;
use ra_crypto::{Backend, SessionKey};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

use super::generate;
use crate::StartError;

/// Keeps some keys ready. Clones share the pool; it closes when the last one is dropped.
///
/// Each key is given out once. Where keys are taken faster than they are made, takers wait their turn.
///
/// ```
/// use std::sync::Arc;
/// use ra_tokio::{KeyPool, Keys};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), ra_tokio::StartError> {
/// let pool = KeyPool::start(Arc::new(ra_crypto::RustCrypto), 2)?;
/// let key = pool.take().await;
/// assert!(key.is_ok());
/// let keys = Keys::from(pool);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct KeyPool(Arc<Pool>);

struct Pool {
    ready: Mutex<mpsc::Receiver<KeyResult>>,
    size: usize,
    /// Aborted on drop. A key that is being made then is finished and dropped.
    _workers: JoinSet<()>,
}

impl KeyPool {
    /// A pool that keeps `size` keys ready, at least 1 and at most 1024. It uses no more cores than there are, and none
    /// once the keys are made.
    ///
    /// # Errors
    /// [`StartError::NoRuntime`] outside of a tokio runtime.
    pub fn start(backend: Arc<dyn Backend>, size: usize) -> Result<Self, StartError> {
        let runtime = Handle::try_current().map_err(|_| StartError::NoRuntime)?;
        let plan = PoolPlan::new(size);
        let (sender, receiver) = mpsc::channel(plan.size);
        let mut workers = JoinSet::new();
        for _ in 0..plan.workers {
            let worker = fill(backend.clone(), plan.threads, sender.clone());
            workers.spawn_on(worker, &runtime);
        }
        Ok(Self(Arc::new(Pool {
            ready: Mutex::new(receiver),
            size: plan.size,
            _workers: workers,
        })))
    }

    /// Takes a key.
    ///
    /// # Errors
    /// [`KeyUnavailable`] if the backend made none; the next one may succeed.
    ///
    /// # Cancel safety
    /// No key is lost if the future is dropped, but the taker's turn is.
    pub async fn take(&self) -> Result<Box<dyn SessionKey>, KeyUnavailable> {
        self.0
            .ready
            .lock()
            .await
            .recv()
            .await
            .unwrap_or(Err(KeyUnavailable))
    }
}

/// Makes keys as long as there is room and the pool is open.
async fn fill(backend: Arc<dyn Backend>, threads: NonZero<usize>, keys: mpsc::Sender<KeyResult>) {
    while let Ok(room) = keys.reserve().await {
        room.send(generate(backend.clone(), threads).await);
    }
}

impl fmt::Debug for KeyPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyPool")
            .field("size", &self.0.size)
            .finish_non_exhaustive()
    }
}
