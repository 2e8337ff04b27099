//! Arguments of `ra oauth2 revoke`.

use std::path::PathBuf;

use clap::Args;

use super::ClientArgs;

pub(super) const LONG_ABOUT: &str = "\
Revoke a token. Discord revokes all tokens that the application has for that person with it.

The token comes from --token-file, which stays as it is although the tokens in it are worth nothing afterwards, or from \
RA_TOKEN, which is taken for an access token. A token that is unknown counts as revoked.";

const AFTER_HELP: &str = "\
Examples:
  ra oauth2 revoke --client-id ID --token-file token.json && rm token.json
  RA_TOKEN=... ra oauth2 revoke --client-id ID --json

Exit codes: 0 revoked, 2 wrong options or no token, 3 cancelled, 6 refused, 7 network or HTTP failure, 8 the file failed.";

/// `ra oauth2 revoke`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct RevokeArgs {
    /// The application.
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// Take the token from this file instead of RA_TOKEN
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
}
