//! The ordered queue of a machine's outputs.

use alloc::collections::VecDeque;

/// Outputs in the order in which they are to be carried out. Holds at most [`LIMIT`] that nobody
/// has drained; the machine ends itself before more could gather.
#[derive(Debug)]
pub(crate) struct Queue<T>(VecDeque<T>);

/// How many outputs may wait to be drained before a machine takes the flood for an attack.
pub(crate) const LIMIT: usize = 256;

impl<T> Queue<T> {
    pub(crate) const fn new() -> Self {
        Self(VecDeque::new())
    }

    pub(crate) fn push(&mut self, output: T) {
        self.0.push_back(output);
    }

    /// Takes the next output. A drained queue holds no memory, because thousands of machines in one process wait for
    /// minutes with nothing to send.
    pub(crate) fn pop(&mut self) -> Option<T> {
        let output = self.0.pop_front();
        if self.0.is_empty() {
            self.0 = VecDeque::new();
        }
        output
    }

    /// Returns true if so many outputs wait that the peer must be flooding us.
    pub(crate) fn is_full(&self) -> bool {
        self.0.len() >= LIMIT
    }
}
