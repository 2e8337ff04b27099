//! Arguments of `ra oauth2 exchange`.

use std::path::PathBuf;

use clap::Args;

use super::{ClientArgs, TokenFileArgs};
use crate::network::Unread;

pub(super) const LONG_ABOUT: &str = "\
Exchange the code of a redirect for a token.

The state and the issuer of the redirect are checked before anything in it is believed. The code verifier that \
`ra oauth2 authorize-url` printed comes from RA_CODE_VERIFIER or --code-verifier-file. \
A code works once and for about a minute and a half.";

const AFTER_HELP: &str = "\
Examples:
  RA_CODE_VERIFIER=... ra oauth2 exchange --client-id ID --redirect-uri https://app.example/cb \\
    --state STATE --callback 'https://app.example/cb?code=...&state=...'
  ... ra oauth2 exchange --client-id ID --state STATE --callback - < redirect.txt

Exit codes: 0 done, 2 wrong options, 3 the person said no or it was cancelled here, \
4 no redirect came in time, 6 refused, or the redirect is not the answer, \
7 network or HTTP failure, 8 a file failed.";

/// `ra oauth2 exchange`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct ExchangeArgs {
    /// The application.
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// The redirect URI of the authorize URL, if it had one
    #[arg(long, value_name = "URL")]
    pub(crate) redirect_uri: Option<String>,
    /// The URL that the browser was sent back to; - reads it from standard input
    #[arg(long, value_name = "URL|-", allow_hyphen_values = true)]
    pub(crate) callback: Unread,
    /// The state of the authorize URL
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) state: Unread,
    /// Read the code verifier from this file instead of RA_CODE_VERIFIER
    #[arg(long, value_name = "FILE")]
    pub(crate) code_verifier_file: Option<PathBuf>,
    /// Where the token goes.
    #[command(flatten)]
    pub(crate) token_file: TokenFileArgs,
}
