//! `ra oauth2 exchange`.

use oauth2_discord::callback::PendingCode;
use oauth2_discord::grant::ExchangeCode;
use oauth2_discord::{Client, State};

use super::token_file::TokenPlace;
use super::{Context, client, failed, option, secret};
use crate::commands::oauth2::args::ExchangeArgs;
use crate::network::Unread;
use crate::outcome::End;
use crate::outcome::Failure;

/// Takes the redirect and exchanges its code.
pub(super) async fn run(args: &ExchangeArgs, context: &mut Context) -> Result<(), End> {
    let client = client::any(&args.client)?;
    let verifier = secret::code_verifier(args.code_verifier_file.as_deref())?;
    if matches!(client, Client::Public(_)) && verifier.is_none() {
        return Err(secret::none("RA_CODE_VERIFIER", "--code-verifier-file").into());
    }
    let Unread(state) = &args.state;
    if state.is_empty() {
        return Err(Failure::usage("--state", "it is empty").into());
    }
    let mut pending = PendingCode::new(State::new(state)).with_issuer(context.urls.issuer.as_str());
    if let Some(verifier) = verifier {
        pending = pending.with_verifier(verifier);
    }
    if let Some(uri) = option::redirect_uri(args.redirect_uri.as_deref())? {
        pending = pending.with_redirect_uri(uri);
    }
    let place = TokenPlace::reserve(&args.token_file)?;
    let mut caller = context.caller()?;

    let callback = secret::callback(&args.callback, &mut caller, &mut context.printer).await?;
    let elsewhere = pending.redirect_uri().is_some_and(|uri| {
        let whole = !callback.starts_with(['/', '?']);
        whole && !uri.is_of(&callback)
    });
    let accepted = pending
        .accept(&callback)
        .map_err(|error| failed::callback(&error))?;
    if elsewhere {
        let note = "note: the redirect came to another address than that of --redirect-uri";
        context.printer.remark(note)?;
    }
    let exchange = accepted
        .exchange(client)
        .map_err(|error| Failure::usage("--code-verifier-file", error))?;
    let exchange = exchange.at(context.urls.token.clone());
    let reply = caller.attempt_once(&exchange, &mut context.printer).await?;
    let token = reply.map_err(|error| failed::call(&error, ExchangeCode::REPEAT))?;
    place.put(token, &mut context.printer)
}
