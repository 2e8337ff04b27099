//! Requests to other nodes that wait for a reply.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::oneshot;

use super::wire::{Answer, Reply};
use crate::base::lock::lock;
use crate::observe::problem::Problem;

/// Most requests that may wait. More would mean that Redis, or another node, is far behind.
const MAX_WAITING: usize = 4096;

/// Requests that wait for a reply, by number.
#[derive(Debug, Default)]
pub(super) struct Calls {
    next: AtomicU64,
    waiting: Mutex<HashMap<u64, oneshot::Sender<Answer>>>,
}

/// A request that waits for its reply. Dropping it stops waiting.
pub(super) struct Call<'a> {
    calls: &'a Calls,
    pub(super) id: u64,
    answer: oneshot::Receiver<Answer>,
}

impl Calls {
    /// Opens a request with a new number.
    pub(super) fn open(&self) -> Result<Call<'_>, Problem> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, answer) = oneshot::channel();
        let mut waiting = lock(&self.waiting);
        if waiting.len() >= MAX_WAITING {
            return Err(Problem::BUSY);
        }
        waiting.insert(id, sender);
        Ok(Call {
            calls: self,
            id,
            answer,
        })
    }

    /// Hands a reply to the request that waits for it. Second and late replies are dropped.
    pub(super) fn heard(&self, reply: Reply) {
        if let Some(waiting) = lock(&self.waiting).remove(&reply.call) {
            let _ = waiting.send(reply.answer);
        }
    }
}

impl Call<'_> {
    /// Waits for the answer, without a time limit: the caller sets one.
    pub(super) async fn answer(&mut self) -> Result<Answer, Problem> {
        (&mut self.answer).await.map_err(|_| Problem::BUSY)
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        lock(&self.calls.waiting).remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(call: u64, answer: Answer) -> Reply {
        Reply { call, answer }
    }

    #[tokio::test]
    async fn r56_the_first_answer_counts_and_the_second_finds_nobody() {
        let calls = Calls::default();
        let (mut one, mut two) = (calls.open().unwrap(), calls.open().unwrap());
        calls.heard(reply(two.id, Answer::Yes));
        calls.heard(reply(two.id, Answer::No));
        calls.heard(reply(one.id, Answer::Again));
        calls.heard(reply(99, Answer::Again));
        assert_eq!(one.answer().await, Ok(Answer::Again));
        assert_eq!(two.answer().await, Ok(Answer::Yes));
    }

    #[test]
    fn r56_who_gives_up_waiting_leaves_nothing_behind() {
        let calls = Calls::default();
        let waiting: Vec<Call<'_>> = (0..MAX_WAITING).map(|_| calls.open().unwrap()).collect();
        assert_eq!(calls.open().err(), Some(Problem::BUSY));
        drop(waiting);
        assert_eq!(lock(&calls.waiting).len(), 0);
        assert!(calls.open().is_ok());
    }
}
