//! `ra oauth2 client-credentials`: gets a token for the application's owner.

use clap::Args;
use oauth2_discord::grant::ClientCredentials;

use super::client::ClientArgs;
use super::token_file::TokenFileArgs;
use super::values::ScopeArgs;
use super::{CALL_EXITS, Context};
use crate::outcome::{End, Failure, after_help};

const LONG_ABOUT: &str = "\
Get a token for the application's owner, to test your own application. It needs the application's secret, \
and there is no refresh token.";

const EXAMPLES: &str = "\
Example:
  RA_CLIENT_SECRET=... ra oauth2 client-credentials --client-id ID --scope \"identify connections\"";

/// Get a token for the application's owner
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_help = after_help(EXAMPLES, CALL_EXITS))]
pub(super) struct ClientCredentialsArgs {
    #[command(flatten)]
    client: ClientArgs,
    #[command(flatten)]
    scopes: ScopeArgs,
    #[command(flatten)]
    token_file: TokenFileArgs,
}

/// Gets the token and keeps it.
pub(super) async fn run(args: &ClientCredentialsArgs, context: &mut Context) -> Result<(), End> {
    let client = args.client.confidential()?;
    let grant = ClientCredentials::new(client, args.scopes.read()?)
        .map_err(|error| Failure::usage("--scope", error))?
        .at(context.urls.token.clone());
    let file = args.token_file.reserve()?;
    let mut caller = context.caller()?;
    let token = caller.call(&grant, ClientCredentials::REPEAT).await?;
    file.keep(token, &mut context.printer)
}
