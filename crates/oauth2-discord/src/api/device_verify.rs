//! `POST /oauth2/device/verify` (newer than the document, N-03).

use http::{Request, Response};
use ra_http::{BaseUrl, Body, Endpoint, HttpError};

use super::{post_as_user, scopes};
use crate::error::Repeat;
use crate::json::{JsonObject, members};
use crate::json::{object, optional, required};
use crate::text_enum::text_enum;
use crate::wire::{is_user_code, read_reply};
use crate::{ScopeSet, Snowflake, TokenError, TwoWayLinkCode, UserToken};

/// Looks up a device's request: the application and its scopes. Show the person both before
/// [`FinishDevice`](super::FinishDevice): a person who types a stranger's code gives their account away (S-24).
#[derive(Debug, Clone)]
pub struct VerifyDevice {
    token: UserToken,
    user_code: String,
}

/// A device's request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceRequest {
    /// The application.
    pub client_id: Snowflake,
    /// The scopes that it asks for.
    pub scopes: ScopeSet,
    /// Links the account at the other side as well, if the application can do that.
    pub two_way_link_code: Option<TwoWayLinkCode>,
    /// The state of the request.
    pub state: DeviceRequestState,
}

text_enum! {
    /// State of a device's request (member `type`).
    DeviceRequestState else Into::into, "Any other state, as on the wire.";
    /// the person has not decided.
    Pending "pending";
    /// the person agreed.
    Granted "granted";
    /// the person refused.
    Denied "denied";
}

impl VerifyDevice {
    /// For [`advice`](crate::error::advice): asking twice does no harm.
    pub const REPEAT: Repeat = Repeat::Safe;

    /// Looks up the code that the person typed, for the user of this session.
    #[must_use]
    pub fn new(token: UserToken, user_code: impl Into<String>) -> Self {
        Self {
            token,
            user_code: user_code.into(),
        }
    }
}

impl Endpoint for VerifyDevice {
    type Reply = DeviceRequest;

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        if !is_user_code(&self.user_code) {
            return Err(HttpError::bad_request("user_code"));
        }
        let body = JsonObject::new()
            .push("user_code", &self.user_code)
            .into_body();
        post_as_user(base, "/oauth2/device/verify", &self.token, body)
    }

    fn from_http(&self, response: Response<Body>) -> Result<DeviceRequest, HttpError> {
        read_reply(response, DeviceRequest::decode)
    }
}

members! { Members: client_id, scopes, two_way_link_code, state = "type" }

impl DeviceRequest {
    /// A pending request.
    #[must_use]
    pub const fn new(client_id: Snowflake, scopes: ScopeSet) -> Self {
        Self {
            client_id,
            scopes,
            two_way_link_code: None,
            state: DeviceRequestState::Pending,
        }
    }

    /// Reads the endpoint's JSON.
    ///
    /// # Errors
    /// Names the member that is missing or malformed; `None` if this is not a JSON object.
    pub fn decode(json: &[u8]) -> Result<Self, TokenError> {
        let members: Members<'_> = object(json)?;
        let state: String = required(members.state, "type")?;
        Ok(Self {
            client_id: required(members.client_id, "client_id")?,
            scopes: scopes(members.scopes)?,
            two_way_link_code: optional(members.two_way_link_code, "two_way_link_code")?,
            state: state.as_str().into(),
        })
    }
}
