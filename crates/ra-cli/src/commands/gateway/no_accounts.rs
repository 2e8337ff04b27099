//! Accounts of a gateway without an accounts file.

use ra_gateway::accounts::{Account, Accounts, AccountsErrorKind, Answer};
use ra_proto::rest::MfaMethod;
use ra_proto::{MfaAnswerText, Token, User};

/// There is no account: desktops get as far as their QR code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoAccounts;

impl Accounts for NoAccounts {
    fn authenticate<'a>(&'a self, _: &'a Token) -> Answer<'a, Option<Account>> {
        Box::pin(async { Ok(None) })
    }

    fn mint_token<'a>(&'a self, _: &'a User) -> Answer<'a, Token> {
        Box::pin(async { Err(AccountsErrorKind::Unknown.into()) })
    }

    fn verify_mfa<'a>(
        &'a self,
        _: &'a User,
        _: &'a MfaMethod,
        _: &'a MfaAnswerText,
    ) -> Answer<'a, bool> {
        Box::pin(async { Ok(false) })
    }
}
