//! A pool of fresh keys, for hosts that log in many people.

use std::fmt;
use std::num::NonZero;
use std::sync::Arc;

use ra_core::desktop::login::KeyUnavailable;
use ra_crypto::{Backend, SessionKey};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

use super::{Key, cores, generate};
use crate::StartError;

/// More keys than this are not kept ready, each being a few kilobytes and the work of a core for a while.
const READY_MOST: usize = 1024;

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
    ready: Mutex<mpsc::Receiver<Key>>,
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
    ///
    /// ```
    /// use std::sync::Arc;
    /// use ra_crypto::RustCrypto;
    /// use ra_tokio::{KeyPool, Keys, StartError};
    ///
    /// /// On a runtime: four keys begin to be made.
    /// fn keys() -> Result<Keys, StartError> {
    ///     Ok(KeyPool::start(Arc::new(RustCrypto), 4)?.into())
    /// }
    /// ```
    pub fn start(backend: Arc<dyn Backend>, size: usize) -> Result<Self, StartError> {
        let runtime = Handle::try_current().map_err(|_| StartError::NoRuntime)?;
        let size = size.clamp(1, READY_MOST);
        let (sender, receiver) = mpsc::channel(size);
        let mut workers = JoinSet::new();
        let count = size.min(cores().get());
        // fewer keys than cores: the cores share the work of each
        let threads = NonZero::new(cores().get() / count).unwrap_or(NonZero::<usize>::MIN);
        for _ in 0..count {
            workers.spawn_on(fill(backend.clone(), threads, sender.clone()), &runtime);
        }
        Ok(Self(Arc::new(Pool {
            ready: Mutex::new(receiver),
            size,
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
    ///
    /// ```
    /// use ra_core::desktop::login::Input;
    /// use ra_tokio::KeyPool;
    ///
    /// /// What a loop of your own does with `Output::NeedKey`.
    /// async fn key(pool: &KeyPool) -> Input<'static> {
    ///     Input::Key(pool.take().await)
    /// }
    /// ```
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

/// Makes keys as long as there is room and somebody who may take them.
async fn fill(backend: Arc<dyn Backend>, threads: NonZero<usize>, keys: mpsc::Sender<Key>) {
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
