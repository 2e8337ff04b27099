//! `ra oauth2 refresh`: replaces the token in a file.

use std::path::PathBuf;

use clap::Args;
use oauth2_discord::grant::Refresh;
use oauth2_discord::keeper::TokenSet;

use super::client::ClientArgs;
use super::token_lock::TokenLock;
use super::values::ScopeArgs;
use super::{CALL_EXITS, Context, outcome, secrets, timestamp, token_file};
use crate::outcome::{End, Failure, Kind, after_help};
use crate::secret_file::TokenFile;

const LONG_ABOUT: &str = "\
Replace the token in a file by a fresh one.

The file is one that --token-file wrote, or the JSON of a token endpoint, and readable by you alone. It is replaced in \
one step, so that it holds a whole token at any moment; the new token is printed as well. \
If the refresh fails, the file stays as it was.";

const EXAMPLES: &str = "\
Example:
  ra oauth2 refresh --client-id ID --token-file token.json > /dev/null";

/// Replace the token in a file by a fresh one
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_help = after_help(EXAMPLES, CALL_EXITS))]
pub(super) struct RefreshArgs {
    #[command(flatten)]
    client: ClientArgs,
    /// The file with the token
    #[arg(long, value_name = "FILE")]
    token_file: PathBuf,
    /// Fewer scopes than the token has
    #[command(flatten)]
    scopes: ScopeArgs,
}

/// Refreshes, replaces the file and prints the new token.
pub(super) async fn run(args: &RefreshArgs, context: &mut Context) -> Result<(), End> {
    let client = args.client.read()?;
    let scopes = args.scopes.read()?;
    let path = &args.token_file;
    // before the token is read: another refresh may be about to spend it
    let _lock = TokenLock::take(path)?;
    let held = secrets::token_set(path, &mut context.printer)?;
    let Some(refresh_token) = held.token.refresh_token.clone() else {
        let path = path.display();
        return Err(
            Failure::new(Kind::Local, format!("there is no refresh token in {path}")).into(),
        );
    };
    let mut caller = context.caller()?;
    // before the refresh token is spent: a new one that cannot be kept would be lost; the file itself is not touched
    let writable = TokenFile::reserve(path, true)?;
    token_file::check(path)?;

    let refresh = Refresh::new(client, refresh_token)
        .narrow(scopes.clone())
        .at(context.urls.token.clone());
    let reply = caller.attempt_once(&refresh, &mut context.printer).await?;
    let mut reply = reply.map_err(|error| outcome::of_refresh(&error, Refresh::REPEAT))?;
    if reply.scope.is_none() && !scopes.is_empty() {
        reply.scope = Some(scopes); // granted as requested (RFC 6749, section 5.1)
    }
    let token = held.token.succeeded_by(reply);
    let json = token.expose_json();
    drop(writable);
    let kept = token_file::save(path, &TokenSet::arrived(timestamp::now(), token));
    context.printer.result(&json)?;
    kept?;
    let path = path.display();
    context
        .printer
        .message(&format!("The new token is in {path}."))?;
    Ok(())
}
