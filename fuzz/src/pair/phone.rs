use std::cell::Cell;

use ra_core::mobile::{Config, Input, MfaAnswer, Output, Phase, Session};
use ra_core::{Deadline, Misuse, MonoTime};
use ra_proto::rest::MfaMethod;
use ra_proto::{Fingerprint, MfaAnswerText, Token};

use super::host::{AUTHORIZATIONS, CODE};
use super::truth::{Account, Truth};
use crate::twins::{Machine, Twins};

/// A phone that has scanned a code.
pub(super) struct Phone {
    pub(super) session: Twins<Session>,
    pub(super) life: u32,
    account: Account,
    code: Fingerprint,
    /// Whether its owner has said yes.
    said_yes: bool,
}

impl Phone {
    #[allow(clippy::expect_used)] // an address that is written here
    pub(super) fn new(
        now: MonoTime,
        life: u32,
        account: Account,
        code: Fingerprint,
        check_canary: bool,
    ) -> Self {
        let api = "https://discord.com/api/v9".parse().expect("an address");
        let config = Config::new(api, Token::new(AUTHORIZATIONS[account].to_owned()));
        let make = |now| Session::new(config.clone(), code, now);
        Self {
            session: Twins::new(now, make, check_canary),
            life,
            account,
            code,
            said_yes: false,
        }
    }

    /// What its owner does. The truth knows what came of it before the phone tells anybody.
    pub(super) fn decide(&mut self, now: MonoTime, deed: u8, truth: &mut Truth) -> Vec<Output> {
        let done = Cell::new(Err(Misuse::Ended));
        let code = if deed % 8 == 4 { "000000" } else { CODE };
        let answer = || MfaAnswer::new(MfaMethod::Totp, MfaAnswerText::new(code.to_owned()));
        let before = self.session.machine().phase();
        let outputs = self.session.at(now).command(|session, now| {
            done.set(match deed % 8 {
                0..=2 => session.approve(now),
                3..=5 => session.answer_mfa(now, answer()),
                6 => session.decline(now),
                _ => session.abandon(now),
            });
        });
        let done = done.get().is_ok();
        match deed % 8 {
            0..=2 if done => {
                assert_eq!(before, Phase::AwaitDecision, "a yes before the question");
                self.said_yes = true;
                truth.is_approved(self.account, self.code);
            }
            6 if done && self.said_yes => {
                self.said_yes = false;
                truth.is_withdrawn(self.account, self.code);
            }
            _ => {}
        }
        outputs
    }

    /// A call of this phone leaves for this path.
    pub(super) fn calls(&self, path: &str) {
        assert!(
            self.said_yes || !path.ends_with("/finish"),
            "a yes that nobody has said"
        );
    }
}

impl Machine for Session {
    type Output = Output;

    fn tick(&mut self, now: MonoTime) {
        self.handle(now, Input::Tick);
    }

    fn poll(&mut self) -> Option<Output> {
        self.poll_output()
    }

    fn deadline(&self) -> Option<Deadline> {
        self.deadline()
    }

    fn has_ended(&self) -> bool {
        self.phase() == Phase::Ended
    }

    fn is_end(output: &Output) -> bool {
        matches!(output, Output::End(_))
    }

    fn secret(output: &Output) -> Option<String> {
        match output {
            Output::Call(call) => {
                Some(String::from_utf8_lossy(call.request.body().as_bytes()).into_owned())
            }
            _ => None,
        }
    }
}
