//! Reads the tables of an accounts file.

use ra_crypto::MAX_PLAINTEXT_BYTES;
use ra_proto::{Token, User};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{AccountsFileError, AccountsFileErrorKind as Kind};
use super::totp::OneTimeCodes;

/// More accounts than this do not belong into a file that is searched from end to end.
const MAX_ACCOUNTS: usize = 10_000;
const MAX_AUTHORIZATION_BYTES: usize = 512;

/// SHA-256 of an `Authorization` header. The header itself is not kept.
pub(super) type Digest = [u8; 32];

pub(super) fn digest(secret: &str) -> Digest {
    ra_crypto::sha256(secret.as_bytes())
}

/// One `[[account]]`.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) authorization: Digest,
    pub(super) user: User,
    pub(super) token: Option<Token>,
    pub(super) codes: Option<OneTimeCodes>,
}

type Result<T> = std::result::Result<T, AccountsFileError>;

/// Reads a whole file.
pub(super) fn read(text: &str) -> Result<Vec<Entry>> {
    let line = |at: usize| 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
    let file = DeTable::parse(text).map_err(|error| {
        let error_at = error.span().map_or(0, |span| span.start);
        AccountsFileError::new(Kind::Syntax).at_line(line(error_at))
    })?;
    if let Some(key) = file.get_ref().keys().find(|key| key.get_ref() != "account") {
        return Err(AccountsFileError::new(Kind::UnknownKey).at_line(line(key.span().start)));
    }
    let tables = file.get_ref().get("account").map(|value| {
        let wrong = AccountsFileError::new(Kind::WrongType).at_field("account");
        value
            .get_ref()
            .as_array()
            .ok_or(wrong.at_line(line(value.span().start)))
    });
    let tables = tables.transpose()?.filter(|tables| !tables.is_empty());
    let tables = tables.ok_or(AccountsFileError::new(Kind::NoAccounts))?;
    if tables.len() > MAX_ACCOUNTS {
        return Err(AccountsFileError::new(Kind::TooLarge));
    }
    let mut entries: Vec<Entry> = Vec::with_capacity(tables.len());
    for (index, value) in tables.iter().enumerate() {
        let entry = Fields::of(value, &line).and_then(|fields| {
            let entry = fields.entry()?;
            fields.unique(&entry, &entries).map(|()| entry)
        });
        entries.push(entry.map_err(|error| {
            error
                .at_account(index + 1)
                .at_line(line(value.span().start))
        })?);
    }
    Ok(entries)
}

/// The fields of one table.
struct Fields<'a> {
    table: &'a DeTable<'a>,
    line: &'a dyn Fn(usize) -> usize,
}

impl<'a> Fields<'a> {
    fn of(value: &'a Spanned<DeValue<'a>>, line: &'a dyn Fn(usize) -> usize) -> Result<Self> {
        const KNOWN: [&str; 7] = [
            "authorization",
            "id",
            "username",
            "discriminator",
            "avatar",
            "token",
            "mfa",
        ];
        let wrong = AccountsFileError::new(Kind::WrongType).at_field("account");
        let table = value.get_ref().as_table().ok_or(wrong)?;
        match table
            .keys()
            .find(|key| !KNOWN.contains(&key.get_ref().as_ref()))
        {
            Some(key) => {
                Err(AccountsFileError::new(Kind::UnknownKey).at_line(line(key.span().start)))
            }
            None => Ok(Self { table, line }),
        }
    }

    fn entry(&self) -> Result<Entry> {
        let authorization = self
            .text("authorization")?
            .ok_or_else(|| missing("authorization"))?;
        if !is_header_text(authorization) || authorization.len() > MAX_AUTHORIZATION_BYTES {
            return Err(self.invalid("authorization"));
        }
        let token = self.text("token")?;
        // no desktop takes white space in a token
        let fits = |token: &str| {
            (1..=MAX_PLAINTEXT_BYTES).contains(&token.len())
                && token.bytes().all(|b| b.is_ascii_graphic())
        };
        if token.is_some_and(|token| !fits(token)) {
            return Err(self.invalid("token"));
        }
        let codes = self
            .text("mfa")?
            .map(|secret| OneTimeCodes::from_base32(secret).ok_or_else(|| self.invalid("mfa")));
        Ok(Entry {
            authorization: digest(authorization),
            user: self.user()?,
            token: token.map(|token| Token::new(token.to_owned())),
            codes: codes.transpose()?,
        })
    }

    fn user(&self) -> Result<User> {
        let id = self.number("id")?.ok_or_else(|| missing("id"))?;
        let username = self.text("username")?.ok_or_else(|| missing("username"))?;
        let discriminator = self.number("discriminator")?.unwrap_or(0);
        let discriminator =
            u16::try_from(discriminator).map_err(|_| self.invalid("discriminator"))?;
        let avatar = self.text("avatar")?.map(str::to_owned);
        let user = User::new(id, discriminator, avatar, username.to_owned());
        let user = user.map_err(|error| self.invalid(error.field()))?;
        if user.encode().len() > MAX_PLAINTEXT_BYTES {
            return Err(self.invalid("avatar"));
        }
        Ok(user)
    }

    fn unique(&self, entry: &Entry, earlier: &[Entry]) -> Result<()> {
        let taken = |field| self.error(Kind::Duplicate, field);
        if earlier
            .iter()
            .any(|other| other.authorization == entry.authorization)
        {
            return Err(taken("authorization"));
        }
        if earlier.iter().any(|other| other.user.id == entry.user.id) {
            return Err(taken("id"));
        }
        Ok(())
    }

    fn text(&self, field: &'static str) -> Result<Option<&'a str>> {
        let Some(value) = self.table.get(field) else {
            return Ok(None);
        };
        let text = value.get_ref().as_str();
        text.map(Some)
            .ok_or_else(|| self.error(Kind::WrongType, field))
    }

    /// A number, as such or as a string of digits: ids are strings in all of Discord's JSON.
    fn number(&self, field: &'static str) -> Result<Option<u64>> {
        let Some(value) = self.table.get(field) else {
            return Ok(None);
        };
        let (digits, radix) = match value.get_ref() {
            DeValue::String(digits) => (digits.as_ref(), 10),
            DeValue::Integer(number) => (number.as_str(), number.radix()),
            _ => return Err(self.error(Kind::WrongType, field)),
        };
        let number = u64::from_str_radix(digits, radix)
            .ok()
            .filter(|_| !digits.starts_with('+'));
        number.map(Some).ok_or_else(|| self.invalid(field))
    }

    fn invalid(&self, field: &'static str) -> AccountsFileError {
        self.error(Kind::Invalid, field)
    }

    fn error(&self, kind: Kind, field: &'static str) -> AccountsFileError {
        let error = AccountsFileError::new(kind).at_field(field);
        match self.table.get(field) {
            Some(value) => error.at_line((self.line)(value.span().start)),
            None => error,
        }
    }
}

fn missing(field: &'static str) -> AccountsFileError {
    AccountsFileError::new(Kind::Missing).at_field(field)
}

/// Returns true for a text that a header can carry and a person can copy: visible ASCII with spaces inside.
fn is_header_text(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}
