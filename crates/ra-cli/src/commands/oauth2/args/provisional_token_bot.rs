//! Arguments of `ra oauth2 provisional-token-bot`.

use clap::Args;

use super::{PlayerArgs, TokenFileArgs};

pub(super) const LONG_ABOUT: &str = "\
Get the token of a provisional account, for a person whom the game itself vouches for by its bot. If there is no \
such account, it is made. The bot's token comes from RA_BOT_TOKEN or --bot-token-file.

If the account has been merged into a user's (530010), that is said as with provisional-token.";

const AFTER_HELP: &str = "\
Example:
  RA_BOT_TOKEN=... ra oauth2 provisional-token-bot --external-user-id player-1 --preferred-global-name Zoe

Exit codes: 0 done, 2 wrong options or no token, 3 cancelled, 6 refused, such as for a merged account, \
7 network or HTTP failure, 8 a file failed.";

/// `ra oauth2 provisional-token-bot`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct ProvisionalTokenBotArgs {
    /// By which user of the game.
    #[command(flatten)]
    pub(crate) player: PlayerArgs,
    /// What the account is to be called, 1 to 32 characters
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    pub(crate) preferred_global_name: Option<String>,
    /// Where the token goes.
    #[command(flatten)]
    pub(crate) token_file: TokenFileArgs,
}
