//! What the commands about provisional accounts share.

use oauth2_discord::error::{Advice, Repeat};
use oauth2_discord::partner::{MergedAccount, PartnerCode, code};
use oauth2_discord::{
    BotToken, Client, ConfidentialClient, ExternalAuth, ExternalAuthType, PublicClient,
};
use ra_http::{Endpoint, HttpError};
use serde::Serialize;

use super::{Context, failed, option, secret};
use crate::commands::oauth2::args::{PlayerArgs, VouchedArgs};
use crate::outcome::End;
use crate::outcome::{Failure, Kind};
use crate::output::Printer;

/// What `--json` prints besides tokens and errors.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event<'a> {
    /// The account was merged: the error follows.
    Merged {
        code: u64,
        user_id: &'a str,
        /// `None` for a kind that this version does not know.
        provider_type: Option<&'a str>,
    },
    Unmerged,
}

/// Tells that an account was parted.
pub(super) fn unmerged(printer: &mut Printer) -> Result<(), End> {
    printer.event(&Event::Unmerged)?;
    printer.message("Unmerged. No token of the person is valid any more.")?;
    Ok(())
}

/// The application, and who vouches for whom.
pub(super) fn vouched(args: &VouchedArgs) -> Result<(Client, ExternalAuth), Failure> {
    let id = option::id("--client-id", &args.client_id)?;
    let client = match secret::client_secret(args.client_secret_file.as_deref())? {
        Some(secret) => ConfidentialClient::new(id, secret).into(),
        None => PublicClient::new(id).into(),
    };
    let kind = ExternalAuthType::from(args.external_auth_type.as_str());
    if kind.as_str().is_empty() {
        let expected = "expected a kind of provider, such as OIDC";
        return Err(Failure::usage("--external-auth-type", expected));
    }
    let token = secret::external_token(args.external_token_file.as_deref())?;
    Ok((client, ExternalAuth::new(kind, token)))
}

/// The bot's token.
pub(super) fn bot(args: &PlayerArgs) -> Result<BotToken, Failure> {
    secret::bot_token(args.bot_token_file.as_deref())
}

/// Whether the values can be sent, before a file is touched.
pub(super) fn check(endpoint: &impl Endpoint, context: &Context) -> Result<(), Failure> {
    let Err(error) = endpoint.to_http(&context.urls.api) else {
        return Ok(());
    };
    let (option, why) = match error.field() {
        Some("external_user_id") => ("--external-user-id", "expected 1 to 1024 characters"),
        Some("preferred_global_name") => ("--preferred-global-name", "expected 1 to 32 characters"),
        Some("bot_token") => ("RA_BOT_TOKEN", "holds no token that could be sent"),
        _ => ("--base", "cannot be called"),
    };
    Err(Failure::usage(option, why))
}

/// Makes a call; its refusals have codes of their own.
pub(super) async fn ask<E: Endpoint>(
    endpoint: &E,
    repeat: Repeat,
    context: &mut Context,
) -> Result<E::Reply, End> {
    let reply = context.caller()?.attempt(endpoint).await?;
    match reply {
        Ok(reply) => Ok(reply),
        Err(error) => Err(match code(&error) {
            Some(code) => refused(code, &error, &mut context.printer)?.into(),
            None => failed::call(&error, repeat),
        }),
    }
}

/// A refusal with one of the codes of provisional accounts.
fn refused(
    code: PartnerCode,
    error: &HttpError,
    printer: &mut Printer,
) -> Result<Failure, Failure> {
    let number = code.as_u64();
    let mut message = format!("the service refused: {code} ({number})");
    if let Some(merged) = MergedAccount::of(error) {
        let user_id = merged.user_id.to_string();
        printer.event(&Event::Merged {
            code: number,
            user_id: &user_id,
            provider_type: known(&merged.provider_type),
        })?;
        message.push_str(&format!(
            "; it was merged into user {user_id}, who has to authorize, unless it is unmerged"
        ));
    }
    let hint = match (code, code.advice()) {
        (PartnerCode::NotProvisional, _) => "",
        (_, Advice::StartOver) => "; get a fresh one",
        (_, Advice::AskAgain { .. }) => "; try again",
        _ => "",
    };
    message.push_str(hint);
    Ok(Failure {
        retry: failed::retry(code.advice()),
        ..Failure::new(Kind::Refused, message)
    })
}

/// A peer's words are repeated if they are known ones.
fn known(kind: &str) -> Option<&str> {
    let by_bot = kind == "DISCORD_BOT";
    let known = !matches!(ExternalAuthType::from(kind), ExternalAuthType::Unknown(_));
    (by_bot || known).then_some(kind)
}
