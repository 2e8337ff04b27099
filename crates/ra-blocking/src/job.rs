//! Work on a helper thread whose result the driver waits for.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread;

use crate::bell::Bell;
use crate::stop::Stop;

/// Work under way. Dropping it stops what can be stopped, and nobody hears the rest.
#[derive(Debug)]
pub(crate) struct Job<T> {
    result: Receiver<T>,
    stop: Stop,
}

/// Where the result goes. Dropped without one, as when the worker panics, it still wakes the driver.
pub(crate) struct Answer<T> {
    sender: Option<SyncSender<T>>,
    bell: Bell,
}

/// The worker is gone without a result.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Gone;

impl<T: Send + 'static> Job<T> {
    /// A job, and where to send its result.
    pub(crate) fn new(bell: &Bell) -> (Self, Answer<T>) {
        let (sender, result) = sync_channel(1);
        let answer = Answer {
            sender: Some(sender),
            bell: bell.clone(),
        };
        let stop = Stop::default();
        (Self { result, stop }, answer)
    }

    /// Runs `work` on a thread of its own. If the system starts none, the job is [`Gone`] at once.
    pub(crate) fn start(
        name: &'static str,
        bell: &Bell,
        work: impl FnOnce(Answer<T>, &Stop) + Send + 'static,
    ) -> Self {
        let (job, answer) = Self::new(bell);
        let stop = job.stop.clone();
        let _ = spawn(name, move || work(answer, &stop));
        job
    }

    /// The result, if it is there. Asked once more after it was given, it is [`Gone`].
    pub(crate) fn poll(&self) -> Option<Result<T, Gone>> {
        match self.result.try_recv() {
            Ok(result) => Some(Ok(result)),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err(Gone)),
        }
    }
}

impl<T> Drop for Job<T> {
    fn drop(&mut self) {
        self.stop.stop();
    }
}

impl<T> Answer<T> {
    /// Hands over the result, or gives it back if nobody waits for it any more.
    pub(crate) fn send(mut self, result: T) -> Result<(), T> {
        match self.sender.take() {
            Some(sender) => sender.send(result).map_err(|error| error.0),
            None => Ok(()), // taken here alone
        }
    }
}

impl<T> Drop for Answer<T> {
    fn drop(&mut self) {
        // first the channel: who wakes looks there
        self.sender = None;
        self.bell.ring();
    }
}

/// Starts a thread that nobody joins.
pub(crate) fn spawn(name: &'static str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let builder = thread::Builder::new().name(name.to_owned());
    builder.spawn(work).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished<T: Send + 'static>(job: &Job<T>, bell: &Bell) -> Result<T, Gone> {
        loop {
            bell.wait(None);
            if let Some(result) = job.poll() {
                return result;
            }
        }
    }

    #[test]
    fn a_result_wakes_the_driver() {
        let bell = Bell::default();
        let job = Job::start("ra-test", &bell, |answer, _| {
            let _ = answer.send(7);
        });
        assert_eq!(finished(&job, &bell), Ok(7));
        assert_eq!(job.poll(), Some(Err(Gone)), "given once");
    }

    #[test]
    fn a_worker_that_goes_without_a_result_wakes_the_driver_too() {
        let bell = Bell::default();
        let job = Job::<u8>::start("ra-test", &bell, |_, _| {});
        assert_eq!(finished(&job, &bell), Err(Gone));
        let job = Job::<u8>::start("ra-test", &bell, |answer, _| {
            let _answer = answer;
            panic!("a worker that panics");
        });
        assert_eq!(finished(&job, &bell), Err(Gone));
    }

    #[test]
    fn a_dropped_job_is_stopped_and_its_result_given_back() {
        let bell = Bell::default();
        let (job, answer) = Job::new(&bell);
        let stop = job.stop.clone();
        drop(job);
        assert!(stop.is_stopped());
        assert_eq!(answer.send("late"), Err("late"));
    }
}
