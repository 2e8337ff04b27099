//! Arguments of `ra oauth2 authorize-url`.

use clap::{Args, ValueEnum};

use super::ScopeArgs;
use crate::network::Unread;

pub(super) const LONG_ABOUT: &str = "\
Make the URL that a person authorizes on. Nothing is sent anywhere.

Prints the URL, the state that its redirect has to bear, and the code verifier that the exchange takes. \
Keep the verifier secret: give it to `ra oauth2 exchange` in RA_CODE_VERIFIER. With --json that is \
{\"url\",\"state\",\"code_verifier\"}, where absent ones are null.

With the scopes bot and applications.commands alone, and neither --response-type nor --redirect-uri, it is a link \
to share: it adds the application to a server, brings nothing back, and has no state of its own. What Discord's \
document forbids in such a URL is a wrong option here.";

const AFTER_HELP: &str = "\
Examples:
  ra oauth2 authorize-url --client-id ID --scope \"identify email\" --redirect-uri https://app.example/cb
  ra oauth2 authorize-url --client-id ID --scope bot --permissions 8
  ra oauth2 authorize-url --client-id ID --scope identify --response-type token --json

Exit codes: 0 done, 2 wrong options.";

/// `ra oauth2 authorize-url`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct AuthorizeUrlArgs {
    /// The application's id
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: String,
    /// What to ask for.
    #[command(flatten)]
    pub(crate) scopes: ScopeArgs,
    /// What the redirect brings: a code to exchange, or the token itself
    #[arg(long, value_enum)]
    pub(crate) response_type: Option<ResponseTypeChoice>,
    /// Where the browser goes afterwards, as it is registered for the application
    #[arg(long, value_name = "URL")]
    pub(crate) redirect_uri: Option<String>,
    /// Use this state instead of a fresh one
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) state: Option<Unread>,
    /// Whether to ask a person who agreed before
    #[arg(long, value_enum)]
    pub(crate) prompt: Option<PromptChoice>,
    /// What the bot may do, as a decimal number of permission bits
    #[arg(long, value_name = "N")]
    pub(crate) permissions: Option<String>,
    /// The server that the page has selected already
    #[arg(long, value_name = "ID")]
    pub(crate) guild_id: Option<String>,
    /// The channel that the page has selected already
    #[arg(long, value_name = "ID")]
    pub(crate) channel_id: Option<String>,
    /// Keep the person from choosing another server
    #[arg(long)]
    pub(crate) disable_guild_select: bool,
    /// Where the application is to be installed
    #[arg(long, value_enum)]
    pub(crate) integration_type: Option<IntegrationTypeChoice>,
    /// The nonce that the ID token has to bear
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) nonce: Option<Unread>,
    /// Send no PKCE challenge; then the exchange needs the application's secret
    #[arg(long)]
    pub(crate) no_pkce: bool,
}

/// What the redirect brings (O-075).
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ResponseTypeChoice {
    /// A code, to be exchanged for a token
    Code,
    /// The token itself, in the fragment
    Token,
}

/// What happens to a person who agreed before (O-065).
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PromptChoice {
    /// No page, straight to the redirect
    None,
    /// The page asks again
    Consent,
}

/// Where an application is installed (O-070).
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum IntegrationTypeChoice {
    /// Into a server
    Guild,
    /// For a user, wherever they are
    User,
}
