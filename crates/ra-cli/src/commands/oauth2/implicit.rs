//! `ra oauth2 implicit`.

use oauth2_discord::State;
use oauth2_discord::callback::PendingImplicit;

use super::token_file::TokenPlace;
use super::{Context, failed, secret};
use crate::commands::oauth2::args::ImplicitArgs;
use crate::network::Unread;
use crate::outcome::End;
use crate::outcome::Failure;

/// Takes the token out of the redirect.
pub(super) async fn run(args: &ImplicitArgs, context: &mut Context) -> Result<(), End> {
    let Unread(state) = &args.state;
    if state.is_empty() {
        return Err(Failure::usage("--state", "it is empty").into());
    }
    let place = TokenPlace::reserve(&args.token_file)?;
    let pending = PendingImplicit::new(State::new(state)).with_issuer(context.urls.issuer.as_str());
    let mut caller = context.caller()?;
    let callback = secret::callback(&args.callback, &mut caller, &mut context.printer).await?;
    let token = pending
        .accept(&callback)
        .map_err(|error| failed::callback(&error))?;
    place.put(token.into(), &mut context.printer)
}
