//! `POST /oauth2/device/finish` (newer than the document, N-04).

use http::{Request, Response};
use ra_http::{BaseUrl, Body, Endpoint, HttpError, check_status};

use super::post_as_user;
use crate::UserToken;
use crate::error::Repeat;
use crate::json::JsonObject;
use crate::wire::is_user_code;

/// Sends a person's decision to a device.
#[derive(Debug, Clone)]
pub struct FinishDevice {
    token: UserToken,
    user_code: String,
    decision: DeviceDecision,
}

/// A person's decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeviceDecision {
    /// The person agreed, after seeing the result of [`VerifyDevice`](super::VerifyDevice).
    Granted,
    /// The person refused.
    Denied,
}

impl FinishDevice {
    /// For [`advice`](crate::error::advice): sending it twice does no harm.
    pub const REPEAT: Repeat = Repeat::Safe;

    /// Decides about the code that the person typed, for the user of this session.
    #[must_use]
    pub fn new(token: UserToken, user_code: impl Into<String>, decision: DeviceDecision) -> Self {
        Self {
            token,
            user_code: user_code.into(),
            decision,
        }
    }
}

impl Endpoint for FinishDevice {
    type Reply = ();

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        if !is_user_code(&self.user_code) {
            return Err(HttpError::bad_request("user_code"));
        }
        let result = match self.decision {
            DeviceDecision::Granted => "granted",
            DeviceDecision::Denied => "denied",
        };
        let body = JsonObject::new()
            .push("user_code", &self.user_code)
            .push("result", result)
            .into_body();
        post_as_user(base, "/oauth2/device/finish", &self.token, body)
    }

    fn from_http(&self, response: Response<Body>) -> Result<(), HttpError> {
        check_status(response).map(drop)
    }
}
