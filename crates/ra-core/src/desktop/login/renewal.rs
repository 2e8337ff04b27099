//! Renewal after a failed try: the other dialect, a pause and another try, or the end.

use core::time::Duration;

use ra_http::TransportError;

use super::state::{Context, State};
use super::{Event, LoginError, ProofPolicy, RenewReason};
use crate::desktop::session::{Phase, SessionError};
use crate::{MonoTime, Retry};

const BACK_OFF_FIRST: Duration = Duration::from_millis(1_500);
const BACK_OFF_MOST: Duration = Duration::from_secs(30);
/// A gateway that asks for a longer pause than this is not waited for.
const PAUSE_MOST: Duration = Duration::from_secs(60);

/// Why one try of a login failed, if another may follow.
#[derive(Debug)]
pub(super) enum TryError {
    Session(SessionError),
    Connect(TransportError),
}

impl TryError {
    /// Why to start anew, and how long to wait at least; `None` if it would end the same way.
    fn renewal(&self) -> Option<(RenewReason, Duration)> {
        match self {
            Self::Session(e) => match e.retry() {
                Retry::NewSession => Some((reason(e), Duration::ZERO)),
                _ => None,
            },
            Self::Connect(e) => match e.retry() {
                Retry::After(_) => {
                    Some((RenewReason::Network, e.retry_after().unwrap_or_default()))
                }
                _ => None,
            },
        }
    }

    /// Returns true if the try ended while the gateway judged the proof. Ends that R-20 does not list, such as a
    /// crash, may still come from the dialect.
    fn is_at_proof(&self) -> bool {
        matches!(
            self,
            Self::Session(
                SessionError::Closed {
                    phase: Phase::AwaitInit,
                    ..
                } | SessionError::Lost {
                    phase: Phase::AwaitInit
                }
            )
        )
    }
}

impl From<TryError> for LoginError {
    fn from(error: TryError) -> Self {
        match error {
            TryError::Session(e) => Self::Session(e),
            TryError::Connect(e) => Self::Connect(e),
        }
    }
}

impl Context {
    /// A try failed: in the other dialect at once, anew after a pause, or the end.
    pub(super) fn failed(&mut self, now: MonoTime, error: TryError, qr_shown: bool) -> State {
        let may_switch = self.config.proof == ProofPolicy::Auto && !self.dialect_proven;
        if let TryError::Session(SessionError::ProofRefused(_)) = error
            && !self.dialect_proven
        {
            if may_switch && !self.other_dialect_tried {
                self.other_dialect_tried = true;
                self.dialect = self.dialect.other();
                return State::open(self, now); // no renewal, no pause
            }
            return self.end(Err(error.into()));
        }
        if !qr_shown {
            self.failures += 1;
        }
        match error.renewal() {
            Some((reason, pause))
                if pause <= PAUSE_MOST
                    && self.failures < self.config.failures_before_qr
                    && self.config.renewal.allows(self.renewals) =>
            {
                if may_switch && error.is_at_proof() {
                    self.dialect = self.dialect.other();
                }
                self.renewals += 1;
                let delay = self.back_off().max(pause);
                self.event(Event::Renewing { reason, delay });
                self.ask_for_key(now);
                State::Waiting {
                    until: now.saturating_add(delay),
                }
            }
            _ => self.end(Err(error.into())),
        }
    }

    /// 1.5 s after the first failure, doubling to 30 s, spread by a quarter.
    fn back_off(&mut self) -> Duration {
        let doublings = self.failures.saturating_sub(1).min(8);
        self.jitter
            .near((BACK_OFF_FIRST * 2u32.pow(doublings)).min(BACK_OFF_MOST))
    }
}

fn reason(error: &SessionError) -> RenewReason {
    match error {
        SessionError::Expired => RenewReason::Expired,
        SessionError::HeartbeatMissed | SessionError::Silence { .. } => RenewReason::Dead,
        SessionError::FingerprintMismatch => RenewReason::Fingerprint,
        _ => RenewReason::Network,
    }
}
