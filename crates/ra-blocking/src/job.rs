//! Work on a helper thread whose result the driver waits for.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread;

use crate::notifier::Notifier;
use crate::stop::Stop;

/// Work under way. Dropping it stops what can be stopped; the result of the rest is dropped.
#[derive(Debug)]
pub(crate) struct Job<T> {
    result: Receiver<T>,
    stop: Stop,
}

/// Takes the result. Dropped without one, as when the worker panics, it still wakes the driver.
pub(crate) struct Answer<T> {
    sender: Option<SyncSender<T>>,
    notifier: Notifier,
}

/// The worker is gone without a result.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Gone;

impl<T: Send + 'static> Job<T> {
    /// A job, and where to send its result.
    pub(crate) fn new(notifier: &Notifier) -> (Self, Answer<T>) {
        let (sender, result) = sync_channel(1);
        let answer = Answer {
            sender: Some(sender),
            notifier: notifier.clone(),
        };
        let stop = Stop::default();
        (Self { result, stop }, answer)
    }

    /// Runs `work` on a thread of its own. If the system starts none, the job is [`Gone`] at once.
    pub(crate) fn start(
        name: &'static str,
        notifier: &Notifier,
        work: impl FnOnce(Answer<T>, &Stop) + Send + 'static,
    ) -> Self {
        let (job, answer) = Self::new(notifier);
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
    /// Hands over the result, or returns it if nobody waits for it any more.
    pub(crate) fn send(mut self, result: T) -> Result<(), T> {
        match self.sender.take() {
            Some(sender) => sender.send(result).map_err(|error| error.0),
            None => Ok(()), // cannot be: it is taken only here
        }
    }
}

impl<T> Drop for Answer<T> {
    fn drop(&mut self) {
        // the channel first: the driver looks there when it wakes
        self.sender = None;
        self.notifier.notify();
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

    fn finished<T: Send + 'static>(job: &Job<T>, notifier: &Notifier) -> Result<T, Gone> {
        loop {
            notifier.wait(None);
            if let Some(result) = job.poll() {
                return result;
            }
        }
    }

    #[test]
    fn a_result_wakes_the_driver() {
        let notifier = Notifier::default();
        let job = Job::start("ra-test", &notifier, |answer, _| {
            let _ = answer.send(7);
        });
        assert_eq!(finished(&job, &notifier), Ok(7));
        assert_eq!(job.poll(), Some(Err(Gone)), "given once");
    }

    #[test]
    fn a_worker_that_goes_without_a_result_wakes_the_driver_too() {
        let notifier = Notifier::default();
        let job = Job::<u8>::start("ra-test", &notifier, |_, _| {});
        assert_eq!(finished(&job, &notifier), Err(Gone));
        let job = Job::<u8>::start("ra-test", &notifier, |answer, _| {
            let _answer = answer;
            panic!("a worker that panics");
        });
        assert_eq!(finished(&job, &notifier), Err(Gone));
    }

    #[test]
    fn a_dropped_job_is_stopped_and_its_result_given_back() {
        let notifier = Notifier::default();
        let (job, answer) = Job::new(&notifier);
        let stop = job.stop.clone();
        drop(job);
        assert!(stop.is_stopped());
        assert_eq!(answer.send("late"), Err("late"));
    }
}
