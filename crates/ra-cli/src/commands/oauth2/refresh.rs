//! `ra oauth2 refresh`.

use oauth2_discord::grant::Refresh;
use oauth2_discord::keeper::TokenSet;

use super::lock::Lock;
use super::{Context, client, failed, option, secret, token_file};
use crate::commands::oauth2::args::RefreshArgs;
use crate::outcome::End;
use crate::outcome::{Failure, Kind};
use crate::secret_file::TokenFile;

/// Replaces the token in the file.
pub(super) async fn run(args: &RefreshArgs, context: &mut Context) -> Result<(), End> {
    let client = client::any(&args.client)?;
    let scopes = option::scopes(&args.scopes)?;
    let path = &args.token_file;
    // before the token is read: another refresh may be about to spend it
    let _lock = Lock::take(path)?;
    let held = secret::token_set(path, &mut context.printer)?;
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
    let mut reply = reply.map_err(|error| failed::refresh(&error, Refresh::REPEAT))?;
    if reply.scope.is_none() && !scopes.is_empty() {
        reply.scope = Some(scopes); // granted as asked for (RFC 6749, section 5.1)
    }
    let token = held.token.succeeded_by(reply);
    let json = token.expose_json();
    drop(writable);
    let kept = token_file::save(path, &TokenSet::arrived(token_file::now(), token));
    context.printer.result(&json)?;
    kept?;
    let path = path.display();
    context
        .printer
        .message(&format!("The new token is in {path}."))?;
    Ok(())
}
