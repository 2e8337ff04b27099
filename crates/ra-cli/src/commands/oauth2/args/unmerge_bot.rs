//! Arguments of `ra oauth2 unmerge-bot`.

use clap::Args;

use super::PlayerArgs;

pub(super) const LONG_ABOUT: &str = "\
Part a provisional account by the id that the game has for the person. All access and refresh tokens of the user are \
worth nothing afterwards. The bot's token comes from RA_BOT_TOKEN or --bot-token-file.";

const AFTER_HELP: &str = "\
Example:
  RA_BOT_TOKEN=... ra oauth2 unmerge-bot --external-user-id player-1

Exit codes: 0 done, 2 wrong options or no token, 3 cancelled, 6 refused, 7 network or HTTP failure, 8 a file failed.";

/// `ra oauth2 unmerge-bot`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct UnmergeBotArgs {
    /// By which user of the game.
    #[command(flatten)]
    pub(crate) player: PlayerArgs,
}
