//! Arguments that the commands about provisional accounts share.

use std::path::PathBuf;

use clap::Args;

/// A person whom an identity provider vouches for.
#[derive(Debug, Args)]
pub(crate) struct VouchedArgs {
    /// The application's id
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: String,
    /// Read the application's secret from this file instead of RA_CLIENT_SECRET; without either it is a public client
    #[arg(long, value_name = "FILE")]
    pub(crate) client_secret_file: Option<PathBuf>,
    /// The kind of provider, such as OIDC or STEAM_SESSION_TICKET
    #[arg(long, value_name = "TYPE")]
    pub(crate) external_auth_type: String,
    /// Read the provider's token from this file instead of RA_EXTERNAL_TOKEN or RA_TOKEN
    #[arg(long, value_name = "FILE", alias = "external-auth-token-file")]
    pub(crate) external_token_file: Option<PathBuf>,
}

/// A person whom the game vouches for by its bot.
#[derive(Debug, Args)]
pub(crate) struct PlayerArgs {
    /// The id that the game has for the person, 1 to 1024 characters
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) external_user_id: String,
    /// Read the bot's token from this file instead of RA_BOT_TOKEN
    #[arg(long, value_name = "FILE")]
    pub(crate) bot_token_file: Option<PathBuf>,
}
