//! `ra oauth2 client-credentials`.

use oauth2_discord::grant::ClientCredentials;

use super::token_file::TokenPlace;
use super::{Context, client, option};
use crate::commands::oauth2::args::ClientCredentialsArgs;
use crate::outcome::End;
use crate::outcome::Failure;

/// Gets a token of the application's owner.
pub(super) async fn run(args: &ClientCredentialsArgs, context: &mut Context) -> Result<(), End> {
    let client = client::confidential(&args.client)?;
    let scopes = option::scopes(&args.scopes)?;
    let grant = ClientCredentials::new(client, scopes)
        .map_err(|error| Failure::usage("--scope", error))?
        .at(context.urls.token.clone());
    let place = TokenPlace::reserve(&args.token_file)?;
    let token = context
        .caller()?
        .call(&grant, ClientCredentials::REPEAT)
        .await?;
    place.put(token, &mut context.printer)
}
