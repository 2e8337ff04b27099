//! `GET /oauth2/applications/@me` (official documents, *Get current bot application information*, P-04).

use http::{Method, Request, Response};
use ra_http::{BaseUrl, Body, Endpoint, HttpError};

use super::Application;
use crate::BotToken;
use crate::error::Repeat;
use crate::wire::{bodiless, read_reply, set_authorization};

/// Asks for the application that a bot belongs to.
#[derive(Debug, Clone)]
pub struct CurrentApplication {
    token: BotToken,
}

impl CurrentApplication {
    /// For [`advice`](crate::error::advice): asking twice does no harm.
    pub const REPEAT: Repeat = Repeat::Safe;

    /// Asks with this bot's token.
    #[must_use]
    pub const fn new(token: BotToken) -> Self {
        Self { token }
    }
}

impl Endpoint for CurrentApplication {
    type Reply = Application;

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        let mut request = bodiless(Method::GET, base.join("/oauth2/applications/@me")?);
        set_authorization(&mut request, "Bot ", self.token.expose(), "bot_token")?;
        Ok(request)
    }

    fn from_http(&self, response: Response<Body>) -> Result<Application, HttpError> {
        read_reply(response, Application::decode)
    }
}
