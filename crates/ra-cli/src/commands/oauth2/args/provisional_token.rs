//! Arguments of `ra oauth2 provisional-token`.

use clap::Args;

use super::{TokenFileArgs, VouchedArgs};

pub(super) const LONG_ABOUT: &str = "\
Get the token of a provisional account, for a person whom an identity provider vouches for. If there is no such \
account, it is made.

The provider's token comes from RA_EXTERNAL_TOKEN or --external-token-file. If the account has been merged into a \
user's (530010), that is said with the user's id, with --json as {\"event\":\"merged\",\"code\",\"user_id\",\
\"provider_type\"}, and the exit code is 6.";

const AFTER_HELP: &str = "\
Example:
  RA_CLIENT_SECRET=... RA_EXTERNAL_TOKEN=... \\
    ra oauth2 provisional-token --client-id ID --external-auth-type OIDC --token-file token.json

Exit codes: 0 done, 2 wrong options or no token, 3 cancelled, 6 refused, such as for a merged account, \
7 network or HTTP failure, 8 a file failed.";

/// `ra oauth2 provisional-token`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct ProvisionalTokenArgs {
    /// Who vouches for whom.
    #[command(flatten)]
    pub(crate) vouched: VouchedArgs,
    /// Where the token goes.
    #[command(flatten)]
    pub(crate) token_file: TokenFileArgs,
}
