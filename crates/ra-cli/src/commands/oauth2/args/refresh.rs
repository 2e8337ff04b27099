//! Arguments of `ra oauth2 refresh`.

use std::path::PathBuf;

use clap::Args;

use super::{ClientArgs, ScopeArgs};

pub(super) const LONG_ABOUT: &str = "\
Replace the token in a file by a fresh one.

The file is one that --token-file wrote, or the JSON of a token endpoint, and readable by you alone. It is replaced in \
one step, so that there is a whole token in it at any moment; the new token is printed as well. \
If the refresh fails, the file stays as it was.";

const AFTER_HELP: &str = "\
Example:
  ra oauth2 refresh --client-id ID --token-file token.json > /dev/null

Exit codes: 0 done, 2 wrong options, 3 cancelled, 6 refused: somebody has to log in again, \
7 network or HTTP failure, 8 the file failed, or there is no refresh token in it.";

/// `ra oauth2 refresh`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct RefreshArgs {
    /// The application.
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// The file with the token
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: PathBuf,
    /// Fewer scopes than the token has.
    #[command(flatten)]
    pub(crate) scopes: ScopeArgs,
}
