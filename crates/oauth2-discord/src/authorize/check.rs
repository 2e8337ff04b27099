//! The conditions of section C: every refusal of the builder.

use super::{Authorization, AuthorizeError, Choice, IntegrationType, ResponseType};
use crate::{Nonce, Restriction, Scope, State};

impl Authorization {
    pub(super) fn check(&self, response: Option<ResponseType>) -> Result<(), AuthorizeError> {
        self.check_scopes(response)?;
        self.check_secrets(response)?;
        self.check_install()
    }

    fn check_scopes(&self, response: Option<ResponseType>) -> Result<(), AuthorizeError> {
        let basic = |scope: &Scope| matches!(scope, Scope::Bot | Scope::ApplicationsCommands);
        for scope in &self.scopes {
            let code_only =
                scope.is(Restriction::CodeGrantOnly) && response == Some(ResponseType::Token);
            if code_only || scope.is(Restriction::ClientCredentialsOnly) {
                return Err(AuthorizeError::OtherGrant(scope.clone()));
            }
            if response.is_none() && !basic(scope) {
                return Err(AuthorizeError::ResponseTypeRequired);
            }
        }
        Ok(())
    }

    fn check_secrets(&self, response: Option<ResponseType>) -> Result<(), AuthorizeError> {
        let code = response == Some(ResponseType::Code);
        if self.nonce.is_on() && !(code && self.scopes.contains(&Scope::Openid)) {
            return Err(AuthorizeError::NonceWithoutOpenid);
        }
        if matches!(self.verifier, Choice::Given(_)) && !code {
            return Err(AuthorizeError::VerifierWithoutCode);
        }
        let custom = self
            .redirect_uri
            .as_ref()
            .is_some_and(|uri| uri.is_custom_scheme());
        if custom && !(code && self.verifier.is_on()) {
            return Err(AuthorizeError::CustomSchemeWithoutPkce);
        }
        let state = self.state.given().map(State::expose);
        let nonce = self.nonce.given().map(Nonce::expose);
        for (name, value) in [("state", state), ("nonce", nonce)] {
            if value == Some("") {
                return Err(AuthorizeError::Empty(name));
            }
        }
        Ok(())
    }

    fn check_install(&self) -> Result<(), AuthorizeError> {
        let has = |scope| self.scopes.contains(&scope);
        let user_install = self.integration_type == Some(IntegrationType::UserInstall);
        // `GUILD_INSTALL` is what absence means, and the document's own first example sends it with other scopes
        // (O-079). Without any scope those of the application's configuration count, which may have it.
        if user_install && !has(Scope::ApplicationsCommands) && !self.scopes.is_empty() {
            return Err(AuthorizeError::UserInstallWithoutCommands);
        }
        if self.permissions.is_some() && !has(Scope::Bot) {
            return Err(AuthorizeError::PermissionsWithoutBot);
        }
        let to_guild =
            has(Scope::Bot) || has(Scope::ApplicationsCommands) || has(Scope::WebhookIncoming);
        if !to_guild || user_install {
            if self.guild_id.is_some() {
                return Err(AuthorizeError::GuildNotApplicable("guild_id"));
            }
            if self.disable_guild_select.is_some() {
                return Err(AuthorizeError::GuildNotApplicable("disable_guild_select"));
            }
        }
        if self.channel_id.is_some() && !has(Scope::WebhookIncoming) {
            return Err(AuthorizeError::ChannelWithoutWebhook);
        }
        Ok(())
    }
}
