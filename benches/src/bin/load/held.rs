//! Held sockets. They send heartbeats, and each heartbeat must be answered.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _, stream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Message;

use crate::Failed;
use crate::desktop::Socket;

const HEARTBEAT: &str = r#"{"op":"heartbeat"}"#;
/// Time limit for opening all sockets, and for a round of heartbeats.
const WITHIN: Duration = Duration::from_secs(240);

/// All held sockets.
pub(crate) struct Held {
    round: watch::Sender<u32>,
    counts: Arc<Counts>,
    tasks: JoinSet<()>,
    count: u64,
}

#[derive(Default)]
struct Counts {
    answered: AtomicU64,
    /// Answers to the heartbeats of [`Held::beat`].
    settled: AtomicU64,
    lost: AtomicU64,
}

impl Held {
    /// Opens `count` sockets, `at_a_time` at once. `open` returns a socket and its heartbeat interval.
    pub(crate) async fn open<F, O>(count: u32, at_a_time: u32, open: F) -> Result<Self, Failed>
    where
        F: Fn(u32) -> O,
        O: Future<Output = Result<(Socket, Duration), Failed>> + Send + 'static,
    {
        let mut held = Self {
            round: watch::Sender::new(0),
            counts: Arc::default(),
            tasks: JoinSet::new(),
            count: u64::from(count),
        };
        let openings = stream::iter(0..count).map(|index| tokio::spawn(open(index)));
        let mut openings = openings.buffer_unordered(at_a_time as usize);
        let started = Instant::now();
        while let Some(opened) = timeout(WITHIN, openings.next()).await? {
            let (socket, every) = opened??;
            let open = u32::try_from(held.tasks.len())?;
            let first = every.mul_f64(f64::from(open % 97) / 97.0);
            let (round, counts) = (held.round.subscribe(), Arc::clone(&held.counts));
            held.tasks.spawn(hold(socket, first, every, round, counts));
            if (open + 1) % 1_000 == 0 {
                eprintln!("  {} open, {} lost", open + 1, held.lost());
            }
            if started.elapsed() > WITHIN {
                return Err(format!("only {} sockets were open in time", open + 1).into());
            }
        }
        Ok(held)
    }

    /// Waits for `time`. Fails as soon as a socket is lost.
    pub(crate) async fn last(&self, time: Duration) -> Result<(), Failed> {
        let end = Instant::now() + time;
        let mut told = Instant::now();
        while Instant::now() < end {
            sleep(Duration::from_millis(100).min(end - Instant::now())).await;
            if told.elapsed() > Duration::from_secs(15) {
                told = Instant::now();
                let left = (end - told).as_secs();
                eprintln!("  {left} s to go, {} heartbeats answered", self.answered());
            }
            self.none_lost()?;
        }
        Ok(())
    }

    /// Sends one more heartbeat on every socket, and returns when all are answered.
    pub(crate) async fn beat(&self) -> Result<(), Failed> {
        let before = self.counts.settled.load(Relaxed);
        self.round.send_modify(|round| *round += 1);
        let end = Instant::now() + WITHIN;
        while self.counts.settled.load(Relaxed) < before + self.count {
            self.none_lost()?;
            if Instant::now() > end {
                return Err("not all sockets answered in time".into());
            }
            sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    fn none_lost(&self) -> Result<(), Failed> {
        match self.lost() {
            0 => Ok(()),
            lost => Err(format!("{lost} of {} sockets were lost", self.count).into()),
        }
    }

    pub(crate) fn lost(&self) -> u64 {
        self.counts.lost.load(Relaxed)
    }

    pub(crate) fn answered(&self) -> u64 {
        self.counts.answered.load(Relaxed)
    }
}

/// Holds a socket. It is lost when it brings anything but answers, or leaves a heartbeat unanswered for an interval.
async fn hold(
    mut socket: Socket,
    first: Duration,
    every: Duration,
    mut round: watch::Receiver<u32>,
    counts: Arc<Counts>,
) {
    let mut at = Instant::now() + first;
    let mut due = 0_u32;
    let mut asked = Instant::now();
    let mut owes = false;
    let why = loop {
        let beat = tokio::select! {
            message = socket.next() => {
                match message {
                    Some(Ok(Message::Text(text))) if text.contains("heartbeat") && due > 0 => {
                        due -= 1;
                        counts.answered.fetch_add(1, Relaxed);
                        if due == 0 && core::mem::take(&mut owes) {
                            counts.settled.fetch_add(1, Relaxed);
                        }
                    }
                    other => break format!("instead of an answer: {other:?}"),
                }
                false
            }
            () = sleep_until(at) => {
                // one of a round may be on its way
                if due > 0 && asked.elapsed() > every / 2 {
                    break "a heartbeat was not answered".to_owned();
                }
                at += every;
                true
            }
            changed = round.changed() => {
                if changed.is_err() {
                    return; // no longer held
                }
                owes = true;
                true
            }
        };
        if beat {
            if due == 0 {
                asked = Instant::now();
            }
            due += 1;
            if let Err(error) = socket.send(Message::text(HEARTBEAT)).await {
                break error.to_string();
            }
        }
    };
    // one for all: they tend to go together
    if counts.lost.fetch_add(1, Relaxed) == 0 {
        eprintln!("  a socket was lost: {why}");
    }
}
