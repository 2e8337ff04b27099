//! Operations of an adapter that the suite uses.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use ra_carrier::{Network, StartError};
use ra_core::Misuse;
use ra_core::desktop::login::{self, KeyUnavailable, LoginError};
use ra_core::mobile::{self, MfaAnswer, MobileError};
use ra_crypto::{Backend, SessionKey};
use ra_http::{BaseUrl, Body, CaptchaSolution, HttpError, TransportError};
use ra_proto::Fingerprint;
use ra_proto::rest::ExchangeTicket;

use super::Adapter;
use crate::scenarios::{Act, Answer};

/// An adapter with every operation that the suite needs. Each call returns when it is over.
pub trait Operations: Adapter + Copy {
    /// The first part of the log targets that may speak while it works. A library that starts to log is looked at
    /// before it is listed.
    const LOG_TARGETS: &'static [&'static str];
    /// The header that announces the empty body of a `POST`, if the HTTP library sends one.
    const LENGTH_OF_EMPTY_POST: Option<&'static str>;
    /// A login under way.
    type Login: RunningLogin;
    /// An approval under way.
    type Approval: RunningApproval;
    /// A pool of keys.
    type Pool: Clone + Debug + Send + Sync + 'static;

    /// Starts a login.
    fn start_login(self, options: LoginOptions<Self>) -> Result<Self::Login, StartError>;
    /// Starts an approval.
    fn start_approval(
        self,
        config: mobile::Config,
        fingerprint: Fingerprint,
        network: Network,
    ) -> Result<Self::Approval, StartError>;
    /// Sends a request.
    fn send(
        self,
        network: &Network,
        request: Request<Body>,
        timeout: Duration,
    ) -> Result<Response<Body>, TransportError>;
    /// Calls an endpoint.
    fn call(self, endpoint: &ExchangeTicket, base: &BaseUrl) -> Result<Vec<u8>, HttpError>;
    /// Starts a pool of keys.
    fn start_pool(self, backend: Arc<dyn Backend>, size: usize) -> Self::Pool;
    /// Takes a key from a pool, waiting for it at most so long.
    fn take_key(
        self,
        pool: &Self::Pool,
        within: Duration,
    ) -> Result<Box<dyn SessionKey>, KeyUnavailable>;
}

/// A login under way.
pub trait RunningLogin: Send + 'static {
    /// The next event.
    fn next_event(&mut self) -> Option<login::Event>;
    /// Runs it to its end and returns the result.
    fn outcome(self) -> Result<login::Outcome, LoginError>;
    /// Cancels it.
    fn cancel(&mut self) -> Result<(), Misuse>;
    /// Answers a captcha.
    fn solve_captcha(&mut self, solution: CaptchaSolution) -> Result<(), Misuse>;
    /// Gives a captcha up.
    fn give_up_captcha(&mut self) -> Result<(), Misuse>;
    /// Returns its phase.
    fn phase(&self) -> login::Phase;
}

/// An approval under way.
pub trait RunningApproval: Send + 'static {
    /// The next event.
    fn next_event(&mut self) -> Option<mobile::Event>;
    /// Runs it to its end and returns the result.
    fn outcome(self) -> Result<mobile::Outcome, MobileError>;
    /// Says yes.
    fn approve(&mut self) -> Result<(), Misuse>;
    /// Says no.
    fn decline(&mut self) -> Result<(), Misuse>;
    /// Gives it up.
    fn abandon(&mut self) -> Result<(), Misuse>;
    /// Answers the second factor.
    fn answer_mfa(&mut self, answer: MfaAnswer) -> Result<(), Misuse>;
    /// Returns its phase.
    fn phase(&self) -> mobile::Phase;
}

/// Implements [`RunningLogin`] and [`RunningApproval`] for types that wrap an adapter's own. `$wait` turns what the
/// adapter's methods return into their result, such as by blocking on a future.
#[macro_export]
macro_rules! running {
    ($login:ident, $approval:ident, $wait:path) => {
        impl $crate::parity::RunningLogin for $login {
            fn next_event(&mut self) -> Option<ra_core::desktop::login::Event> {
                $wait(self.0.next_event())
            }
            fn outcome(
                self,
            ) -> Result<ra_core::desktop::login::Outcome, ra_core::desktop::login::LoginError> {
                $wait(self.0.outcome())
            }
            fn cancel(&mut self) -> Result<(), ra_core::Misuse> {
                self.0.cancel()
            }
            fn solve_captcha(
                &mut self,
                solution: ra_http::CaptchaSolution,
            ) -> Result<(), ra_core::Misuse> {
                self.0.solve_captcha(solution)
            }
            fn give_up_captcha(&mut self) -> Result<(), ra_core::Misuse> {
                self.0.give_up_captcha()
            }
            fn phase(&self) -> ra_core::desktop::login::Phase {
                self.0.phase()
            }
        }

        impl $crate::parity::RunningApproval for $approval {
            fn next_event(&mut self) -> Option<ra_core::mobile::Event> {
                $wait(self.0.next_event())
            }
            fn outcome(self) -> Result<ra_core::mobile::Outcome, ra_core::mobile::MobileError> {
                $wait(self.0.outcome())
            }
            fn approve(&mut self) -> Result<(), ra_core::Misuse> {
                self.0.approve()
            }
            fn decline(&mut self) -> Result<(), ra_core::Misuse> {
                self.0.decline()
            }
            fn abandon(&mut self) -> Result<(), ra_core::Misuse> {
                self.0.abandon()
            }
            fn answer_mfa(
                &mut self,
                answer: ra_core::mobile::MfaAnswer,
            ) -> Result<(), ra_core::Misuse> {
                self.0.answer_mfa(answer)
            }
            fn phase(&self) -> ra_core::mobile::Phase {
                self.0.phase()
            }
        }
    };
}

/// Options of a login.
pub struct LoginOptions<A: Operations> {
    /// Addresses, headers and limits.
    pub config: login::Config,
    /// Source of the keys.
    pub keys: Keys<A>,
    /// Settings for connections.
    pub network: Network,
}

/// Source of a login's keys.
pub enum Keys<A: Operations> {
    /// Each key is made when it is needed.
    Backend(Arc<dyn Backend>),
    /// A pool.
    Pool(A::Pool),
}

impl<A: Operations> Clone for LoginOptions<A> {
    fn clone(&self) -> Self {
        let keys = match &self.keys {
            Keys::Backend(backend) => Keys::Backend(backend.clone()),
            Keys::Pool(pool) => Keys::Pool(pool.clone()),
        };
        Self {
            config: self.config.clone(),
            keys,
            network: self.network.clone(),
        }
    }
}

/// Runs a login and lets `person` decide: [`Adapter::login`] for an adapter with [`Operations`].
pub fn drive_login<A: Operations>(
    adapter: A,
    config: login::Config,
    keys: Arc<dyn Backend>,
    person: &mut dyn FnMut(&login::Event) -> Act,
) -> Result<login::Outcome, LoginError> {
    let options = LoginOptions {
        config,
        keys: Keys::Backend(keys),
        network: Network::default(),
    };
    let mut login = adapter.start_login(options).unwrap();
    while let Some(event) = login.next_event() {
        let done = match person(&event) {
            Act::Watch => Ok(()),
            Act::Cancel => login.cancel(),
            Act::Solve(answer) => login.solve_captcha(CaptchaSolution::new(answer)),
            Act::GiveUp => login.give_up_captcha(),
        };
        assert_eq!(done, Ok(()));
    }
    login.outcome()
}

/// Runs an approval and lets `owner` decide: [`Adapter::approve`] for an adapter with [`Operations`].
pub fn drive_approval<A: Operations>(
    adapter: A,
    config: mobile::Config,
    fingerprint: Fingerprint,
    owner: &mut dyn FnMut(&mobile::Event) -> Answer,
) -> Result<mobile::Outcome, MobileError> {
    let mut approval = adapter
        .start_approval(config, fingerprint, Network::default())
        .unwrap();
    while let Some(event) = approval.next_event() {
        let done = match owner(&event) {
            Answer::Wait => Ok(()),
            Answer::Abandon => approval.abandon(),
            Answer::Approve => approval.approve(),
            Answer::Decline => approval.decline(),
            Answer::Mfa(answer) => approval.answer_mfa(answer),
        };
        assert_eq!(done, Ok(()));
    }
    approval.outcome()
}
