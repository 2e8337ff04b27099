//! The client: an application with or without a secret.

use crate::{ClientSecret, Snowflake};

/// An application that cannot keep a secret: an app on people's machines, a page in a browser (S-21).
///
/// It has no place for a secret, and Discord wants the application's `PUBLIC_OAUTH2_CLIENT` flag for it (O-121). Calls
/// that need a secret do not accept a public client (O-097):
///
/// ```compile_fail
/// use oauth2_discord::{PublicClient, Scope, Snowflake, grant::ClientCredentials};
/// let _ = ClientCredentials::new(PublicClient::new(Snowflake::new(1)), Scope::Identify);
/// ```
///
/// ```compile_fail
/// use oauth2_discord::{AuthorizationCode, PublicClient, Snowflake, grant::ExchangeCode};
/// let client = PublicClient::new(Snowflake::new(1));
/// let _ = ExchangeCode::without_pkce(client, AuthorizationCode::new("a"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicClient {
    id: Snowflake,
}

/// An application on its owner's machine, which authenticates with its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfidentialClient {
    id: Snowflake,
    secret: ClientSecret,
    auth: ClientAuth,
}

/// Transport of a confidential client's credentials; never both at once (S-02).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ClientAuth {
    /// `client_id` and `client_secret` in the form, as in the document's examples.
    #[default]
    Form,
    /// `Authorization: Basic`, both form-encoded first (RFC 6749, section 2.3.1). Discord's newer examples do it
    /// (P-05).
    Basic,
}

/// A client of either kind, for grants that accept both.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Client {
    /// Without a secret.
    Public(PublicClient),
    /// With a secret.
    Confidential(ConfidentialClient),
}

impl PublicClient {
    /// A client with this id.
    #[must_use]
    pub const fn new(id: Snowflake) -> Self {
        Self { id }
    }

    /// The client's id.
    #[must_use]
    pub const fn id(&self) -> Snowflake {
        self.id
    }
}

impl ConfidentialClient {
    /// A client with this id and secret, which sends them in the form.
    #[must_use]
    pub const fn new(id: Snowflake, secret: ClientSecret) -> Self {
        let auth = ClientAuth::Form;
        Self { id, secret, auth }
    }

    /// Sets the transport of the credentials.
    #[must_use]
    pub fn with_auth(mut self, auth: ClientAuth) -> Self {
        self.auth = auth;
        self
    }

    /// The client's id.
    #[must_use]
    pub const fn id(&self) -> Snowflake {
        self.id
    }

    /// The client's secret.
    #[must_use]
    pub const fn secret(&self) -> &ClientSecret {
        &self.secret
    }

    /// The transport of its credentials.
    #[must_use]
    pub const fn auth(&self) -> ClientAuth {
        self.auth
    }
}

impl Client {
    /// The client's id.
    #[must_use]
    pub const fn id(&self) -> Snowflake {
        match self {
            Self::Public(client) => client.id,
            Self::Confidential(client) => client.id,
        }
    }
}

impl From<PublicClient> for Client {
    fn from(client: PublicClient) -> Self {
        Self::Public(client)
    }
}

impl From<ConfidentialClient> for Client {
    fn from(client: ConfidentialClient) -> Self {
        Self::Confidential(client)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s41_no_client_shows_its_secret() {
        let client = ConfidentialClient::new(Snowflake::new(1), ClientSecret::new("canary"));
        assert!(!format!("{client:?}").contains("canary"));
        assert!(!format!("{:?}", Client::from(client)).contains("canary"));
    }

    #[test]
    fn s21_o121_a_public_client_is_its_id_and_nothing_else() {
        assert_eq!(size_of::<PublicClient>(), size_of::<Snowflake>());
    }

    #[test]
    fn both_kinds_tell_their_id() {
        let id = Snowflake::new(7);
        let confidential =
            ConfidentialClient::new(id, ClientSecret::new("s")).with_auth(ClientAuth::Basic);
        assert_eq!(confidential.auth(), ClientAuth::Basic);
        assert_eq!(Client::from(confidential).id(), id);
        assert_eq!(Client::from(PublicClient::new(id)).id(), id);
    }
}
