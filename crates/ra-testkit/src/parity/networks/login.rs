//! One login through networks of its own, and whether it ended as it may.

use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use ra_core::desktop::login::{self, LoginError, LoginErrorKind, Outcome, Renewal};
use ra_core::mobile;
use ra_crypto::Backend;
use ra_proto::Token;

use super::Account;
use crate::fault_proxy::{FaultProxy, Mood, Strike};
use crate::parity::Adapter;
use crate::scenarios::{Act, DesktopPerson, PhonePerson, Says};
use crate::{Fake, SeededEntropy};

/// Time limit of opening a socket, of an answer and of a call.
const WITHIN: Duration = Duration::from_secs(2);

/// One login's part in the figures, or what is wrong with it.
pub(super) struct Report {
    pub(super) seed: u64,
    pub(super) took: Duration,
    pub(super) struck: Vec<Strike>,
    pub(super) end: Result<String, String>,
}

/// State that all logins share.
pub(super) struct Stage<A> {
    pub(super) adapter: A,
    pub(super) address: SocketAddr,
    pub(super) accounts: Vec<Account>,
    pub(super) real: Arc<dyn Backend>,
}

impl<A: Adapter> Stage<A> {
    pub(super) fn run(&self, seed: u64) -> Report {
        let mut rng = SeededEntropy::new(seed);
        let account = &self.accounts[rng.below(self.accounts.len() as u64) as usize];
        let says = if rng.below(4) == 0 {
            Says::No
        } else {
            Says::Yes
        };
        let mood = if seed.is_multiple_of(4) {
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

/// Checks for the expected end or an error that a network can cause. Networks lose bytes and never change them, so
/// nothing may look like a breach of the protocol.
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
