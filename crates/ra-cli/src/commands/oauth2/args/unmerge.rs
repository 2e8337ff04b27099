//! Arguments of `ra oauth2 unmerge`.

use clap::Args;

use super::VouchedArgs;

pub(super) const LONG_ABOUT: &str = "\
Part a provisional account from the user's that it was merged into. All access and refresh tokens of the user are worth \
nothing afterwards.

The provider's token comes from RA_EXTERNAL_TOKEN or --external-token-file.";

const AFTER_HELP: &str = "\
Example:
  RA_CLIENT_SECRET=... RA_EXTERNAL_TOKEN=... ra oauth2 unmerge --client-id ID --external-auth-type OIDC

Exit codes: 0 done, 2 wrong options or no token, 3 cancelled, 6 refused, 7 network or HTTP failure, 8 a file failed.";

/// `ra oauth2 unmerge`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct UnmergeArgs {
    /// Who vouches for whom.
    #[command(flatten)]
    pub(crate) vouched: VouchedArgs,
}
