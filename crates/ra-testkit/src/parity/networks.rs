//! Logins through broken networks, at a gateway that serves several accounts at once.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use ra_core::desktop::login::{self, LoginError, LoginErrorKind, Outcome, Renewal};
use ra_core::mobile;
use ra_crypto::Backend;
use ra_proto::Token;

use super::Adapter;
use crate::fault_proxy::{FaultProxy, Mood, Strike};
use crate::scenarios::{Act, DesktopPerson, PhonePerson, Says};
use crate::{Fake, SeededEntropy};

/// How many logins run at a time; most of each is waiting.
const WORKERS: u64 = 16;
/// The limits below, all of them one after the other and all renewals, make about a minute.
const HANGS: Duration = Duration::from_secs(150);
const WITHIN: Duration = Duration::from_secs(2);

/// An account of the gateway.
#[derive(Clone, Debug)]
pub struct Account {
    /// What its phone sends in `Authorization`.
    pub authorization: String,
    /// Its number.
    pub id: u64,
    /// What its desktops get.
    pub token: String,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Figures {
    /// How many logins ended so.
    pub ends: BTreeMap<String, u32>,
    /// How often each way of breaking a connection struck.
    pub struck: BTreeMap<String, u32>,
    /// After which step how often.
    pub steps: BTreeMap<String, u32>,
    /// How long the longest took.
    pub longest: Duration,
}

/// One login's part in the figures, or what is wrong with it.
struct Report {
    seed: u64,
    took: Duration,
    struck: Vec<Strike>,
    end: Result<String, String>,
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

    /// The gateway's file of these accounts.
    #[must_use]
    pub fn file(accounts: &[Self]) -> String {
        let entry = |account: &Self| {
            let Self {
                authorization,
                id,
                token,
            } = account;
            format!(
                "[[account]]\nauthorization = \"{authorization}\"\nid = {id}\nusername = \"user{id}\"\ntoken = \"{token}\"\n"
            )
        };
        accounts.iter().map(entry).collect()
    }
}

/// Runs logins through broken networks to the gateway at `address`, which has these accounts, takes [`FakeOr`] keys, ends
/// a session after 6 s and wants a heartbeat every 2 s. `real` makes the keys of every eighth login.
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
    let (first, count) = (number("RA_FAULT_FIRST", 1), number("RA_FAULT_SEEDS", 32));
    let stage = Arc::new(Stage {
        adapter,
        address,
        accounts,
        real,
    });
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
        let hanging = running.iter().find(|(_, since)| since.elapsed() > HANGS);
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
    println!("{count} logins from seed {first}: {figures:?}");
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

/// What all logins share.
struct Stage<A> {
    adapter: A,
    address: SocketAddr,
    accounts: Vec<Account>,
    real: Arc<dyn Backend>,
}

impl<A: Adapter> Stage<A> {
    fn run(&self, seed: u64) -> Report {
        let mut rng = SeededEntropy::new(seed);
        let account = &self.accounts[rng.below(self.accounts.len() as u64) as usize];
        let says = if rng.below(4) == 0 {
            Says::No
        } else {
            Says::Yes
        };
        let mood = if seed % 4 == 0 {
            Mood::Slow
        } else {
            Mood::Broken
        };
        let keys: Arc<dyn Backend> = match seed % 8 {
            0 | 1 => self.real.clone(),
            _ => Arc::new(Fake),
        };
        let proxy = FaultProxy::start(self.address, rng.next_u64(), mood);
        // the phone has a network of its own
        let phone_proxy = FaultProxy::start(self.address, rng.next_u64(), mood);
        let phone_address = match rng.below(3) {
            0 => phone_proxy.address(),
            _ => self.address,
        };
        let start = Instant::now();
        let end = thread::scope(|scope| {
            let (scan, scanned) = mpsc::channel();
            scope.spawn(move || {
                for fingerprint in scanned {
                    let mut owner = PhonePerson::new(says, Vec::new());
                    let config = phone_config(phone_address, account);
                    // where it fails, the desktop's code expires
                    let _ = self
                        .adapter
                        .approve(config, fingerprint, &mut |e| owner.sees(e));
                }
            });
            let mut person = DesktopPerson::new(Vec::new(), None);
            self.adapter
                .login(login_config(proxy.address()), keys, &mut |event| {
                    if let login::Event::Qr { url, .. } = event {
                        let _ = scan.send(url.fingerprint());
                    }
                    let act = person.sees(event);
                    assert_eq!(act, Act::Watch);
                    act
                })
        });
        let took = start.elapsed();
        Report {
            seed,
            took,
            struck: proxy.journal(),
            end: judge(end, account, says, mood),
        }
    }
}

/// The right end, or an error that a network can cause. Bytes get lost in it, never changed: nothing looks like a breach of
/// the protocol.
fn judge(
    end: Result<Outcome, LoginError>,
    account: &Account,
    says: Says,
    mood: Mood,
) -> Result<String, String> {
    match end {
        Ok(Outcome::LoggedIn { token, user }) if says == Says::Yes => {
            match token.expose() == account.token && user.id == account.id {
                true => Ok("in".into()),
                false => Err(format!("a token of somebody else, not of {}", account.id)),
            }
        }
        Ok(Outcome::Declined) if says == Says::No => Ok("declined".into()),
        Ok(other) => Err(format!("{other:?}, but the owner said {says:?}")),
        Err(error) if mood == Mood::Slow => Err(format!("a slow network is no reason: {error:?}")),
        Err(error) => match error.kind() {
            kind
            @ (LoginErrorKind::Network | LoginErrorKind::Refused | LoginErrorKind::Expired) => {
                Ok(kind.as_str().into())
            }
            _ => Err(format!("no error of a network: {error:?}")),
        },
    }
}

fn login_config(address: SocketAddr) -> login::Config {
    let mut config = login::Config::default();
    config.gateway = format!("ws://{address}/").parse().expect("an address");
    config.api = format!("http://{address}/api/v9")
        .parse()
        .expect("an address");
    config.renewal = Renewal::Limit(2);
    config.connect_within = WITHIN;
    config.answer_within = WITHIN;
    config.call_within = WITHIN;
    config.exchange_within = 3 * WITHIN;
    config
}

fn phone_config(address: SocketAddr, account: &Account) -> mobile::Config {
    let api = format!("http://{address}/api/v9")
        .parse()
        .expect("an address");
    let mut config = mobile::Config::new(api, Token::new(account.authorization.clone()));
    config.call_within = WITHIN;
    config
}
