//! Arguments that several subcommands take.

use std::path::PathBuf;

use clap::Args;

const WHERE: &str = "Instead of Discord's";

/// Where the endpoints are; each one that is not given is Discord's, or where Discord has it below `--base`.
#[derive(Debug, Args)]
pub(crate) struct UrlArgs {
    /// Base of the API; plaintext only to this machine, as with all of these
    #[arg(long, global = true, value_name = "URL", help_heading = WHERE)]
    pub(crate) base: Option<String>,
    /// The page that people authorize on
    #[arg(long, global = true, value_name = "URL", help_heading = WHERE)]
    pub(crate) authorize_url: Option<String>,
    /// The token endpoint
    #[arg(long, global = true, value_name = "URL", help_heading = WHERE)]
    pub(crate) token_url: Option<String>,
    /// The device authorization endpoint
    #[arg(long, global = true, value_name = "URL", help_heading = WHERE)]
    pub(crate) device_url: Option<String>,
    /// The revocation endpoint
    #[arg(long, global = true, value_name = "URL", help_heading = WHERE)]
    pub(crate) revoke_url: Option<String>,
    /// The keys that ID tokens are signed with
    #[arg(long, global = true, value_name = "URL", help_heading = WHERE)]
    pub(crate) keys_url: Option<String>,
    /// The OpenID user information
    #[arg(long, global = true, value_name = "URL", help_heading = WHERE)]
    pub(crate) userinfo_url: Option<String>,
    /// Who issues redirects and ID tokens; compared letter by letter
    #[arg(long, global = true, value_name = "URL", help_heading = WHERE)]
    pub(crate) issuer: Option<String>,
}

/// The application. Its secret comes from `RA_CLIENT_SECRET` or a file, never from an argument.
#[derive(Debug, Args)]
pub(crate) struct ClientArgs {
    /// The application's id
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: String,
    /// Read the application's secret from this file instead of RA_CLIENT_SECRET; without either it is a public client
    #[arg(long, value_name = "FILE")]
    pub(crate) client_secret_file: Option<PathBuf>,
    /// Send the application's credentials as HTTP Basic instead of in the form
    #[arg(long)]
    pub(crate) basic: bool,
}

/// Scopes; the option may be given more than once.
#[derive(Debug, Args)]
pub(crate) struct ScopeArgs {
    /// The scopes to ask for, with spaces in between
    #[arg(long, value_name = "SCOPES")]
    pub(crate) scope: Vec<String>,
}

/// Where the token goes besides standard output.
#[derive(Debug, Args)]
pub(crate) struct TokenFileArgs {
    /// Also keep the token in this new file, readable by you alone
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Let --token-file replace a file
    #[arg(long, requires = "token_file")]
    pub(crate) force: bool,
}
