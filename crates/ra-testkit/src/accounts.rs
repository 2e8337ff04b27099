//! Accounts in memory, for tests and examples that run a gateway.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use ra_gateway::accounts::{Account, Accounts, AccountsErrorKind, Answer};
use ra_proto::rest::MfaMethod;
use ra_proto::{MfaAnswerText, Token, User, base64};

/// Accounts of a gateway, in memory.
#[derive(Debug, Default)]
pub struct InMemory {
    entries: Vec<Entry>,
    minted: AtomicU64,
}

#[derive(Debug)]
struct Entry {
    authorization: String,
    user: User,
    token: Option<String>,
    code: Option<Code>,
}

/// A one-time code, and when it is valid.
struct Code {
    text: String,
    is_valid: Box<dyn Fn() -> bool + Send + Sync>,
    is_used: AtomicBool,
}

impl InMemory {
    /// Makes accounts with one user, `1:0:0:u`, whose phone sends `a`.
    #[must_use]
    pub fn one() -> Self {
        Self::default().with("a", "1:0:0:u", None)
    }

    /// Adds an account. Without a token of its own, a new one is minted for each login.
    ///
    /// # Panics
    ///
    /// If `payload` is no user payload, such as `1:0:0:nelly`.
    #[must_use]
    pub fn with(mut self, authorization: &str, payload: &str, token: Option<&str>) -> Self {
        self.entries.push(Entry {
            authorization: authorization.to_owned(),
            user: User::parse(payload.as_bytes()).expect("a user payload"),
            token: token.map(str::to_owned),
            code: None,
        });
        self
    }

    /// Asks the account that was added last for a code, which is right once and while `is_valid`.
    #[must_use]
    pub fn with_code(
        mut self,
        code: &str,
        is_valid: impl Fn() -> bool + Send + Sync + 'static,
    ) -> Self {
        if let Some(last) = self.entries.last_mut() {
            last.code = Some(Code {
                text: code.to_owned(),
                is_valid: Box::new(is_valid),
                is_used: AtomicBool::new(false),
            });
        }
        self
    }

    fn entry(&self, user: &User) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.user.id == user.id)
    }
}

impl Accounts for InMemory {
    fn authenticate<'a>(&'a self, authorization: &'a Token) -> Answer<'a, Option<Account>> {
        let mut entries = self.entries.iter();
        let entry = entries.find(|entry| entry.authorization == authorization.expose());
        let account = entry.map(|entry| {
            let mut account = Account::new(entry.user.clone());
            account
                .mfa
                .extend(entry.code.iter().map(|_| MfaMethod::Totp));
            account
        });
        Box::pin(async { Ok(account) })
    }

    fn mint_token<'a>(&'a self, user: &'a User) -> Answer<'a, Token> {
        Box::pin(async {
            let entry = self.entry(user).ok_or(AccountsErrorKind::Unknown)?;
            let token = entry.token.clone().unwrap_or_else(|| {
                let number = self.minted.fetch_add(1, Ordering::Relaxed);
                let id = base64::encode_url(user.id.to_string().as_bytes());
                format!("{id}.minted.{number}")
            });
            Ok(Token::new(token))
        })
    }

    fn verify_mfa<'a>(
        &'a self,
        user: &'a User,
        method: &'a MfaMethod,
        answer: &'a MfaAnswerText,
    ) -> Answer<'a, bool> {
        let code = self.entry(user).and_then(|entry| entry.code.as_ref());
        let is_right = code.is_some_and(|code| {
            *method == MfaMethod::Totp
                && code.text == answer.expose()
                && (code.is_valid)()
                && !code.is_used.swap(true, Ordering::AcqRel)
        });
        Box::pin(async move { Ok(is_right) })
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(..)")
    }
}
