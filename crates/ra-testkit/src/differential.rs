//! Differential execution: two equal machines get the same input, and one of them is drained late.

mod machines;

use std::collections::VecDeque;
use std::time::Duration;

use ra_core::{Deadline, MonoTime};

pub use machines::GatewaySession;

/// Start time of tests with this clock, far enough from zero to let a clock run backwards.
pub const START: MonoTime = MonoTime::from_millis(1_000_000);

/// The late machine is drained after so many steps. 256 waiting outputs would count as a flood.
const LATENESS: u32 = 16;
/// A machine has to end after at most so many ticks at its deadlines.
const MOST_TICKS: u32 = 200;

/// The interface that all machines share.
pub trait Machine {
    /// Output of the machine.
    type Output: core::fmt::Debug;

    /// Tells the machine the time.
    fn tick(&mut self, now: MonoTime);
    /// Takes the next output.
    fn poll(&mut self) -> Option<Self::Output>;
    /// Returns when to call [`Machine::tick`] at the latest.
    fn deadline(&self) -> Option<Deadline>;
    /// Returns whether the machine has ended.
    fn has_ended(&self) -> bool;
    /// Returns whether this output is the end.
    fn is_end(output: &Self::Output) -> bool;
    /// Returns what the output hides from `Debug`, for comparison.
    fn secret(output: &Self::Output) -> Option<String>;
}

/// Two equal machines. Every input checks the contract of machines:
///
/// * the deadline lies ahead until the machine ends, and there is none afterwards;
/// * the end comes once, last, and when the machine has ended;
/// * late draining yields the same outputs;
/// * `Debug` of the outputs does not contain the word `canary`.
#[derive(Debug)]
pub struct Differential<M: Machine> {
    early: M,
    late: M,
    /// Outputs of the early machine that the late one has not yielded yet.
    expected: VecDeque<String>,
    over: bool,
    steps: u32,
    now: MonoTime,
    /// The latest time that an input has told the machines.
    told: MonoTime,
    check_canary: bool,
}

impl<M: Machine> Differential<M> {
    /// Makes two machines. `check_canary` is false if the test's own input contains the word.
    pub fn new(now: MonoTime, make: impl Fn(MonoTime) -> M, check_canary: bool) -> Self {
        Self {
            early: make(now),
            late: make(now),
            expected: VecDeque::new(),
            over: false,
            steps: 0,
            now,
            told: now,
            check_canary,
        }
    }

    /// Returns the machine that is drained at once.
    #[must_use]
    pub fn machine(&self) -> &M {
        &self.early
    }

    /// Sets the clock.
    pub fn at(&mut self, now: MonoTime) -> &mut Self {
        self.now = now;
        self
    }

    /// Returns when the machine wants to be woken.
    #[must_use]
    pub fn deadline(&self) -> Option<MonoTime> {
        self.early.deadline().map(|deadline| deadline.at)
    }

    /// Moves the clock on.
    pub fn pass(&mut self, wait: Duration) {
        self.now = self.now.saturating_add(wait);
    }

    /// Moves the clock to the deadline, if there is one.
    pub fn pass_to_deadline(&mut self) {
        self.now = self.now.max(self.deadline().unwrap_or(self.now));
    }

    /// Gives both machines an input, and returns the outputs of the early one.
    ///
    /// # Panics
    ///
    /// If a machine breaks its contract.
    pub fn input(&mut self, handle: impl Fn(&mut M, MonoTime)) -> Vec<M::Output> {
        self.told = self.now;
        self.handle(handle)
    }

    /// Ticks with a time before the present one.
    pub fn tick_back(&mut self, by: Duration) -> Vec<M::Output> {
        let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        let back = MonoTime::from_millis(self.now.as_millis().saturating_sub(by));
        self.told = self.told.max(back);
        self.handle(|machine, _| machine.tick(back))
    }

    fn handle(&mut self, handle: impl Fn(&mut M, MonoTime)) -> Vec<M::Output> {
        let outputs = self.command(handle);
        match self.early.deadline() {
            Some(deadline) => {
                assert!(!self.early.has_ended(), "{deadline:?} after the end");
                assert!(
                    deadline.at > self.told,
                    "{deadline:?} is due at {:?}",
                    self.told
                );
            }
            None => assert!(self.early.has_ended(), "no deadline before the end"),
        }
        outputs
    }

    /// Gives both machines a command, which need not look at the clock, and returns the outputs of the early one.
    ///
    /// # Panics
    ///
    /// If a machine breaks its contract.
    pub fn command(&mut self, act: impl Fn(&mut M, MonoTime)) -> Vec<M::Output> {
        let mut outputs = Vec::new();
        act(&mut self.early, self.now);
        act(&mut self.late, self.now);
        while let Some(output) = self.early.poll() {
            assert!(!self.over, "an output after the end: {output:?}");
            self.over = M::is_end(&output);
            self.expected.push_back(self.line(&output));
            outputs.push(output);
        }
        self.steps += 1;
        if self.steps.is_multiple_of(LATENESS) {
            self.drain_late();
        }
        assert_eq!(
            self.early.has_ended(),
            self.over,
            "the end has to come with the state"
        );
        assert_eq!(self.early.deadline(), self.late.deadline());
        outputs
    }

    /// Waits until the machine ends, and compares the two.
    ///
    /// # Panics
    ///
    /// If waiting does not end it, or if the two differ.
    pub fn finish(mut self) {
        let mut ticks = 0;
        while !self.over {
            ticks += 1;
            assert!(ticks <= MOST_TICKS, "waiting does not end the machine");
            self.pass_to_deadline();
            self.input(|machine, now| machine.tick(now));
        }
        self.input(|machine, now| machine.tick(now));
        self.compare();
    }

    /// Compares the outputs of the two so far.
    ///
    /// # Panics
    ///
    /// If they differ.
    pub fn compare(mut self) {
        self.drain_late();
    }

    fn drain_late(&mut self) {
        while let Some(output) = self.late.poll() {
            let line = self.line(&output);
            assert_eq!(
                Some(line),
                self.expected.pop_front(),
                "late draining differs"
            );
        }
        assert!(self.expected.is_empty(), "late draining loses outputs");
    }

    fn line(&self, output: &M::Output) -> String {
        let line = format!("{output:?}");
        assert!(!(self.check_canary && line.contains("canary")), "{line}");
        line + &M::secret(output).unwrap_or_default()
    }
}
