//! Arguments of `ra oauth2 implicit`.

use clap::Args;

use super::TokenFileArgs;
use crate::network::Unread;

pub(super) const LONG_ABOUT: &str = "\
Read the token out of the redirect of an implicit flow (--response-type token). Nothing is sent anywhere.

The state and the issuer of the redirect are checked before anything in it is believed. The token stands behind \
the `#` of the URL. Prefer the code flow: this token has passed through the browser's address line and \
history, and cannot be refreshed.";

const AFTER_HELP: &str = "\
Examples:
  ra oauth2 implicit --state STATE --callback - < redirect.txt
  ra oauth2 implicit --state STATE --callback 'https://app.example/cb#access_token=...&state=...'

Exit codes: 0 done, 2 wrong options, 3 the person said no or it was cancelled here, \
4 no redirect came in time, 6 the redirect is not the answer, 8 a file failed.";

/// `ra oauth2 implicit`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct ImplicitArgs {
    /// The URL that the browser was sent back to, with its fragment; - reads it from standard input
    #[arg(long, value_name = "URL|-", allow_hyphen_values = true)]
    pub(crate) callback: Unread,
    /// The state of the authorize URL
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) state: Unread,
    /// Where the token goes.
    #[command(flatten)]
    pub(crate) token_file: TokenFileArgs,
}
