//! `ra oauth2 revoke`.

use oauth2_discord::grant::Revoke;
use serde::Serialize;

use super::{Context, client, secret};
use crate::commands::oauth2::args::RevokeArgs;
use crate::outcome::End;

/// What `--json` prints.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event {
    Revoked,
}

/// Revokes the token, by its refresh token if there is one: that takes the access tokens along everywhere.
pub(super) async fn run(args: &RevokeArgs, context: &mut Context) -> Result<(), End> {
    let client = client::any(&args.client)?;
    let revoke = match &args.token_file {
        Some(path) => {
            let token = secret::token_set(path, &mut context.printer)?.token;
            match token.refresh_token {
                Some(refresh_token) => Revoke::refresh(client, refresh_token),
                None => Revoke::access(client, token.access_token),
            }
        }
        None => {
            let token = secret::token_variable()?;
            let token = token.ok_or_else(|| secret::none("RA_TOKEN", "--token-file"))?;
            Revoke::access(client, token)
        }
    };
    let revoke = revoke.at(context.urls.revoke.clone());
    context.caller()?.call(&revoke, Revoke::REPEAT).await?;
    context.printer.event(&Event::Revoked)?;
    context.printer.message("Revoked.")?;
    Ok(())
}
