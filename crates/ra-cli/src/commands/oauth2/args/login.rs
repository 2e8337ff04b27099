//! Arguments of `ra oauth2 login`.

use clap::Args;

use super::{ClientArgs, ScopeArgs, TokenFileArgs};

pub(super) const LONG_ABOUT: &str = "\
Log in by the browser on this machine, as native applications do (RFC 8252): PKCE, and a redirect to 127.0.0.1.

The browser is opened, and the URL is shown in any case. The redirect http://127.0.0.1:PORT/callback has to be \
registered for the application; give the registered port by --port and another path by --path. \
Requests that are not the answer to this login are turned away, and the login waits on: \
without --timeout for ten minutes.

With --json the first line is {\"event\":\"authorize\",\"url\",\"redirect_uri\"}, and the token object follows.";

const AFTER_HELP: &str = "\
Examples:
  ra oauth2 login --client-id ID --scope \"identify email\" --port 8080
  ra oauth2 login --client-id ID --scope identify --token-file token.json > /dev/null
  ra oauth2 login --client-id ID --scope openid --no-browser --json --timeout 120

Exit codes: 0 logged in, 2 wrong options, 3 the person said no or it was cancelled here, 4 nobody authorized in \
time, 6 refused or protocol error, 7 network or HTTP failure, 8 a file or the port cannot be used.";

/// `ra oauth2 login`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Oauth2LoginArgs {
    /// The application.
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// What to ask for.
    #[command(flatten)]
    pub(crate) scopes: ScopeArgs,
    /// The port of the redirect; without it a free one
    #[arg(long, value_name = "N", value_parser = port)]
    pub(crate) port: Option<u16>,
    /// The path of the redirect
    #[arg(long, value_name = "PATH", default_value = "/callback")]
    pub(crate) path: String,
    /// Show the URL only
    #[arg(long)]
    pub(crate) no_browser: bool,
    /// Where the token goes.
    #[command(flatten)]
    pub(crate) token_file: TokenFileArgs,
}

fn port(text: &str) -> Result<u16, &'static str> {
    text.parse().map_err(|_| "expected a number up to 65535")
}
