//! `POST /partner-sdk/token/bot` (document: *Get provisional account token with bot*, O-174 to O-176).

use http::{Request, Response};
use ra_http::{BaseUrl, Body, Endpoint, HttpError};

use super::check_external_user_id;
use crate::error::Repeat;
use crate::json::JsonObject;
use crate::wire::{post_as_bot, read_reply};
use crate::{BotToken, Token};

/// Asks for the token of the account of a person whom the game's bot vouches for. A missing account is created as
/// provisional. User accounts cannot ask (O-175), which is why this takes a bot's token.
#[derive(Debug, Clone)]
pub struct BotProvisionalToken {
    token: BotToken,
    external_user_id: String,
    preferred_global_name: Option<String>,
}

impl BotProvisionalToken {
    /// For [`advice`](crate::error::advice): asking twice makes two tokens and does no harm.
    pub const REPEAT: Repeat = Repeat::Safe;
    /// The longest preferred name, in characters (N-15).
    pub const MAX_GLOBAL_NAME: usize = 32;

    /// Asks for the user with this id in the game: 1 to 1024 characters.
    #[must_use]
    pub fn new(token: BotToken, external_user_id: impl Into<String>) -> Self {
        Self {
            token,
            external_user_id: external_user_id.into(),
            preferred_global_name: None,
        }
    }

    /// Name of the account: 1 to 32 characters. Providers have their own rules for names (N-15).
    #[must_use]
    pub fn preferred_global_name(mut self, name: impl Into<String>) -> Self {
        self.preferred_global_name = Some(name.into());
        self
    }
}

impl Endpoint for BotProvisionalToken {
    type Reply = Token;

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        check_external_user_id(&self.external_user_id)?;
        let name = self.preferred_global_name.as_ref();
        if name.is_some_and(|name| !(1..=Self::MAX_GLOBAL_NAME).contains(&name.chars().count())) {
            return Err(HttpError::bad_request("preferred_global_name"));
        }
        let body = JsonObject::new()
            .push("external_user_id", &self.external_user_id)
            .push_some("preferred_global_name", name)
            .into_body();
        post_as_bot(base, "/partner-sdk/token/bot", &self.token, body)
    }

    fn from_http(&self, response: Response<Body>) -> Result<Token, HttpError> {
        read_reply(response, Token::decode)
    }
}
