//! What replies say about applications and users: the members that every reply has, and the rest as JSON for a library
//! that knows all of them.

use core::fmt;

use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::json::{members, object, optional, required};
use crate::{Snowflake, TokenError};

/// An application, as much of it as the reply told.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Application {
    /// Its id.
    pub id: Snowflake,
    /// Its name.
    pub name: Option<String>,
    /// The hash of its icon.
    pub icon: Option<String>,
    /// What it says about itself.
    pub description: Option<String>,
    json: Zeroizing<String>,
}

/// A user, as much of them as the reply told.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct User {
    /// Their id.
    pub id: Snowflake,
    /// Their name, unique but for users that still have a discriminator.
    pub username: Option<String>,
    /// The name that others see.
    pub global_name: Option<String>,
    /// The hash of their avatar.
    pub avatar: Option<String>,
    json: Zeroizing<String>,
}

members!(Members {
    id,
    name,
    icon,
    description,
    username,
    global_name,
    avatar
});

impl Application {
    /// An application of which no more than the id is known.
    #[must_use]
    pub fn new(id: Snowflake) -> Self {
        Self {
            id,
            name: None,
            icon: None,
            description: None,
            json: Zeroizing::new(format!("{{\"id\":\"{id}\"}}")),
        }
    }

    /// Reads an application object.
    ///
    /// # Errors
    /// The member that is missing or makes no sense, or `None` if it is no JSON object.
    pub fn decode(json: &[u8]) -> Result<Self, TokenError> {
        let members: Members<'_> = object(json)?;
        Ok(Self {
            id: required(members.id, "application.id")?,
            name: optional(members.name, "application.name")?,
            icon: optional(members.icon, "application.icon")?,
            description: optional(members.description, "application.description")?,
            json: text(json),
        })
    }

    /// The whole object as it came.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }
}

impl User {
    /// A user of whom no more than the id is known.
    #[must_use]
    pub fn new(id: Snowflake) -> Self {
        Self {
            id,
            username: None,
            global_name: None,
            avatar: None,
            json: Zeroizing::new(format!("{{\"id\":\"{id}\"}}")),
        }
    }

    /// Reads a user object.
    ///
    /// # Errors
    /// The member that is missing or makes no sense, or `None` if it is no JSON object.
    pub fn decode(json: &[u8]) -> Result<Self, TokenError> {
        let members: Members<'_> = object(json)?;
        Ok(Self {
            id: required(members.id, "user.id")?,
            username: optional(members.username, "user.username")?,
            global_name: optional(members.global_name, "user.global_name")?,
            avatar: optional(members.avatar, "user.avatar")?,
            json: text(json),
        })
    }

    /// The whole object as it came.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }
}

/// The application in a member of a larger object.
pub(super) fn application(raw: Option<&RawValue>) -> Result<Application, TokenError> {
    let raw = raw.ok_or(TokenError::at("application"))?;
    Application::decode(raw.get().as_bytes())
        .map_err(|error| TokenError::at(error.field().unwrap_or("application")))
}

/// The user in a member of a larger object, whose name an error bears.
pub(super) fn user(raw: &RawValue, field: &'static str) -> Result<User, TokenError> {
    User::decode(raw.get().as_bytes())
        .map_err(|error| TokenError::at(error.field().unwrap_or(field)))
}

fn text(json: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(String::from_utf8_lossy(json).into_owned()) // it was read as JSON, so it is UTF-8
}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Application({}, {} bytes)", self.id, self.json.len())
    }
}

impl fmt::Debug for User {
    /// The id alone: the rest may hold a mail address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "User({}, {} bytes)", self.id, self.json.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_may_be_an_integer_and_null_is_absent() {
        let json = br#"{"id":157730590492196864,"name":null,"icon":"h","new":[1]}"#;
        let application = Application::decode(json).unwrap();
        assert_eq!(application.id, Snowflake::new(157_730_590_492_196_864));
        assert_eq!(
            (application.name.as_deref(), application.icon.as_deref()),
            (None, Some("h"))
        );
        assert!(application.json().contains("\"new\":[1]"));
    }

    #[test]
    fn a_wrong_member_is_named_and_never_shown() {
        for (json, field) in [
            (&br#"{"name":"canary"}"#[..], Some("user.id")),
            (br#"{"id":"canary"}"#, Some("user.id")),
            (
                br#"{"id":"1","username":["canary"]}"#,
                Some("user.username"),
            ),
            (br#"["canary"]"#, None),
            (b"canary", None),
            (b"", None),
        ] {
            let error = User::decode(json).unwrap_err();
            assert_eq!(error.field(), field);
            assert!(!format!("{error} {error:?}").contains("canary"));
        }
    }

    #[test]
    fn s41_debug_shows_ids_alone() {
        let user = User::decode(br#"{"id":"1","username":"canary","email":"canary"}"#).unwrap();
        assert_eq!(
            format!("{user:?}"),
            format!("User(1, {} bytes)", user.json().len())
        );
        let application = Application::decode(br#"{"id":"2","name":"canary"}"#).unwrap();
        assert_eq!(
            format!("{application:?}"),
            format!("Application(2, {} bytes)", application.json().len())
        );
        assert_eq!(User::new(Snowflake::new(1)).json(), "{\"id\":\"1\"}");
        assert_eq!(Application::new(Snowflake::new(2)).json(), "{\"id\":\"2\"}");
    }
}
