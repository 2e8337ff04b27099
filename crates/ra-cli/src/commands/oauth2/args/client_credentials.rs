//! Arguments of `ra oauth2 client-credentials`.

use clap::Args;

use super::{ClientArgs, ScopeArgs, TokenFileArgs};

pub(super) const LONG_ABOUT: &str = "\
Get a token of the application's owner, for tests of one's own application. It needs the application's secret, \
and there is no refresh token.";

const AFTER_HELP: &str = "\
Example:
  RA_CLIENT_SECRET=... ra oauth2 client-credentials --client-id ID --scope \"identify connections\"

Exit codes: 0 done, 2 wrong options or no secret, 3 cancelled, 6 refused, 7 network or HTTP failure, 8 a file failed.";

/// `ra oauth2 client-credentials`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct ClientCredentialsArgs {
    /// The application.
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// What to ask for.
    #[command(flatten)]
    pub(crate) scopes: ScopeArgs,
    /// Where the token goes.
    #[command(flatten)]
    pub(crate) token_file: TokenFileArgs,
}
