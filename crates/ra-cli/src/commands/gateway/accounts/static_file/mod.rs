//! Accounts in a TOML file.

mod error;
mod read;
#[cfg(test)]
mod tests;
mod totp;

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use ra_gateway::accounts::{Account, Accounts, AccountsError, AccountsErrorKind, Answer};
use ra_proto::rest::MfaMethod;
use ra_proto::{MfaAnswerText, Token, User, base64};
use subtle::{ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

pub(crate) use error::AccountsFileError;
use error::AccountsFileErrorKind;
use read::{Entry, digest, read};

const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// Accounts from a TOML file, read once.
///
/// ```toml
/// [[account]]
/// authorization = "what the phone sends"  # the whole header; kept as a digest
/// id = "852892297661906993"               # or a number
/// username = "alice"
/// discriminator = "0"                     # default
/// avatar = "05145cc5646fbcba277b6d5ea2030610"  # optional
/// token = "what-the-desktop-gets"         # optional: minted afresh for each login
/// mfa = "JBSWY3DPEHPK3PXP"                # optional: TOTP secret, then finish asks for a code
/// ```
///
/// A minted token is random and unknown to this file: it shows that a login works, it does not
/// authorise anything here.
pub(crate) struct StaticFile {
    entries: Vec<Entry>,
    unix_time: Arc<dyn Fn() -> u64 + Send + Sync>,
}

impl StaticFile {
    /// Reads a file of at most 4 MiB.
    ///
    /// # Errors
    ///
    /// See [`AccountsFileErrorKind`].
    pub(crate) fn load(path: impl AsRef<Path>) -> Result<Self, AccountsFileError> {
        let mut text = Zeroizing::new(String::new());
        let file = File::open(path).map_err(AccountsFileError::io)?;
        let read = file.take(MAX_FILE_BYTES + 1).read_to_string(&mut text);
        if read.map_err(AccountsFileError::io)? as u64 > MAX_FILE_BYTES {
            return Err(AccountsFileError::new(AccountsFileErrorKind::TooLarge));
        }
        text.parse()
    }

    /// Takes the time for one-time codes, in seconds since 1970, from `unix_time` instead of the
    /// system's clock.
    #[cfg(test)]
    fn with_unix_time(self, unix_time: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self {
            unix_time: Arc::new(unix_time),
            ..self
        }
    }

    /// Goes on where `earlier` was: one-time codes that are used there are used here too, for accounts
    /// with the same id. For a file that is read again while its accounts are in use.
    pub(crate) fn continuing(mut self, earlier: &Self) -> Self {
        for entry in &mut self.entries {
            let before = earlier.entry(&entry.user).and_then(|e| e.codes.as_ref());
            if let (Some(codes), Some(before)) = (&mut entry.codes, before) {
                codes.share(before);
            }
        }
        self
    }

    /// Returns the number of accounts.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    fn entry(&self, user: &User) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.user.id == user.id)
    }

    /// Compares with all accounts, each in constant time.
    fn whose(&self, authorization: &Token) -> Option<&Entry> {
        let given = digest(authorization.expose());
        let mut place = u64::MAX;
        for (index, entry) in (0..).zip(&self.entries) {
            place.conditional_assign(&index, entry.authorization.ct_eq(&given));
        }
        usize::try_from(place)
            .ok()
            .and_then(|place| self.entries.get(place))
    }

    fn account(entry: &Entry) -> Account {
        let mut account = Account::new(entry.user.clone());
        account.mfa = entry.codes.iter().map(|_| MfaMethod::Totp).collect();
        account
    }

    fn token(&self, user: &User) -> Result<Token, AccountsError> {
        match self.entry(user).and_then(|entry| entry.token.clone()) {
            Some(token) => Ok(token),
            None => mint(user.id).map_err(|error| {
                AccountsError::new(AccountsErrorKind::Unavailable).with_source(error)
            }),
        }
    }
}

/// A token in the shape of Discord's: the account's id, then 32 random bytes in two parts.
fn mint(id: u64) -> Result<Token, getrandom::Error> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(&mut bytes[..])?;
    let (stamp, rest) = bytes.split_at(4);
    let id = base64::encode_url(id.to_string().as_bytes());
    let [stamp, rest] = [stamp, rest].map(base64::encode_url).map(Zeroizing::new);
    Ok(Token::new(format!("{id}.{}.{}", *stamp, *rest)))
}

impl FromStr for StaticFile {
    type Err = AccountsFileError;

    fn from_str(text: &str) -> Result<Self, AccountsFileError> {
        let now = || {
            SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| since.as_secs())
        };
        let entries = read(text)?;
        Ok(Self {
            entries,
            unix_time: Arc::new(now),
        })
    }
}

impl Accounts for StaticFile {
    fn authenticate<'a>(&'a self, authorization: &'a Token) -> Answer<'a, Option<Account>> {
        Box::pin(async { Ok(self.whose(authorization).map(Self::account)) })
    }

    fn mint_token<'a>(&'a self, user: &'a User) -> Answer<'a, Token> {
        Box::pin(async { self.token(user) })
    }

    fn verify_mfa<'a>(
        &'a self,
        user: &'a User,
        method: &'a MfaMethod,
        answer: &'a MfaAnswerText,
    ) -> Answer<'a, bool> {
        let codes = self.entry(user).and_then(|entry| entry.codes.as_ref());
        let right = codes.is_some_and(|codes| {
            *method == MfaMethod::Totp && codes.spend(answer.expose(), (self.unix_time)())
        });
        Box::pin(async move { Ok(right) })
    }
}

impl fmt::Debug for StaticFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StaticFile")
            .field("accounts", &self.entries.len())
            .finish_non_exhaustive()
    }
}
