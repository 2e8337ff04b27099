//! The user payload: who scanned the QR code, `id:discriminator:avatar:username` (R-11).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::{borrow::ToOwned as _, format};
use core::fmt;

const MAX_DISCRIMINATOR: u16 = 9999;
const MAX_USERNAME_CHARS: usize = 32;

/// The user that scanned the QR code.
///
/// ```
/// use ra_proto::User;
///
/// let user = User::parse(b"196769986071625728:1212:d0900b8fe361c755549ab0beadb35075:Mary")?;
/// assert_eq!(user.id, 196_769_986_071_625_728);
/// assert_eq!(user.discriminator_text(), "1212");
/// assert_eq!(user.username, "Mary");
/// # Ok::<(), ra_proto::UserError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct User {
    /// Snowflake, never 0.
    pub id: u64,
    /// 1 to 9999, or 0 for none.
    pub discriminator: u16,
    /// Hash of the avatar, letters, digits and `_`.
    pub avatar: Option<String>,
    /// 1 to 32 characters, none of them a control character. May contain `:`.
    pub username: String,
}

impl User {
    /// A user to announce.
    ///
    /// # Errors
    /// The first field that a payload could not carry. An avatar of `"0"` is one: it would read as none.
    pub fn new(
        id: u64,
        discriminator: u16,
        avatar: Option<String>,
        username: String,
    ) -> Result<Self, UserError> {
        if id == 0 {
            return Err(UserError::Id);
        }
        if discriminator > MAX_DISCRIMINATOR {
            return Err(UserError::Discriminator);
        }
        if avatar
            .as_deref()
            .is_some_and(|hash| hash == "0" || !is_avatar(hash))
        {
            return Err(UserError::Avatar);
        }
        if !is_username(&username) {
            return Err(UserError::Username);
        }
        Ok(Self {
            id,
            discriminator,
            avatar,
            username,
        })
    }

    /// Reads an opened user payload.
    ///
    /// # Errors
    /// The first field, from left to right, that is missing or not as R-11 has it.
    pub fn parse(payload: &[u8]) -> Result<Self, UserError> {
        // At most three cuts: the username keeps its colons.
        let mut fields = payload.splitn(4, |&byte| byte == b':');
        let mut next = |error| {
            let field = fields.next().ok_or(error)?;
            core::str::from_utf8(field).map_err(|_| error)
        };
        let id = digits(next(UserError::Id)?, 20).ok_or(UserError::Id)?;
        let discriminator = digits(next(UserError::Discriminator)?, 4)
            .and_then(|number| u16::try_from(number).ok())
            .ok_or(UserError::Discriminator)?;
        let avatar = match next(UserError::Avatar)? {
            "" | "0" => None,
            hash => Some(hash.to_owned()),
        };
        let username = next(UserError::Username)?.to_owned();
        Self::new(id, discriminator, avatar, username)
    }

    /// The payload, ready to be sealed.
    ///
    /// ```
    /// let user = ra_proto::User::new(1, 0, None, "a".to_owned())?;
    /// assert_eq!(user.encode(), "1:0:0:a");
    /// # Ok::<(), ra_proto::UserError>(())
    /// ```
    #[must_use]
    pub fn encode(&self) -> String {
        let (id, username) = (self.id, &self.username);
        let avatar = self.avatar.as_deref().unwrap_or("0");
        match self.discriminator {
            0 => format!("{id}:0:{avatar}:{username}"),
            number => format!("{id}:{number:04}:{avatar}:{username}"),
        }
    }

    /// The discriminator as people read it: four digits, or `0` for none.
    #[must_use]
    pub fn discriminator_text(&self) -> Cow<'static, str> {
        match self.discriminator {
            0 => Cow::Borrowed("0"),
            number => Cow::Owned(format!("{number:04}")),
        }
    }
}

/// The field of a user that is missing or not acceptable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UserError {
    /// Not a snowflake above 0.
    Id,
    /// Not one to four digits.
    Discriminator,
    /// Not letters, digits and `_`.
    Avatar,
    /// Not 1 to 32 characters of UTF-8 without control characters.
    Username,
}

impl UserError {
    /// The name of the field.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Discriminator => "discriminator",
            Self::Avatar => "avatar",
            Self::Username => "username",
        }
    }
}

impl fmt::Display for UserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of the user is missing or malformed", self.field())
    }
}

impl core::error::Error for UserError {}

/// A number of at most `max` ASCII digits; `str::parse` alone would take a sign.
fn digits(text: &str, max: usize) -> Option<u64> {
    let plain = text.len() <= max && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

fn is_avatar(hash: &str) -> bool {
    !hash.is_empty()
        && hash
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn is_username(name: &str) -> bool {
    let length = name.chars().count();
    (1..=MAX_USERNAME_CHARS).contains(&length) && !name.chars().any(char::is_control)
}
