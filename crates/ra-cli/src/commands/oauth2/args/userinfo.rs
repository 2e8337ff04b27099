//! Arguments of `ra oauth2 userinfo`.

use std::path::PathBuf;

use clap::Args;

pub(super) const LONG_ABOUT: &str = "\
Ask who an access token speaks for, in the words of OpenID Connect. The token needs the scope openid.";

const AFTER_HELP: &str = "\
Examples:
  ra oauth2 userinfo --token-file token.json
  RA_TOKEN=... ra oauth2 userinfo --json

Exit codes: 0 done, 2 wrong options or no token, 3 cancelled, 6 refused or protocol error, \
7 network or HTTP failure, 8 the file failed.";

/// `ra oauth2 userinfo`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct UserinfoArgs {
    /// Take the token from this file instead of RA_TOKEN
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
}
