//! Accounts in a TOML file.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use ra_proto::rest::MfaMethod;
use ra_proto::{MfaAnswerText, Token, User};
use subtle::{ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

use super::error::{AccountsFileError, AccountsFileErrorKind};
use super::read::{Entry, read};
use super::{Account, Accounts, AccountsError, AccountsErrorKind, Answer};
use crate::EntropySource;
use crate::session::ttl_map::digest;

const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// Accounts from a TOML file, read once.
///
/// ```
/// use ra_gateway::accounts::StaticFile;
///
/// let accounts: StaticFile = r#"
///     [[account]]
///     authorization = "what the phone sends"  # the whole header; kept as a digest
///     id = "852892297661906993"               # or a number
///     username = "alice"
///     discriminator = "0"                     # default
///     avatar = "05145cc5646fbcba277b6d5ea2030610"  # optional
///     token = "what-the-desktop-gets"         # optional: minted afresh for each login
///     mfa = "JBSWY3DPEHPK3PXP"                # optional: TOTP secret, then finish asks for a code
/// "#
/// .parse()?;
/// # let _ = accounts;
/// # Ok::<(), ra_gateway::accounts::AccountsFileError>(())
/// ```
///
/// A minted token is random and unknown to this file: it shows that a login works, it does not
/// authorise anything here.
pub struct StaticFile {
    entries: Vec<Entry>,
    entropy: EntropySource,
    unix_time: Arc<dyn Fn() -> u64 + Send + Sync>,
}

impl StaticFile {
    /// Reads a file of at most 4 MiB.
    ///
    /// # Errors
    ///
    /// What cannot be read or used, see [`AccountsFileErrorKind`].
    pub fn load(path: impl AsRef<Path>) -> Result<Self, AccountsFileError> {
        let mut text = Zeroizing::new(String::new());
        let file = File::open(path).map_err(AccountsFileError::io)?;
        let read = file.take(MAX_FILE_BYTES + 1).read_to_string(&mut text);
        if read.map_err(AccountsFileError::io)? as u64 > MAX_FILE_BYTES {
            return Err(AccountsFileError::new(AccountsFileErrorKind::TooLarge));
        }
        text.parse()
    }

    /// Mints tokens from this source instead of the operating system's.
    #[must_use]
    pub fn with_entropy(self, entropy: EntropySource) -> Self {
        Self { entropy, ..self }
    }

    /// Takes the time for one-time codes, in seconds since 1970, from `unix_time` instead of the
    /// system's clock.
    #[must_use]
    pub fn with_unix_time(self, unix_time: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self {
            unix_time: Arc::new(unix_time),
            ..self
        }
    }

    /// Goes on where `earlier` was: one-time codes that are used there are used here too, for accounts
    /// with the same id. For a file that is read again while its accounts are in use.
    #[must_use]
    pub fn continuing(mut self, earlier: &Self) -> Self {
        for entry in &mut self.entries {
            let before = earlier.entry(&entry.user).and_then(|e| e.codes.as_ref());
            if let (Some(codes), Some(before)) = (&mut entry.codes, before) {
                codes.share(before);
            }
        }
        self
    }

    /// How many accounts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none; a file without any is refused.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
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
        let mfa = entry.codes.iter().map(|_| MfaMethod::Totp).collect();
        Account {
            mfa,
            ..Account::new(entry.user.clone())
        }
    }

    fn token(&self, user: &User) -> Result<Token, AccountsError> {
        match self.entry(user).and_then(|entry| entry.token.clone()) {
            Some(token) => Ok(token),
            None => self
                .entropy
                .token_shaped(user.id)
                .map(Token::new)
                .map_err(|error| {
                    AccountsError::new(AccountsErrorKind::Unavailable).with_source(error)
                }),
        }
    }
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
            entropy: EntropySource::default(),
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
