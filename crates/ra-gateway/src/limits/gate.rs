//! Counts connections, sessions and calls against their limits.

#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ra_core::MonoTime;

use super::memory::Memory;
use super::permit::{Connections, Counters};
use super::rate::Rate;
use super::{Address, AddressPlace, ConnectionPermit, Limits, SessionPermit};
use crate::base::lock::lock;
use crate::observe::problem::Problem;
use crate::observe::reason::NotReady;

const MINUTE: Duration = Duration::from_secs(60);
const MFA_WINDOW: Duration = Duration::from_secs(300);
/// Questions for a second factor to one account in that time.
const MFA_QUESTIONS: u32 = 60;
/// Most addresses or accounts that each rate limiter remembers.
const REMEMBERED: usize = 100_000;

/// Counters of one node, and their limits.
pub(crate) struct Gate {
    limits: Limits,
    counters: Arc<Counters>,
    paces: Mutex<Paces>,
    memory: Memory,
}

struct Paces {
    sessions: Rate<Address>,
    calls: Rate<Address>,
    account_calls: Rate<u64>,
    scans: Rate<u64>,
    mfa: Rate<u64>,
    questions: Rate<u64>,
}

impl Gate {
    pub(crate) fn new(limits: Limits) -> Self {
        let paces = Paces {
            sessions: Rate::new(limits.sessions_per_address, MINUTE, REMEMBERED),
            calls: Rate::new(limits.calls_per_address, MINUTE, REMEMBERED),
            account_calls: Rate::new(limits.calls_per_account, MINUTE, REMEMBERED),
            scans: Rate::new(limits.scans_per_account, MINUTE, REMEMBERED),
            mfa: Rate::new(limits.mfa_tries_per_account, MFA_WINDOW, REMEMBERED),
            questions: Rate::new(MFA_QUESTIONS, MFA_WINDOW, REMEMBERED),
        };
        Self {
            memory: Memory::new(limits.memory),
            limits,
            counters: Arc::default(),
            paces: Mutex::new(paces),
        }
    }

    /// Lets a connection in. One of a proxy's counts for [no address](Self::place). If all places
    /// are taken, another has to go: of those that have shown nothing yet, the one that has been
    /// quiet for longest. It is refused if there is none.
    pub(crate) fn connect(
        &self,
        address: Option<Address>,
    ) -> Result<Arc<ConnectionPermit>, Problem> {
        let place = address.map(|address| self.place(address)).transpose()?;
        let mut taken = lock(&self.counters.connections);
        let in_the_way = if self.is_full(&taken) {
            let Some(first) = taken.queue.take_first() else {
                drop(taken);
                return Err(Problem::BUSY);
            };
            Some(first)
        } else {
            None
        };
        taken.all += 1;
        let permit = ConnectionPermit::new(&self.counters, &mut taken, place);
        drop(taken);
        // not under the lock: this may be the last that knows of it
        if let Some(in_the_way) = in_the_way.and_then(|first| first.upgrade()) {
            in_the_way.ask_to_go();
        }
        Ok(permit)
    }

    fn is_full(&self, taken: &Connections) -> bool {
        taken.all.saturating_sub(taken.queue.leaving()) >= self.limits.connections
    }

    /// Returns true if a connection was asked to go and is still open.
    pub(crate) fn is_being_left(&self) -> bool {
        lock(&self.counters.connections).queue.leaving() > 0
    }

    /// Which limit keeps new sessions out, if any.
    pub(crate) fn full(&self, now: MonoTime) -> Option<NotReady> {
        if self.memory.is_short(now) {
            Some(NotReady::Memory)
        } else if self.counters.sessions() >= self.limits.most_sessions() {
            Some(NotReady::Sessions)
        } else if self.is_full(&lock(&self.counters.connections)) {
            Some(NotReady::Connections)
        } else {
            None
        }
    }

    /// Counts a connection for an address: its own, or one that a proxy keeps for it.
    pub(crate) fn place(&self, address: Address) -> Result<AddressPlace, Problem> {
        let mut taken = lock(&self.counters.connections);
        let Connections { by_address, .. } = &mut *taken;
        let own = by_address.get(&address).copied().unwrap_or(0);
        if own >= self.limits.connections_per_address {
            return Err(Problem::RateLimited(Duration::from_secs(5)));
        }
        by_address.insert(address, own + 1);
        drop(taken);
        Ok(AddressPlace::new(Arc::clone(&self.counters), address))
    }

    /// Lets a session begin.
    pub(crate) fn begin(&self, now: MonoTime, address: Address) -> Result<SessionPermit, Problem> {
        // first the node, so that an attempt in vain costs the client nothing
        let permit = SessionPermit::new(&self.counters, self.limits.most_sessions());
        let permit = permit.ok_or(Problem::BUSY)?;
        lock(&self.paces)
            .sessions
            .pass(now, address)
            .map_err(Problem::RateLimited)?;
        Ok(permit)
    }

    /// Lets a REST call through.
    pub(crate) fn call(&self, now: MonoTime, address: Address) -> Result<(), Problem> {
        lock(&self.paces)
            .calls
            .pass(now, address)
            .map_err(Problem::RateLimited)
    }

    /// Lets an account make a REST call.
    pub(crate) fn call_of(&self, now: MonoTime, account: u64) -> Result<(), Problem> {
        let mut paces = lock(&self.paces);
        let passed = paces.account_calls.pass(now, account);
        passed.map_err(Problem::RateLimited)
    }

    /// Lets an account scan.
    pub(crate) fn scan(&self, now: MonoTime, account: u64) -> Result<(), Problem> {
        lock(&self.paces)
            .scans
            .pass(now, account)
            .map_err(Problem::RateLimited)
    }

    /// Lets an account be asked for a second factor.
    pub(crate) fn ask_mfa(&self, now: MonoTime, account: u64) -> Result<(), Problem> {
        lock(&self.paces)
            .questions
            .pass(now, account)
            .map_err(Problem::RateLimited)
    }

    /// Lets an account try a second factor.
    pub(crate) fn try_mfa(&self, now: MonoTime, account: u64) -> Result<(), Problem> {
        lock(&self.paces)
            .mfa
            .pass(now, account)
            .map_err(Problem::RateLimited)
    }

    /// Number of sessions.
    pub(crate) fn sessions(&self) -> u32 {
        self.counters.sessions()
    }

    /// Something has ended that a draining gateway may be waiting for.
    pub(crate) fn nudge(&self) {
        self.counters.changed.notify_one();
    }

    /// Resolves when a connection, a session or a ticket has ended since the last time.
    pub(crate) async fn changed(&self) {
        self.counters.changed.notified().await;
    }

    /// Number of connections.
    pub(crate) fn connections(&self) -> u32 {
        lock(&self.counters.connections).all
    }
}
