//! Connections that make room when all places are taken: those that have shown nothing yet, the one
//! that has been quiet for longest first.

use std::collections::BTreeMap;
use std::sync::Weak;

/// Most connections that may be leaving at a time; more newcomers are refused. Each holds a file
/// until it is gone.
pub(super) const LEAVING: u32 = 64;

/// Connections that may be asked to go, in order.
pub(super) struct EvictionQueue<T> {
    last: u64,
    waiting: BTreeMap<u64, Weak<T>>,
    /// Asked to go, and still here.
    leaving: u32,
}

impl<T> Default for EvictionQueue<T> {
    fn default() -> Self {
        Self {
            last: 0,
            waiting: BTreeMap::new(),
            leaving: 0,
        }
    }
}

impl<T> EvictionQueue<T> {
    /// The last of the queue: its number there, never 0.
    pub(super) fn join(&mut self, who: Weak<T>) -> u64 {
        self.last += 1;
        self.waiting.insert(self.last, who);
        self.last
    }

    /// Leaves the queue, to stay. Says whether it was still there: not if it was
    /// [taken out](Self::take_first) to make room.
    pub(super) fn leave(&mut self, number: u64) -> bool {
        self.waiting.remove(&number).is_some()
    }

    /// Is gone, from the queue or after it was taken out.
    pub(super) fn gone(&mut self, number: u64) {
        if !self.leave(number) {
            self.leaving = self.leaving.saturating_sub(1);
        }
    }

    /// Takes the first out of the queue, to make room.
    pub(super) fn take_first(&mut self) -> Option<Weak<T>> {
        if self.leaving >= LEAVING {
            return None;
        }
        let (_, first) = self.waiting.pop_first()?;
        self.leaving += 1;
        Some(first)
    }

    /// Number of connections that were asked to go and are still open.
    pub(super) fn leaving(&self) -> u32 {
        self.leaving
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn queue(of: &[Arc<char>]) -> (EvictionQueue<char>, Vec<u64>) {
        let mut queue = EvictionQueue::default();
        let numbers = of.iter().map(|who| queue.join(Arc::downgrade(who)));
        let numbers = numbers.collect();
        (queue, numbers)
    }

    fn passed(queue: &mut EvictionQueue<char>) -> Option<char> {
        queue.take_first()?.upgrade().map(|who| *who)
    }

    #[test]
    fn r55_whoever_was_quiet_for_longest_goes_first() {
        let all = ['a', 'b', 'c'].map(Arc::new);
        let (mut queue, numbers) = queue(&all);
        assert!(queue.leave(numbers[0]));
        // heard again: the last of all
        queue.join(Arc::downgrade(&all[0]));
        let order: Vec<char> = std::iter::from_fn(|| passed(&mut queue)).collect();
        assert_eq!(order, ['b', 'c', 'a']);
        assert_eq!(queue.leaving(), 3);
    }

    #[test]
    fn r55_who_is_asked_to_go_is_asked_once_and_counted_until_it_is_gone() {
        let all = ['a', 'b'].map(Arc::new);
        let (mut queue, numbers) = queue(&all);
        assert_eq!(passed(&mut queue), Some('a'));
        assert!(!queue.leave(numbers[0]), "too late to stay");
        assert_eq!(queue.leaving(), 1);
        queue.gone(numbers[0]);
        queue.gone(numbers[1]);
        assert_eq!((queue.leaving(), passed(&mut queue)), (0, None));
    }

    #[test]
    fn r55_no_more_than_so_many_are_on_their_way_out() {
        let all: Vec<Arc<char>> = (0..=LEAVING).map(|_| Arc::new('x')).collect();
        let (mut queue, numbers) = queue(&all);
        for _ in 0..LEAVING {
            assert!(queue.take_first().is_some());
        }
        assert!(queue.take_first().is_none());
        queue.gone(numbers[0]);
        assert!(queue.take_first().is_some());
    }
}
