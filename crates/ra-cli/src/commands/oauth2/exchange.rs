//! `ra oauth2 exchange`: exchanges the code of a redirect for a token.

use std::path::PathBuf;

use clap::Args;
use oauth2_discord::Client;
use oauth2_discord::callback::PendingCode;
use oauth2_discord::grant::ExchangeCode;

use super::client::ClientArgs;
use super::token_file::TokenFileArgs;
use super::values::redirect_uri;
use super::{Context, outcome, secrets};
use crate::network::Unread;
use crate::outcome::{End, Exit, Failure, after_help};

const LONG_ABOUT: &str = "\
Exchange the code of a redirect for a token.

The state and the issuer of the redirect are checked before anything else in it is used. The code verifier that \
`ra oauth2 authorize-url` printed comes from RA_CODE_VERIFIER or --code-verifier-file. \
A code works once, for about a minute and a half.";

const EXAMPLES: &str = "\
Examples:
  RA_CODE_VERIFIER=... ra oauth2 exchange --client-id ID --redirect-uri https://app.example/cb \\
    --state STATE --callback 'https://app.example/cb?code=...&state=...'
  ... ra oauth2 exchange --client-id ID --state STATE --callback - < redirect.txt";

/// Exchange the code of a redirect for a token
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_help = after_help(EXAMPLES, Exit::ALL))]
pub(super) struct ExchangeArgs {
    #[command(flatten)]
    client: ClientArgs,
    /// The redirect URI of the authorize URL, if it had one
    #[arg(long, value_name = "URL")]
    redirect_uri: Option<String>,
    /// The URL that the browser was sent back to; - reads it from standard input
    #[arg(long, value_name = "URL|-", allow_hyphen_values = true)]
    callback: Unread,
    /// The state of the authorize URL
    #[arg(long, allow_hyphen_values = true)]
    state: Unread,
    /// Read the code verifier from this file instead of RA_CODE_VERIFIER
    #[arg(long, value_name = "FILE")]
    code_verifier_file: Option<PathBuf>,
    #[command(flatten)]
    token_file: TokenFileArgs,
}

/// Takes the redirect and exchanges its code.
pub(super) async fn run(args: &ExchangeArgs, context: &mut Context) -> Result<(), End> {
    let client = args.client.read()?;
    let verifier = secrets::code_verifier(args.code_verifier_file.as_deref())?;
    if matches!(client, Client::Public(_)) && verifier.is_none() {
        return Err(secrets::missing(&secrets::CODE_VERIFIER).into());
    }
    let state = secrets::state(&args.state)?;
    let mut pending = PendingCode::new(state).with_issuer(context.urls.issuer.as_str());
    if let Some(verifier) = verifier {
        pending = pending.with_verifier(verifier);
    }
    if let Some(uri) = redirect_uri(args.redirect_uri.as_deref())? {
        pending = pending.with_redirect_uri(uri);
    }
    let file = args.token_file.reserve()?;
    let mut caller = context.caller()?;

    let callback = secrets::callback(&args.callback, &mut caller, &mut context.printer).await?;
    let other_address = pending.redirect_uri().is_some_and(|uri| {
        let whole = !callback.starts_with(['/', '?']);
        whole && !uri.is_of(&callback)
    });
    let accepted = pending
        .accept(&callback)
        .map_err(|error| outcome::of_callback(&error))?;
    if other_address {
        let note = "note: the redirect came to another address than that of --redirect-uri";
        context.printer.remark(note)?;
    }
    let exchange = accepted
        .exchange(client)
        .map_err(|error| Failure::usage("--code-verifier-file", error))?;
    let exchange = exchange.at(context.urls.token.clone());
    let reply = caller.attempt_once(&exchange, &mut context.printer).await?;
    let token = reply.map_err(|error| outcome::of_call(&error, ExchangeCode::REPEAT))?;
    file.keep(token, &mut context.printer)
}
