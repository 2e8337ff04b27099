//! `POST /oauth2/token`, `grant_type=urn:ietf:params:oauth:grant-type:device_code` (RFC 8628, section 3.4).

use http::{Request, Response};
use ra_http::{BaseUrl, Body, Endpoint, HttpError};

use super::{push_external_auth, token_form};
use crate::error::Repeat;
use crate::wire::{Place, read_reply, replaceable_url};
use crate::{Client, DeviceCode, ExternalAuth, Token, Urls};

/// Asks once whether the person has decided (O-129). The machine in [`device`](crate::device) decides when to poll.
#[derive(Debug, Clone)]
pub struct PollDevice {
    client: Client,
    device_code: DeviceCode,
    external_auth: Option<ExternalAuth>,
    place: Place,
}

impl PollDevice {
    /// For [`advice`](crate::error::advice): polls are meant to be repeated.
    pub const REPEAT: Repeat = Repeat::Safe;

    /// Polls with this code.
    #[must_use]
    pub fn new(client: impl Into<Client>, device_code: DeviceCode) -> Self {
        Self {
            client: client.into(),
            device_code,
            external_auth: None,
            place: Place::Below(Urls::TOKEN_PATH),
        }
    }

    /// Merges the person's provisional account into the one that authorizes (O-104).
    #[must_use]
    pub fn external_auth(mut self, auth: ExternalAuth) -> Self {
        self.external_auth = Some(auth);
        self
    }
}

replaceable_url!(PollDevice);

impl Endpoint for PollDevice {
    type Reply = Token;

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        let mut form = token_form("urn:ietf:params:oauth:grant-type:device_code");
        form.push_required("device_code", self.device_code.expose())?;
        push_external_auth(&mut form, self.external_auth.as_ref())?;
        form.post(self.place.uri(base)?, &self.client)
    }

    fn from_http(&self, response: Response<Body>) -> Result<Token, HttpError> {
        read_reply(response, Token::decode)
    }
}
