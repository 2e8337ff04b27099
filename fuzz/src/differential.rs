use std::time::Duration;

use ra_core::{Deadline, MonoTime};

/// When scripts begin: far enough from zero that a clock can run backwards.
pub(crate) const START: MonoTime = MonoTime::from_millis(1_000_000);

/// After so many steps the late machine is drained too: more than 256 waiting outputs would be taken
/// for a flood.
const LATENESS: u32 = 16;
/// Waking is enough to end a machine, and soon.
const MOST_WAKES: u32 = 200;

/// What all machines have in common.
pub(crate) trait Machine {
    type Output: core::fmt::Debug;

    fn tick(&mut self, now: MonoTime);
    fn poll(&mut self) -> Option<Self::Output>;
    fn deadline(&self) -> Option<Deadline>;
    fn has_ended(&self) -> bool;
    fn is_end(output: &Self::Output) -> bool;
    /// What the output hides from `Debug`, for comparison.
    fn secret(output: &Self::Output) -> Option<String>;
}

/// Two equal machines that get the same input: one is drained at once, the other late.
pub(crate) struct Twins<M: Machine> {
    early: M,
    late: M,
    early_log: Vec<String>,
    late_log: Vec<String>,
    over: bool,
    steps: u32,
    now: MonoTime,
    /// The latest time that an input has told them.
    told: MonoTime,
    check_canary: bool,
}

impl<M: Machine> Twins<M> {
    pub(crate) fn new(now: MonoTime, make: impl Fn(MonoTime) -> M, check_canary: bool) -> Self {
        Self {
            early: make(now),
            late: make(now),
            early_log: Vec::new(),
            late_log: Vec::new(),
            over: false,
            steps: 0,
            now,
            told: now,
            check_canary,
        }
    }

    /// The one that is drained at once, to look at.
    pub(crate) fn machine(&self) -> &M {
        &self.early
    }

    /// The same twins at the time that it is elsewhere.
    pub(crate) fn at(&mut self, now: MonoTime) -> &mut Self {
        self.now = now;
        self
    }

    pub(crate) fn deadline(&self) -> Option<MonoTime> {
        self.early.deadline().map(|deadline| deadline.at)
    }

    pub(crate) fn pass(&mut self, wait: Duration) {
        self.now = self.now.saturating_add(wait);
    }

    /// To the deadline, where there is one.
    pub(crate) fn pass_to_deadline(&mut self) {
        if let Some(deadline) = self.early.deadline() {
            self.now = self.now.max(deadline.at);
        }
    }

    /// Lets something happen to both, and answers what the early one wants done.
    pub(crate) fn input(&mut self, handle: impl Fn(&mut M, MonoTime)) -> Vec<M::Output> {
        self.told = self.now;
        self.hear(handle)
    }

    /// Input that carries a time before the present one.
    pub(crate) fn tick_back(&mut self, by: Duration) -> Vec<M::Output> {
        let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        let back = MonoTime::from_millis(self.now.as_millis().saturating_sub(by));
        self.told = self.told.max(back);
        self.hear(|machine, _| machine.tick(back))
    }

    fn hear(&mut self, handle: impl Fn(&mut M, MonoTime)) -> Vec<M::Output> {
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
            None => assert!(self.early.has_ended(), "waits without a deadline"),
        }
        outputs
    }

    /// Lets the caller do something to both. A command need not look at the clock.
    pub(crate) fn command(&mut self, act: impl Fn(&mut M, MonoTime)) -> Vec<M::Output> {
        let mut outputs = Vec::new();
        act(&mut self.early, self.now);
        act(&mut self.late, self.now);
        while let Some(output) = self.early.poll() {
            assert!(!self.over, "{output:?} after the end");
            self.over = M::is_end(&output);
            self.early_log.push(self.line(&output));
            outputs.push(output);
        }
        self.steps += 1;
        if self.steps.is_multiple_of(LATENESS) {
            self.drain_late();
        }
        assert_eq!(
            self.early.has_ended(),
            self.over,
            "an end is told when it comes"
        );
        assert_eq!(self.early.deadline(), self.late.deadline());
        outputs
    }

    /// Waits until the machine gives up, and compares the two.
    pub(crate) fn finish(mut self) {
        let mut wakes = 0;
        while !self.over {
            wakes += 1;
            assert!(wakes <= MOST_WAKES, "waiting does not end");
            self.pass_to_deadline();
            self.input(|machine, now| machine.tick(now));
        }
        self.input(|machine, now| machine.tick(now));
        self.compare();
    }

    /// Compares the two where they are.
    pub(crate) fn compare(mut self) {
        self.drain_late();
        assert_eq!(self.early_log, self.late_log);
    }

    fn drain_late(&mut self) {
        while let Some(output) = self.late.poll() {
            self.late_log.push(self.line(&output));
        }
    }

    fn line(&self, output: &M::Output) -> String {
        let line = format!("{output:?}");
        assert!(!(self.check_canary && line.contains("canary")), "{line}");
        line + &M::secret(output).unwrap_or_default()
    }
}
