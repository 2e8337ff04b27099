//! Tests of the inside: which thread does what while a key is made.

use core::num::NonZero;
use std::thread;

use super::beside;

#[test]
fn one_thread_is_the_callers_and_only_more_take_a_chore() {
    let caller = thread::current().id();
    for (count, expected) in [(1, false), (2, true), (3, true), (usize::MAX, true)] {
        let mut chore = None;
        let threads = NonZero::new(count).unwrap();
        let made_by = beside(
            threads,
            || chore = Some(thread::current().id()),
            || thread::current().id(),
        );
        assert_eq!(made_by, caller);
        assert_eq!(chore.is_some(), expected, "{count} threads");
        assert_ne!(chore, Some(caller));
    }
}
