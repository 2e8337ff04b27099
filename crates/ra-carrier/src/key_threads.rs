//! Number of threads that make keys.

use std::num::NonZero;
use std::thread::available_parallelism;

/// Key pools hold no more keys than this. Each key is a few kilobytes and the work of a core for a while.
const POOL_SIZE_MOST: usize = 1024;

/// Number of cores.
#[must_use]
pub fn cores() -> NonZero<usize> {
    available_parallelism().unwrap_or(NonZero::<usize>::MIN)
}

/// Distribution of a key pool's work over the cores.
#[derive(Clone, Copy, Debug)]
pub struct PoolPlan {
    /// Keys kept ready, 1 to 1024.
    pub size: usize,
    /// Keys made at a time, at most one for each core.
    pub workers: usize,
    /// Threads that make one key together: with fewer keys than cores, the cores share the work of each.
    pub threads: NonZero<usize>,
}

impl PoolPlan {
    /// The plan for a pool of `size` keys.
    #[must_use]
    pub fn new(size: usize) -> Self {
        let size = size.clamp(1, POOL_SIZE_MOST);
        let workers = size.min(cores().get());
        let threads = NonZero::new(cores().get() / workers).unwrap_or(NonZero::<usize>::MIN);
        Self {
            size,
            workers,
            threads,
        }
    }
}
