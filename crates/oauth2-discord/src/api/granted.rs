//! What a user has granted to an application (O-147).

use super::{Application, partial, scopes};
use crate::json::{array, members, object, optional, required};
use crate::{ScopeSet, Snowflake, TokenError};

/// An authorization that a user gave to an application.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Granted {
    /// The id of the authorization (the document says: of the token, N-16).
    pub id: Snowflake,
    /// What it allows.
    pub scopes: ScopeSet,
    /// Whom it allows that.
    pub application: Application,
    /// The disclosures of the application that the user has acknowledged.
    pub disclosures: Vec<u64>,
}

members!(Members {
    id,
    scopes,
    application,
    disclosures
});

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
    /// The member that is missing or makes no sense, or `None` if it is no JSON object.
    pub fn decode(json: &[u8]) -> Result<Self, TokenError> {
        let members: Members<'_> = object(json)?;
        Ok(Self {
            id: required(members.id, "id")?,
            scopes: scopes(members.scopes)?,
            application: partial::application(members.application)?,
            disclosures: optional(members.disclosures, "disclosures")?.unwrap_or_default(),
        })
    }

    /// Reads an array of them.
    pub(super) fn decode_list(json: &[u8]) -> Result<Vec<Self>, TokenError> {
        array(json, None)?
            .into_iter()
            .map(|raw| Self::decode(raw.get().as_bytes()))
            .collect()
    }
}
