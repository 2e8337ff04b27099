//! Arguments of `ra oauth2 device`.

use clap::Args;

use super::{ClientArgs, ScopeArgs, TokenFileArgs};

pub(super) const LONG_ABOUT: &str = "\
Log in from a machine without a browser: a person types a code on another device, or scans it.

The code and its address are shown, as a QR code too, and the service is asked in the rhythm that it wants until the person \
has decided or the code has expired. Type or scan a code only if you yourself have just started this: \
whoever talks you into typing their code gets into your account.

With --json the first line is {\"event\":\"device\",\"user_code\",\"verification_uri\",\
\"verification_uri_complete\",\"expires_in\",\"interval\"}, and the token object follows.";

const AFTER_HELP: &str = "\
Examples:
  ra oauth2 device --client-id ID --scope \"identify guilds\"
  ra oauth2 device --client-id ID --scope identify --token-file token.json > /dev/null
  RA_CLIENT_SECRET=... ra oauth2 device --client-id ID --scope identify --json --timeout 120

Exit codes: 0 logged in, 2 wrong options, 3 the person said no or it was cancelled here, 4 nobody decided in \
time, 6 refused or protocol error, 7 network or HTTP failure, 8 a file failed.";

/// `ra oauth2 device`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct DeviceArgs {
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
