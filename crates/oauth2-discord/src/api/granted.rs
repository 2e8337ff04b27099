//! A user's authorization of an application (O-147).

use super::{Application, partial, scopes};
use crate::json::{array, members, object, optional, required};
use crate::{ScopeSet, Snowflake, TokenError};

/// A user's authorization of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Granted {
    /// The id of the authorization (of the token, in the document; N-16).
    pub id: Snowflake,
    /// The granted scopes.
    pub scopes: ScopeSet,
    /// The application.
    pub application: Application,
    /// The disclosures of the application that the user has acknowledged.
    pub disclosures: Vec<u64>,
}

members! { Members: id, scopes, application, disclosures }

impl Granted {
    /// An authorization without acknowledged disclosures.
    #[must_use]
    pub const fn new(id: Snowflake, scopes: ScopeSet, application: Application) -> Self {
        Self {
            id,
            scopes,
            application,
            disclosures: Vec::new(),
        }
    }

    /// Reads an authorization object.
    ///
    /// # Errors
    /// Names the member that is missing or malformed; `None` if this is not a JSON object.
    pub fn decode(json: &[u8]) -> Result<Self, TokenError> {
        let members: Members<'_> = object(json)?;
        Ok(Self {
            id: required(members.id, "id")?,
            scopes: scopes(members.scopes)?,
            application: partial::application(members.application)?,
            disclosures: optional(members.disclosures, "disclosures")?.unwrap_or_default(),
        })
    }

    /// Reads an array of authorization objects.
    pub(super) fn decode_list(json: &[u8]) -> Result<Vec<Self>, TokenError> {
        array(json, None)?
            .into_iter()
            .map(|raw| Self::decode(raw.get().as_bytes()))
            .collect()
    }
}
