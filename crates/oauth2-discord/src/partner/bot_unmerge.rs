//! `POST /partner-sdk/provisional-accounts/unmerge/bot` (newer than the document, N-10).

use http::{Request, Response};
use ra_http::{BaseUrl, Body, Endpoint, HttpError, check_status};

use super::check_external_user_id;
use crate::BotToken;
use crate::error::Repeat;
use crate::json::JsonObject;
use crate::wire::post_as_bot;

/// Unmerges a provisional account by the game's id for the user, even if no token of the user is left. Invalidates all
/// tokens of the user, as [`Unmerge`](super::Unmerge) does (O-178).
#[derive(Debug, Clone)]
pub struct BotUnmerge {
    token: BotToken,
    external_user_id: String,
}

impl BotUnmerge {
    /// For [`advice`](crate::error::advice): unmerging twice does no harm.
    pub const REPEAT: Repeat = Repeat::Safe;

    /// Unmerges the account of the user with this id in the game: 1 to 1024 characters.
    #[must_use]
    pub fn new(token: BotToken, external_user_id: impl Into<String>) -> Self {
        Self {
            token,
            external_user_id: external_user_id.into(),
        }
    }
}

impl Endpoint for BotUnmerge {
    type Reply = ();

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        check_external_user_id(&self.external_user_id)?;
        let body = JsonObject::new()
            .push("external_user_id", &self.external_user_id)
            .into_body();
        post_as_bot(
            base,
            "/partner-sdk/provisional-accounts/unmerge/bot",
            &self.token,
            body,
        )
    }

    fn from_http(&self, response: Response<Body>) -> Result<(), HttpError> {
        check_status(response).map(drop)
    }
}
