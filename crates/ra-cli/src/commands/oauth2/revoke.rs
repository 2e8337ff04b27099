//! `ra oauth2 revoke`: revokes a token.

use std::path::PathBuf;

use clap::Args;
use oauth2_discord::grant::Revoke;
use serde::Serialize;

use super::client::ClientArgs;
use super::{CALL_EXITS, Context, secrets};
use crate::outcome::{End, after_help};

const LONG_ABOUT: &str = "\
Revoke a token. Discord revokes all tokens that the application has for that person with it.

The token comes from --token-file, which stays as it is although its tokens are invalid afterwards, or from \
RA_TOKEN, which is taken for an access token. An unknown token counts as revoked.";

const EXAMPLES: &str = "\
Examples:
  ra oauth2 revoke --client-id ID --token-file token.json && rm token.json
  RA_TOKEN=... ra oauth2 revoke --client-id ID --json";

/// Revoke a token, and with it all that the application has for that person
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_help = after_help(EXAMPLES, CALL_EXITS))]
pub(super) struct RevokeArgs {
    #[command(flatten)]
    client: ClientArgs,
    /// Take the token from this file instead of RA_TOKEN
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

/// The event with `--json`.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event {
    Revoked,
}

/// Revokes the refresh token if there is one, because that revokes the access tokens with every service.
pub(super) async fn run(args: &RevokeArgs, context: &mut Context) -> Result<(), End> {
    let client = args.client.read()?;
    let revoke = match &args.token_file {
        Some(path) => {
            let token = secrets::token_set(path, &mut context.printer)?.token;
            match token.refresh_token {
                Some(refresh_token) => Revoke::refresh(client, refresh_token),
                None => Revoke::access(client, token.access_token),
            }
        }
        None => Revoke::access(client, secrets::access_token(None, &mut context.printer)?),
    };
    let revoke = revoke.at(context.urls.revoke.clone());
    context.caller()?.call(&revoke, Revoke::REPEAT).await?;
    context.printer.event(&Event::Revoked)?;
    context.printer.message("Revoked.")?;
    Ok(())
}
