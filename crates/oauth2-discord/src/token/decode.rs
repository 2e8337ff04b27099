//! Reads a token.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::{Guild, Token, Webhook};
use crate::json::{members, object, optional, required};
use crate::token_error::TokenError;
use crate::{AccessToken, RawIdToken, RefreshToken, Snowflake, wire::fits_header};

members! { Members:
    token_type, access_token, refresh_token, id_token, scope, expires_in, guild, webhook
}

members! { GuildMembers: id }

members! { WebhookMembers:
    id, token, kind = "type", name, avatar, channel_id, guild_id, application_id, url
}

pub(super) fn token(json: &[u8]) -> Result<Token, TokenError> {
    let members: Members<'_> = object(json)?;
    let kind = members.token_type.and_then(text);
    if !kind.is_some_and(|kind| is_bearer(&kind)) {
        return Err(TokenError::at("token_type"));
    }
    let access_token = secret(members.access_token, "access_token")?.map(AccessToken::new);
    let access_token = access_token.ok_or(TokenError::at("access_token"))?;
    if !fits_header(access_token.expose()) {
        return Err(TokenError::at("access_token"));
    }
    let refresh_token = secret(members.refresh_token, "refresh_token")?.map(RefreshToken::new);
    // RFC 6749, appendix A.17: nothing that could end a line or a field where it is stored or sent
    if !refresh_token
        .as_ref()
        .is_none_or(|token| is_vschar(token.expose()))
    {
        return Err(TokenError::at("refresh_token"));
    }
    let id_token = secret(members.id_token, "id_token")?.map(RawIdToken::new);
    let scope = members
        .scope
        .map(|raw| text(raw).and_then(|text| text.parse().ok()));
    let scope = scope.map(|scope| scope.ok_or(TokenError::at("scope")));
    Ok(Token {
        access_token,
        refresh_token: refresh_token.filter(|token| !token.expose().is_empty()),
        id_token: id_token.filter(|token| !token.expose().is_empty()),
        scope: scope.transpose()?,
        expires_in: members.expires_in.map(seconds).transpose()?,
        guild: members.guild.map(guild).transpose()?,
        webhook: members.webhook.map(webhook).transpose()?.map(Box::new),
    })
}

/// Whether a token type is `Bearer`, the only supported one, in any case (S-10).
pub(crate) fn is_bearer(kind: &str) -> bool {
    kind.eq_ignore_ascii_case("bearer")
}

fn is_vschar(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// A JSON string, borrowed unless it has escapes.
fn text(raw: &RawValue) -> Option<Cow<'_, str>> {
    let json = raw.get();
    let plain = json.strip_prefix('"')?.strip_suffix('"')?;
    if plain.contains('\\') {
        return serde_json::from_str(json).ok().map(Cow::Owned);
    }
    Some(Cow::Borrowed(plain)) // it was read as JSON already
}

/// A JSON string for a secret type, which wipes it.
fn secret(raw: Option<&RawValue>, field: &'static str) -> Result<Option<String>, TokenError> {
    let text = raw.map(|raw| text(raw).ok_or(TokenError::at(field)));
    Ok(text.transpose()?.map(Cow::into_owned))
}

/// An integer, written as `604800`, as `604800.0`, or as a string of digits; never negative (S-11).
fn seconds(raw: &RawValue) -> Result<u64, TokenError> {
    let text = raw.get();
    let text = match text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        Some(digits) => digits,
        None => text.strip_suffix(".0").unwrap_or(text),
    };
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let number = digits.then(|| text.parse().ok()).flatten();
    number.ok_or(TokenError::at("expires_in"))
}

fn guild(raw: &RawValue) -> Result<Guild, TokenError> {
    let members: GuildMembers<'_> =
        object(raw.get().as_bytes()).map_err(|_| TokenError::at("guild"))?;
    let id: Snowflake = required(members.id, "guild.id")?;
    Ok(Guild::new(id, raw.get()))
}

fn webhook(raw: &RawValue) -> Result<Webhook, TokenError> {
    let json = raw.get().as_bytes();
    let members: WebhookMembers<'_> = object(json).map_err(|_| TokenError::at("webhook"))?;
    Ok(Webhook {
        id: required(members.id, "webhook.id")?,
        token: required(members.token, "webhook.token")?,
        kind: optional(members.kind, "webhook.type")?,
        name: optional(members.name, "webhook.name")?,
        avatar: optional(members.avatar, "webhook.avatar")?,
        channel_id: optional(members.channel_id, "webhook.channel_id")?,
        guild_id: optional(members.guild_id, "webhook.guild_id")?,
        application_id: optional(members.application_id, "webhook.application_id")?,
        url: optional(members.url, "webhook.url")?,
    })
}
