//! Resident memory of the process, and its limit.

use std::fs;
use std::sync::Mutex;
use std::time::Duration;

use ra_core::MonoTime;

use crate::base::lock::lock;

/// A reading is good for this long: reading costs tens of microseconds.
const FRESH: Duration = Duration::from_millis(250);

/// Watches over the memory of the process.
pub(super) struct Memory {
    limit: Option<u64>,
    read: fn() -> Option<u64>,
    seen: Mutex<Option<Seen>>,
}

#[derive(Clone, Copy)]
struct Seen {
    at: MonoTime,
    is_short: bool,
}

impl Memory {
    pub(super) fn new(limit: Option<u64>) -> Self {
        Self {
            limit,
            read: resident,
            seen: Mutex::new(None),
        }
    }

    /// Returns true if the limit is reached.
    pub(super) fn is_short(&self, now: MonoTime) -> bool {
        let Some(limit) = self.limit else {
            return false;
        };
        let mut seen = lock(&self.seen);
        match *seen {
            Some(seen) if now.saturating_since(seen.at) < FRESH => seen.is_short,
            _ => {
                // a system that told at the start and tells no more is taken for full
                let is_short = (self.read)().is_none_or(|used| used >= limit);
                *seen = Some(Seen { at: now, is_short });
                is_short
            }
        }
    }
}

/// Resident memory of this process in bytes, where the system tells.
pub(crate) fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r55_memory_at_the_limit_is_short_and_looked_at_again() {
        let now = MonoTime::from_millis;
        let memory = |limit, read| Memory {
            read,
            ..Memory::new(limit)
        };
        assert!(!memory(None, || Some(u64::MAX)).is_short(now(0)));
        assert!(!memory(Some(10), || Some(9)).is_short(now(0)));
        assert!(memory(Some(10), || Some(10)).is_short(now(0)));
        assert!(memory(Some(10), || None).is_short(now(0)));

        let mut watched = memory(Some(10), || Some(10));
        assert!(watched.is_short(now(0)));
        watched.read = || Some(9);
        assert!(watched.is_short(now(249)), "the reading is still good");
        assert!(!watched.is_short(now(250)));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn r55_linux_tells_how_much_this_process_has() {
        let used = resident().unwrap();
        assert!((100 << 10..1 << 40).contains(&used), "{used}");
    }
}
