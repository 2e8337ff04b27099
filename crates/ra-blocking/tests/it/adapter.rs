//! The scenarios of the test kit.

use std::sync::Arc;

use ra_blocking::{Approval, Keys, Login, LoginOptions, Network};
use ra_core::desktop::login::{self, LoginError};
use ra_core::mobile::{self, MobileError};
use ra_crypto::Backend;
use ra_http::CaptchaSolution;
use ra_proto::Fingerprint;
use ra_testkit::parity::{Adapter, every_scenario};
use ra_testkit::scenarios::{Act, Answer};

/// This adapter, as the suites use it.
pub struct Blocking;

impl Adapter for Blocking {
    fn login(
        &self,
        config: login::Config,
        keys: Arc<dyn Backend>,
        person: &mut dyn FnMut(&login::Event) -> Act,
    ) -> Result<login::Outcome, LoginError> {
        let mut options = LoginOptions::new(Keys::Backend(keys));
        options.config = config;
        let mut login = Login::start(options).unwrap();
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

    fn approve(
        &self,
        config: mobile::Config,
        fingerprint: Fingerprint,
        owner: &mut dyn FnMut(&mobile::Event) -> Answer,
    ) -> Result<mobile::Outcome, MobileError> {
        let mut approval = Approval::start(config, fingerprint, Network::default()).unwrap();
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
}

#[test]
fn every_scenario_on_threads() {
    every_scenario(Blocking);
}
