//! Arguments of `ra oauth2 keys`.

use clap::Args;

pub(super) const LONG_ABOUT: &str = "\
Fetch the keys that ID tokens are signed with. With --json the key set is printed as it came.";

const AFTER_HELP: &str = "\
Example:
  ra oauth2 keys --json

Exit codes: 0 done, 2 wrong options, 3 cancelled, 6 protocol error, 7 network or HTTP failure.";

/// `ra oauth2 keys`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct KeysArgs {}
