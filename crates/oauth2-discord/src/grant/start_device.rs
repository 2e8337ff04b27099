//! `POST /oauth2/device/authorize` (N-01; the document has `/oauth2/authorize/device`, O-002; RFC 8628, section 3.1).

use http::{Request, Response};
use ra_http::{BaseUrl, Body, Endpoint, HttpError};

use super::DeviceAuthorization;
use crate::error::Repeat;
use crate::wire::{Form, Place, read_reply, replaceable_url};
use crate::{Client, Restriction, Scope, ScopeSet, TokenError, Urls};

/// Asks for a device code and a user code (O-124). Public clients ask without a secret (O-125). The document marks the
/// endpoint with no kind of authentication; it takes the client's, like the others (M-05).
#[derive(Debug, Clone)]
pub struct StartDevice {
    client: Client,
    scope: ScopeSet,
    any_site: bool,
    place: Place,
}

impl StartDevice {
    /// For [`advice`](crate::error::advice): asking twice makes two codes and does no harm.
    pub const REPEAT: Repeat = Repeat::Safe;

    /// Asks for this client, without scopes.
    #[must_use]
    pub fn new(client: impl Into<Client>) -> Self {
        Self {
            client: client.into(),
            scope: ScopeSet::new(),
            any_site: true,
            place: Place::Below(Urls::DEVICE_PATH),
        }
    }

    /// The scopes.
    #[must_use]
    pub fn scopes(mut self, scopes: impl Into<ScopeSet>) -> Self {
        self.scope = scopes.into();
        self
    }

    /// Refuses a reply that would send the person to another site than discord.com (S-24).
    #[must_use]
    pub fn discord_only(mut self) -> Self {
        self.any_site = false;
        self
    }

    /// Uses the document's path, which the live service no longer has (O-002, N-01).
    #[must_use]
    pub fn at_document_path(mut self) -> Self {
        self.place = Place::Below(Urls::DOCUMENT_DEVICE_PATH);
        self
    }

    /// The first scope that only the code or client credentials grant supports.
    #[must_use]
    pub fn scope_of_other_grant(&self) -> Option<&Scope> {
        let other = |scope: &&Scope| {
            scope.is(Restriction::CodeGrantOnly) || scope.is(Restriction::ClientCredentialsOnly)
        };
        self.scope.iter().find(other)
    }
}

replaceable_url!(StartDevice);

impl Endpoint for StartDevice {
    type Reply = DeviceAuthorization;

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        let mut form = Form::default();
        form.push("scope", &self.scope.to_string());
        form.post(self.place.uri(base)?, &self.client)
    }

    fn from_http(&self, response: Response<Body>) -> Result<DeviceAuthorization, HttpError> {
        read_reply(response, |json| {
            let reply = DeviceAuthorization::decode(json)?;
            let allowed = self.any_site || reply.is_on_discord();
            allowed
                .then_some(reply)
                .ok_or(TokenError::at("verification_uri"))
        })
    }
}
