//! `ra oauth2 provisional-token`.

use oauth2_discord::partner::ProvisionalToken;

use super::token_file::TokenPlace;
use super::{Context, partner};
use crate::commands::oauth2::args::ProvisionalTokenArgs;
use crate::outcome::End;

/// Gets the token of a provisional account by an identity provider.
pub(super) async fn run(args: &ProvisionalTokenArgs, context: &mut Context) -> Result<(), End> {
    let (client, auth) = partner::vouched(&args.vouched)?;
    let place = TokenPlace::reserve(&args.token_file)?;
    let endpoint = ProvisionalToken::new(client, auth);
    let token = partner::ask(&endpoint, ProvisionalToken::REPEAT, context).await?;
    place.put(token, &mut context.printer)
}
