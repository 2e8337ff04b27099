//! Who has taken how much.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ra_core::MonoTime;

use super::memory::Memory;
use super::permit::{Connections, Counters};
use super::rate::Rate;
use super::{Address, AddressPlace, ConnectionPermit, Limits, Refused, SessionPermit};
use crate::lock::lock;

const MINUTE: Duration = Duration::from_secs(60);
const MFA_WINDOW: Duration = Duration::from_secs(300);
/// How often an account may be asked for a second factor in that time.
const MFA_QUESTIONS: u32 = 60;
/// How many addresses and accounts each table of paces remembers at most.
const REMEMBERED: usize = 100_000;
/// What a full gateway asks for: sessions end all the time.
const FULL: Refused = Refused::Node(Duration::from_secs(5));

/// Keeps count.
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

    /// Lets a connection in. One of a proxy's counts for [no address](Self::place).
    pub(crate) fn connect(&self, address: Option<Address>) -> Result<ConnectionPermit, Refused> {
        let place = address.map(|address| self.place(address)).transpose()?;
        let mut taken = lock(&self.counters.connections);
        if taken.all >= self.limits.connections {
            drop(taken);
            return Err(FULL);
        }
        taken.all += 1;
        drop(taken);
        Ok(ConnectionPermit::new(Arc::clone(&self.counters), place))
    }

    /// Counts a connection for an address: its own, or one that a proxy keeps for it.
    pub(crate) fn place(&self, address: Address) -> Result<AddressPlace, Refused> {
        let mut taken = lock(&self.counters.connections);
        let Connections { by_address, .. } = &mut *taken;
        let own = by_address.get(&address).copied().unwrap_or(0);
        if own >= self.limits.connections_per_address {
            return Err(Refused::Client(Duration::from_secs(5)));
        }
        by_address.insert(address, own + 1);
        drop(taken);
        Ok(AddressPlace::new(Arc::clone(&self.counters), address))
    }

    /// Whether there is too little memory for more sessions.
    pub(crate) fn is_short_of_memory(&self, now: MonoTime) -> bool {
        self.memory.is_short(now)
    }

    /// Lets a session begin.
    pub(crate) fn begin(&self, now: MonoTime, address: Address) -> Result<SessionPermit, Refused> {
        // first the node, so that an attempt in vain costs the client nothing
        let permit = SessionPermit::new(&self.counters, self.limits.sessions).ok_or(FULL)?;
        lock(&self.paces)
            .sessions
            .pass(now, address)
            .map_err(Refused::Client)?;
        Ok(permit)
    }

    /// Lets a REST call through.
    pub(crate) fn call(&self, now: MonoTime, address: Address) -> Result<(), Refused> {
        lock(&self.paces)
            .calls
            .pass(now, address)
            .map_err(Refused::Client)
    }

    /// Lets an account make a REST call.
    pub(crate) fn call_of(&self, now: MonoTime, account: u64) -> Result<(), Refused> {
        let mut paces = lock(&self.paces);
        let passed = paces.account_calls.pass(now, account);
        passed.map_err(Refused::Client)
    }

    /// Lets an account scan.
    pub(crate) fn scan(&self, now: MonoTime, account: u64) -> Result<(), Refused> {
        lock(&self.paces)
            .scans
            .pass(now, account)
            .map_err(Refused::Client)
    }

    /// Lets an account be asked for a second factor.
    pub(crate) fn ask_mfa(&self, now: MonoTime, account: u64) -> Result<(), Refused> {
        lock(&self.paces)
            .questions
            .pass(now, account)
            .map_err(Refused::Client)
    }

    /// Lets an account try a second factor.
    pub(crate) fn try_mfa(&self, now: MonoTime, account: u64) -> Result<(), Refused> {
        lock(&self.paces)
            .mfa
            .pass(now, account)
            .map_err(Refused::Client)
    }

    /// How many sessions there are.
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

    /// How many connections there are.
    pub(crate) fn connections(&self) -> u32 {
        lock(&self.counters.connections).all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;

    fn address(last: u8) -> Address {
        IpAddr::from([192, 0, 2, last]).into()
    }

    #[test]
    fn r55_connections_are_counted_by_address_and_over_all() {
        let gate = Gate::new(Limits {
            connections: 3,
            connections_per_address: 2,
            ..Limits::default()
        });
        let first = gate.connect(Some(address(1))).unwrap();
        let _second = gate.connect(Some(address(1))).unwrap();
        assert!(matches!(
            gate.connect(Some(address(1))),
            Err(Refused::Client(_))
        ));
        let _third = gate.connect(Some(address(2))).unwrap();
        assert!(matches!(
            gate.connect(Some(address(2))),
            Err(Refused::Node(_))
        ));
        drop(first);
        assert_eq!(gate.connections(), 2);
        assert!(gate.connect(Some(address(1))).is_ok());
        assert_eq!(gate.connections(), 2);
    }

    #[test]
    fn r55_connections_of_a_proxy_count_for_their_clients() {
        let gate = Gate::new(Limits {
            connections: 3,
            connections_per_address: 1,
            ..Limits::default()
        });
        let proxies = [gate.connect(None).unwrap(), gate.connect(None).unwrap()];
        let place = gate.place(address(1)).unwrap();
        assert!(matches!(gate.place(address(1)), Err(Refused::Client(_))));
        assert!(matches!(
            gate.connect(Some(address(1))),
            Err(Refused::Client(_))
        ));
        let last = gate.connect(Some(address(2))).unwrap();
        assert!(matches!(gate.connect(None), Err(Refused::Node(_))));
        drop((place, last, proxies));
        assert_eq!(gate.connections(), 0);
        assert_eq!(lock(&gate.counters.connections).by_address.len(), 0);
    }

    #[test]
    fn r55_a_full_node_counts_nothing_for_an_address() {
        let gate = Gate::new(Limits {
            connections: 0,
            ..Limits::default()
        });
        assert!(matches!(
            gate.connect(Some(address(1))),
            Err(Refused::Node(_))
        ));
        assert_eq!(lock(&gate.counters.connections).by_address.len(), 0);
    }

    #[test]
    fn r55_calls_and_scans_are_limited_by_account() {
        let gate = Gate::new(Limits {
            calls_per_account: 1,
            scans_per_account: 1,
            ..Limits::default()
        });
        let now = MonoTime::ZERO;
        for limited in [Gate::call_of, Gate::scan] {
            assert_eq!(limited(&gate, now, 1), Ok(()));
            let Err(Refused::Client(wait)) = limited(&gate, now, 1) else {
                panic!("no limit")
            };
            assert_eq!(wait, Duration::from_secs(60));
            assert_eq!(limited(&gate, now, 2), Ok(()));
        }
    }

    #[test]
    fn r55_addresses_without_connections_are_forgotten() {
        let gate = Gate::new(Limits::default());
        for last in 0..200 {
            drop(gate.connect(Some(address(last))).unwrap());
        }
        assert_eq!(lock(&gate.counters.connections).by_address.len(), 0);
    }

    #[test]
    fn r55_sessions_are_limited_by_node_and_by_address_a_minute() {
        let limits = Limits {
            sessions: 2,
            sessions_per_address: 2,
            ..Limits::default()
        };
        let gate = Gate::new(limits);
        let now = MonoTime::ZERO;
        let first = gate.begin(now, address(1)).unwrap();
        let _second = gate.begin(now, address(1)).unwrap();
        assert_eq!(gate.begin(now, address(2)).err(), Some(FULL));
        drop(first);
        let Err(Refused::Client(wait)) = gate.begin(now, address(1)) else {
            panic!("no limit")
        };
        assert_eq!(wait, Duration::from_secs(30));
        assert_eq!(gate.sessions(), 1, "a refused session does not count");
        assert!(gate.begin(now, address(2)).is_ok());
    }

    #[test]
    fn r43_second_factors_are_limited_by_account() {
        let gate = Gate::new(Limits {
            mfa_tries_per_account: 1,
            ..Limits::default()
        });
        assert_eq!(gate.try_mfa(MonoTime::ZERO, 1), Ok(()));
        assert!(matches!(
            gate.try_mfa(MonoTime::ZERO, 1),
            Err(Refused::Client(_))
        ));
        assert_eq!(gate.try_mfa(MonoTime::ZERO, 2), Ok(()));
    }

    #[test]
    fn r55_calls_are_limited_by_address() {
        let gate = Gate::new(Limits {
            calls_per_address: 1,
            ..Limits::default()
        });
        assert_eq!(gate.call(MonoTime::ZERO, address(1)), Ok(()));
        assert!(matches!(
            gate.call(MonoTime::ZERO, address(1)),
            Err(Refused::Client(_))
        ));
    }
}
