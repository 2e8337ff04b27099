//! Accounts that are exchanged while they are in use.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use ra_proto::rest::MfaMethod;
use ra_proto::{MfaAnswerText, Token, User};

use super::{Account, Accounts, Answer};

/// Accounts that can be exchanged under a running gateway, such as by a file that is read again.
/// Questions under way are answered by those that they were put to.
///
/// Hand a clone of the `Arc` to `Gateway::bind`, keep another and call
/// [`replace`](Self::replace) on it.
pub struct Replaceable<A>(RwLock<Arc<A>>);

impl<A> Replaceable<A> {
    /// Begins with these.
    pub fn new(accounts: A) -> Self {
        Self(RwLock::new(Arc::new(accounts)))
    }

    /// The accounts of now.
    pub fn current(&self) -> Arc<A> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on these.
    pub fn replace(&self, accounts: A) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(accounts);
    }
}

impl<A: Accounts> Accounts for Replaceable<A> {
    fn authenticate<'a>(&'a self, authorization: &'a Token) -> Answer<'a, Option<Account>> {
        let accounts = self.current();
        Box::pin(async move { accounts.authenticate(authorization).await })
    }

    fn mint_token<'a>(&'a self, user: &'a User) -> Answer<'a, Token> {
        let accounts = self.current();
        Box::pin(async move { accounts.mint_token(user).await })
    }

    fn verify_mfa<'a>(
        &'a self,
        user: &'a User,
        method: &'a MfaMethod,
        answer: &'a MfaAnswerText,
    ) -> Answer<'a, bool> {
        let accounts = self.current();
        Box::pin(async move { accounts.verify_mfa(user, method, answer).await })
    }
}

impl<A: fmt::Debug> fmt::Debug for Replaceable<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Replaceable").field(&self.current()).finish()
    }
}
