//! `ra oauth2 unmerge-bot`.

use oauth2_discord::partner::BotUnmerge;

use super::{Context, partner};
use crate::commands::oauth2::args::UnmergeBotArgs;
use crate::outcome::End;

/// Parts a provisional account by the bot.
pub(super) async fn run(args: &UnmergeBotArgs, context: &mut Context) -> Result<(), End> {
    let endpoint = BotUnmerge::new(partner::bot(&args.player)?, &args.player.external_user_id);
    partner::check(&endpoint, context)?;
    partner::ask(&endpoint, BotUnmerge::REPEAT, context).await?;
    partner::unmerged(&mut context.printer)
}
