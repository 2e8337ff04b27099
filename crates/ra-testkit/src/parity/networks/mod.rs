//! Logins through broken networks, at a gateway that serves several accounts at once.

mod login;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use ra_crypto::Backend;

use super::Adapter;

use login::{Report, Stage};

/// Number of logins that run at a time. They mostly wait.
const WORKERS: u64 = 16;
/// Time limit of a login: its limits and renewals add up to about a minute.
const HANGS: Duration = Duration::from_secs(150);

/// All that a connection can have seen when it breaks: see [`step`](crate::fault_proxy::Strike::step).
const STEPS: [&str; 10] = [
    "nothing",
    "connection",
    "upgrade",
    "hello",
    "nonce_proof",
    "pending_remote_init",
    "pending_ticket",
    "pending_login",
    "call",
    "reply",
];

/// An account of the gateway.
#[derive(Clone, Debug)]
pub struct Account {
    /// The phone's `Authorization` header.
    pub authorization: String,
    /// Its number.
    pub id: u64,
    /// Token that its desktops get.
    pub token: String,
}

/// Figures of a run.
#[derive(Debug, Default)]
pub struct Figures {
    /// Number of logins by result.
    pub ends: BTreeMap<String, u32>,
    /// Number of faults by kind.
    pub struck: BTreeMap<String, u32>,
    /// Number of faults by the step before them.
    pub steps: BTreeMap<String, u32>,
    /// Longest duration of a login.
    pub longest: Duration,
}

impl Account {
    /// Some accounts.
    #[must_use]
    pub fn some() -> Vec<Self> {
        let account = |id: u64| Self {
            authorization: format!("phone-{id}"),
            id: 1000 + id,
            token: format!("token-of-{id}"),
        };
        (1..=8).map(account).collect()
    }

    /// Accounts of the gateway.
    #[cfg(feature = "accounts")]
    #[must_use]
    pub fn in_memory(accounts: &[Self]) -> crate::accounts::InMemory {
        let all = crate::accounts::InMemory::default();
        accounts.iter().fold(all, |all, account| {
            let user = format!("{0}:0:0:user{0}", account.id);
            all.with(&account.authorization, &user, Some(&account.token))
        })
    }
}

/// Runs logins through broken networks to the gateway at `address`, which has these accounts, takes [`FakeOr`] keys,
/// ends a session after 6 s and wants a heartbeat every 2 s. `real` makes the keys of every eighth login.
///
/// `RA_FAULT_SEEDS` says how many logins, else it is a few dozen; `RA_FAULT_FIRST` the first one's seed.
///
/// [`FakeOr`]: crate::FakeOr
///
/// # Panics
///
/// With their seeds, if a login hangs, gets a wrong token, or fails in a way that is none of a network.
pub fn network_faults(
    adapter: impl Adapter,
    address: SocketAddr,
    accounts: Vec<Account>,
    real: Arc<dyn Backend>,
) -> Figures {
    let seeds = (number("RA_FAULT_FIRST", 1), number("RA_FAULT_SEEDS", 32));
    let stage = Stage {
        adapter,
        address,
        accounts,
        real,
    };
    let figures = run_all(stage, seeds, HANGS);
    let (first, count) = seeds;
    println!("{count} logins from seed {first}: {figures:?}");
    if count >= 400 {
        for step in STEPS {
            assert!(
                figures.steps.contains_key(step),
                "nothing struck after {step}"
            );
        }
    }
    figures
}

fn run_all<A: Adapter>(stage: Stage<A>, (first, count): (u64, u64), hangs: Duration) -> Figures {
    let stage = Arc::new(stage);
    let next = Arc::new(AtomicU64::new(first));
    let running = Arc::new(Mutex::new(BTreeMap::new()));
    let (done, reports) = mpsc::channel();
    for _ in 0..WORKERS.min(count) {
        let (stage, next, running) = (stage.clone(), next.clone(), running.clone());
        let done = done.clone();
        thread::spawn(move || {
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= first + count {
                    return;
                }
                running
                    .lock()
                    .expect("no panic")
                    .insert(seed, Instant::now());
                let report = stage.run(seed);
                running.lock().expect("no panic").remove(&seed);
                let _ = done.send(report);
            }
        });
    }
    drop(done);
    let mut figures = Figures::default();
    let mut wrong = Vec::new();
    loop {
        match reports.recv_timeout(Duration::from_secs(1)) {
            Ok(report) => figures.add(report, &mut wrong),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
        let running = running.lock().expect("no panic");
        let hanging = running.iter().find(|(_, since)| since.elapsed() > hangs);
        assert!(
            hanging.is_none(),
            "hangs: {}",
            replay(*hanging.expect("one").0)
        );
    }
    let total: u32 = figures.ends.values().sum();
    assert!(
        wrong.is_empty(),
        "{} of {count}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert_eq!(
        u64::from(total),
        count,
        "a login panicked, from {}",
        replay(first)
    );
    figures
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |text| text.parse().expect(variable))
}

fn replay(seed: u64) -> String {
    format!("RA_FAULT_FIRST={seed} RA_FAULT_SEEDS=1")
}

impl Figures {
    fn add(&mut self, report: Report, wrong: &mut Vec<String>) {
        let end = report.end.unwrap_or_else(|why| {
            let struck: Vec<String> = report.struck.iter().map(ToString::to_string).collect();
            wrong.push(format!("{}: {why} after {struck:?}", replay(report.seed)));
            "wrong".into()
        });
        *self.ends.entry(end).or_default() += 1;
        for strike in report.struck {
            let what = format!("{:?} {:?}", strike.end, strike.way);
            *self.struck.entry(what).or_default() += 1;
            *self.steps.entry(strike.step).or_default() += 1;
        }
        self.longest = self.longest.max(report.took);
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use ra_core::desktop::login::{self, LoginError};
    use ra_core::mobile::{self, MobileError};
    use ra_proto::Fingerprint;

    use super::*;
    use crate::Fake;
    use crate::scenarios::{Act, Answer};

    /// Never comes to an end.
    struct Hangs;

    impl Adapter for Hangs {
        fn login(
            &self,
            _: login::Config,
            _: Arc<dyn Backend>,
            _: &mut dyn FnMut(&login::Event) -> Act,
        ) -> Result<login::Outcome, LoginError> {
            loop {
                thread::park();
            }
        }

        fn approve(
            &self,
            _: mobile::Config,
            _: Fingerprint,
            _: &mut dyn FnMut(&mobile::Event) -> Answer,
        ) -> Result<mobile::Outcome, MobileError> {
            Err(MobileError::TooLate)
        }
    }

    #[test]
    #[should_panic(expected = "hangs: RA_FAULT_FIRST=7 RA_FAULT_SEEDS=1")]
    fn an_adapter_that_hangs_is_found_with_its_seed() {
        let stage = Stage {
            adapter: Hangs,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 1)),
            accounts: Account::some(),
            real: Arc::new(Fake),
        };
        run_all(stage, (7, 1), Duration::from_millis(100));
    }
}
