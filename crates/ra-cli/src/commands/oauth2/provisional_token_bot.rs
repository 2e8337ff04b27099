//! `ra oauth2 provisional-token-bot`.

use oauth2_discord::partner::BotProvisionalToken;

use super::token_file::TokenPlace;
use super::{Context, partner};
use crate::commands::oauth2::args::ProvisionalTokenBotArgs;
use crate::outcome::End;

/// Gets the token of a provisional account by the bot.
pub(super) async fn run(args: &ProvisionalTokenBotArgs, context: &mut Context) -> Result<(), End> {
    let bot = partner::bot(&args.player)?;
    let mut endpoint = BotProvisionalToken::new(bot, &args.player.external_user_id);
    if let Some(name) = &args.preferred_global_name {
        endpoint = endpoint.preferred_global_name(name);
    }
    partner::check(&endpoint, context)?;
    let place = TokenPlace::reserve(&args.token_file)?;
    let token = partner::ask(&endpoint, BotProvisionalToken::REPEAT, context).await?;
    place.put(token, &mut context.printer)
}
