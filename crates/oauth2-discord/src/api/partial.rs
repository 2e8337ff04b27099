//! Applications and users in replies: the common members are read, and the rest is kept as JSON for a library that
//! knows all members.

use core::fmt;

use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::json::{members, object, optional, required};
use crate::{Snowflake, TokenError};

/// Defines a partial object: its id, optional texts, and the whole object as JSON.
macro_rules! partial {
    ($(#[$docs:meta])+ $name:ident $field_name:literal $(#[$id_docs:meta])+ id;
     $($(#[$member_docs:meta])+ $member:ident;)+) => {
        $(#[$docs])+
        #[derive(Clone, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct $name {
            $(#[$id_docs])+
            pub id: Snowflake,
            $($(#[$member_docs])+ pub $member: Option<String>,)+
            json: Zeroizing<String>,
        }

        impl $name {
            /// An object with this id and nothing else.
            #[must_use]
            pub fn new(id: Snowflake) -> Self {
                let json = Zeroizing::new(format!("{{\"id\":\"{id}\"}}"));
                Self { id, $($member: None,)+ json }
            }

            /// Reads the JSON object.
            ///
            /// # Errors
            /// Names the member that is missing or malformed; `None` if this is not a JSON object.
            pub fn decode(json: &[u8]) -> Result<Self, TokenError> {
                members! { Members: id, $($member),+ }
                let members: Members<'_> = object(json)?;
                Ok(Self {
                    id: required(members.id, concat!($field_name, ".id"))?,
                    $($member: optional(members.$member, concat!($field_name, ".", stringify!($member)))?,)+
                    // valid JSON is UTF-8
                    json: Zeroizing::new(String::from_utf8_lossy(json).into_owned()),
                })
            }

            /// The whole object as the service sent it.
            #[must_use]
            pub fn json(&self) -> &str {
                &self.json
            }
        }

        impl fmt::Debug for $name {
            /// Shows the id only: the rest may hold personal data.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({}, {} bytes)", stringify!($name), self.id, self.json.len())
            }
        }
    };
}

partial! {
    /// An application, with the members that the reply has.
    Application "application"
    /// The application's id.
    id;
    /// The application's name.
    name;
    /// The hash of its icon.
    icon;
    /// The application's own description.
    description;
}

partial! {
    /// A user, with the members that the reply has.
    User "user"
    /// The user's id.
    id;
    /// The user's name; unique, except for users that still have a discriminator.
    username;
    /// The name that others see.
    global_name;
    /// The hash of the user's avatar.
    avatar;
}

/// Reads the application in a member of a larger object.
pub(super) fn application(raw: Option<&RawValue>) -> Result<Application, TokenError> {
    let raw = raw.ok_or(TokenError::at("application"))?;
    Application::decode(raw.get().as_bytes())
        .map_err(|error| TokenError::at(error.field().unwrap_or("application")))
}

/// Reads the user in a member of a larger object; an error names the member.
pub(super) fn user(raw: &RawValue, field: &'static str) -> Result<User, TokenError> {
    User::decode(raw.get().as_bytes())
        .map_err(|error| TokenError::at(error.field().unwrap_or(field)))
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
