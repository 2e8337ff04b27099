//! Who makes room when all places are taken: of those that have shown nothing yet, whoever has been
//! quiet for longest.

use std::collections::BTreeMap;
use std::sync::Weak;

/// How many may be on their way out at a time; more newcomers are refused. Until they are gone, each
/// holds a file.
pub(super) const LEAVING: u32 = 64;

/// Those that may be asked to go, in order.
pub(super) struct Line<T> {
    last: u64,
    waiting: BTreeMap<u64, Weak<T>>,
    /// Asked to go, and still here.
    leaving: u32,
}

impl<T> Default for Line<T> {
    fn default() -> Self {
        Self {
            last: 0,
            waiting: BTreeMap::new(),
            leaving: 0,
        }
    }
}

impl<T> Line<T> {
    /// The last of the line: its number there, never 0.
    pub(super) fn join(&mut self, who: Weak<T>) -> u64 {
        self.last += 1;
        self.waiting.insert(self.last, who);
        self.last
    }

    /// Leaves the line, to stay. Says whether it was still there: not if it was
    /// [taken out](Self::take_first) to make room.
    pub(super) fn leave(&mut self, number: u64) -> bool {
        self.waiting.remove(&number).is_some()
    }

    /// Is gone, from the line or after it was taken out.
    pub(super) fn gone(&mut self, number: u64) {
        if !self.leave(number) {
            self.leaving = self.leaving.saturating_sub(1);
        }
    }

    /// Takes the first out of the line, to make room.
    pub(super) fn take_first(&mut self) -> Option<Weak<T>> {
        if self.leaving >= LEAVING {
            return None;
        }
        let (_, first) = self.waiting.pop_first()?;
        self.leaving += 1;
        Some(first)
    }

    /// How many were asked to go and are still here.
    pub(super) fn leaving(&self) -> u32 {
        self.leaving
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn line(of: &[Arc<char>]) -> (Line<char>, Vec<u64>) {
        let mut line = Line::default();
        let numbers = of.iter().map(|who| line.join(Arc::downgrade(who)));
        let numbers = numbers.collect();
        (line, numbers)
    }

    fn passed(line: &mut Line<char>) -> Option<char> {
        line.take_first()?.upgrade().map(|who| *who)
    }

    #[test]
    fn r55_whoever_was_quiet_for_longest_goes_first() {
        let all = ['a', 'b', 'c'].map(Arc::new);
        let (mut line, numbers) = line(&all);
        assert!(line.leave(numbers[0]));
        // heard again: the last of all
        line.join(Arc::downgrade(&all[0]));
        let order: Vec<char> = std::iter::from_fn(|| passed(&mut line)).collect();
        assert_eq!(order, ['b', 'c', 'a']);
        assert_eq!(line.leaving(), 3);
    }

    #[test]
    fn r55_who_is_asked_to_go_is_asked_once_and_counted_until_it_is_gone() {
        let all = ['a', 'b'].map(Arc::new);
        let (mut line, numbers) = line(&all);
        assert_eq!(passed(&mut line), Some('a'));
        assert!(!line.leave(numbers[0]), "too late to stay");
        assert_eq!(line.leaving(), 1);
        line.gone(numbers[0]);
        line.gone(numbers[1]);
        assert_eq!((line.leaving(), passed(&mut line)), (0, None));
    }

    #[test]
    fn r55_no_more_than_so_many_are_on_their_way_out() {
        let all: Vec<Arc<char>> = (0..=LEAVING).map(|_| Arc::new('x')).collect();
        let (mut line, numbers) = line(&all);
        for _ in 0..LEAVING {
            assert!(line.take_first().is_some());
        }
        assert!(line.take_first().is_none());
        line.gone(numbers[0]);
        assert!(line.take_first().is_some());
    }
}
