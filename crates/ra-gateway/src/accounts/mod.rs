//! Accounts of the phones (R-57).

mod call_out;
mod error;
mod replaceable;

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use http::HeaderMap;
use ra_proto::rest::MfaMethod;
use ra_proto::{MfaAnswerText, Token, User};

pub use crate::observe::reason::AccountsFailure;
pub use call_out::{Carried, Carrier, HttpCallOut, InvalidSecret};
pub use error::{AccountsError, AccountsErrorKind};
pub use replaceable::Replaceable;

/// The future that [`Accounts`] answers with.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, AccountsError>> + Send + 'a>>;

/// Knows the accounts: says whose an `Authorization` header is and mints their tokens.
///
/// [`HttpCallOut`] asks a server of the host's own. A host that embeds a gateway may implement this
/// trait on its own user base. Each answer is waited for no
/// longer than [`Limits::accounts_within`](crate::Limits::accounts_within); after that the caller
/// gets a 503. What it gets on an [`AccountsError`] is the error's [kind](AccountsErrorKind).
///
/// ```
/// use ra_gateway::accounts::{Account, Accounts, Answer};
/// use ra_proto::rest::MfaMethod;
/// use ra_proto::{MfaAnswerText, Token, User};
///
/// /// One account for everybody, whatever they send.
/// #[derive(Debug)]
/// struct Anyone(User);
///
/// impl Accounts for Anyone {
///     fn authenticate<'a>(&'a self, _: &'a Token) -> Answer<'a, Option<Account>> {
///         Box::pin(async { Ok(Some(Account::new(self.0.clone()))) })
///     }
///
///     fn mint_token<'a>(&'a self, _: &'a User) -> Answer<'a, Token> {
///         Box::pin(async { Ok(Token::new("a-token".to_owned())) })
///     }
///
///     fn verify_mfa<'a>(
///         &'a self,
///         _: &'a User,
///         _: &'a MfaMethod,
///         _: &'a MfaAnswerText,
///     ) -> Answer<'a, bool> {
///         Box::pin(async { Ok(false) })
///     }
/// }
/// ```
pub trait Accounts: fmt::Debug + Send + Sync {
    /// Looks up the account of an `Authorization` header; `None` if it has none. Compare in
    /// constant time.
    fn authenticate<'a>(&'a self, authorization: &'a Token) -> Answer<'a, Option<Account>>;

    /// The token that a desktop logs in as this user with; at most 190 bytes, so that it can be
    /// sealed (R-30). Asked for when the person has said yes; it is sealed at once. A desktop that
    /// does not come for its token leaves it unused.
    fn mint_token<'a>(&'a self, user: &'a User) -> Answer<'a, Token>;

    /// Checks an answer to a question for a second factor (R-43). Called only for the methods that
    /// [`Account::mfa`] offers. A one-time code is right once.
    fn verify_mfa<'a>(
        &'a self,
        user: &'a User,
        method: &'a MfaMethod,
        answer: &'a MfaAnswerText,
    ) -> Answer<'a, bool>;
}

/// An account, as the gateway needs to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// User shown to the desktop. The id tells accounts apart.
    pub user: User,
    /// The second factors it can answer with; with none, it is never asked for one.
    pub mfa: Vec<MfaMethod>,
}

impl Account {
    /// An account without a second factor.
    #[must_use]
    pub fn new(user: User) -> Self {
        Self {
            user,
            mfa: Vec::new(),
        }
    }
}

/// Asks for a captcha before a ticket is exchanged (R-31).
pub trait Captcha: fmt::Debug + Send + Sync {
    /// Body of the 400 that carries the challenge. `None` lets a request with these headers pass.
    fn challenge(&self, headers: &HeaderMap) -> Option<String>;
}

/// Accounts that nobody has.
#[cfg(test)]
#[derive(Debug)]
pub(crate) struct NoAccounts;

#[cfg(test)]
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
