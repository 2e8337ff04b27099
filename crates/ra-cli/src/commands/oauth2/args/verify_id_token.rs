//! Arguments of `ra oauth2 verify-id-token`.

use std::path::PathBuf;

use clap::Args;

use crate::network::Unread;

pub(super) const LONG_ABOUT: &str = "\
Verify the ID token in a token file: signed by the service with RS256, issued to this application, valid now, with the \
nonce that was sent and for the access token beside it. The service's keys are fetched, and the claims are printed. Nothing \
that an ID token says may be believed before.";

const AFTER_HELP: &str = "\
Examples:
  ra oauth2 verify-id-token --client-id ID --token-file token.json
  ra oauth2 verify-id-token --client-id ID --token-file token.json --nonce NONCE --json

Exit codes: 0 genuine, 2 wrong options, 3 cancelled, 6 not genuine, or protocol error, \
7 network or HTTP failure, 8 the file failed, or there is no ID token in it.";

/// `ra oauth2 verify-id-token`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct VerifyIdTokenArgs {
    /// The application's id
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: String,
    /// The file with the token object
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: PathBuf,
    /// The nonce of the authorize URL, if it had one
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) nonce: Option<Unread>,
}
