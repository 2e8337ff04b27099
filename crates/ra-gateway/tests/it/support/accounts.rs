//! Accounts that do nothing.

use std::future::pending;
use std::sync::atomic::{AtomicU32, Ordering};

use ra_gateway::Accounts;
use ra_gateway::accounts::{Account, Answer};
use ra_proto::rest::MfaMethod;
use ra_proto::{MfaAnswerText, Token, User};

/// Never answers, and counts how often it was asked whose a header is.
#[derive(Debug, Default)]
pub(crate) struct Silent(AtomicU32);

impl Silent {
    pub(crate) fn asked(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }
}

impl Accounts for Silent {
    fn authenticate<'a>(&'a self, _: &'a Token) -> Answer<'a, Option<Account>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(pending())
    }

    fn mint_token<'a>(&'a self, _: &'a User) -> Answer<'a, Token> {
        Box::pin(pending())
    }

    fn verify_mfa<'a>(
        &'a self,
        _: &'a User,
        _: &'a MfaMethod,
        _: &'a MfaAnswerText,
    ) -> Answer<'a, bool> {
        Box::pin(pending())
    }
}
