//! The URLs of the endpoints: the options, and the values that they replace.

use clap::Args;
use oauth2_discord::Urls;

use crate::outcome::Failure;
use crate::usage::parse;

const HEADING: &str = "Endpoints other than Discord's";

/// URLs of the endpoints. An option that is not given means Discord's endpoint, or its path below `--base`.
#[derive(Debug, Args)]
pub(super) struct UrlArgs {
    /// Base URL of the API; this and the other URLs may use http:// only to this machine
    #[arg(long, global = true, value_name = "URL", help_heading = HEADING)]
    pub(super) base: Option<String>,
    /// The page that people authorize on
    #[arg(long, global = true, value_name = "URL", help_heading = HEADING)]
    authorize_url: Option<String>,
    /// The token endpoint
    #[arg(long, global = true, value_name = "URL", help_heading = HEADING)]
    token_url: Option<String>,
    /// The device authorization endpoint
    #[arg(long, global = true, value_name = "URL", help_heading = HEADING)]
    device_url: Option<String>,
    /// The revocation endpoint
    #[arg(long, global = true, value_name = "URL", help_heading = HEADING)]
    revoke_url: Option<String>,
    /// The keys that ID tokens are signed with
    #[arg(long, global = true, value_name = "URL", help_heading = HEADING)]
    keys_url: Option<String>,
    /// The OpenID user information
    #[arg(long, global = true, value_name = "URL", help_heading = HEADING)]
    userinfo_url: Option<String>,
    /// The issuer of redirects and ID tokens; compared letter by letter
    #[arg(long, global = true, value_name = "URL", help_heading = HEADING)]
    pub(super) issuer: Option<String>,
}

impl UrlArgs {
    /// Discord's URLs, or those below `--base`, except for those that have an option of their own.
    pub(super) fn read(&self) -> Result<Urls, Failure> {
        let mut urls = match &self.base {
            Some(base) => Urls::below(parse("--base", base)?),
            None => Urls::default(),
        };
        for (url, option, text) in [
            (&mut urls.authorize, "--authorize-url", &self.authorize_url),
            (&mut urls.token, "--token-url", &self.token_url),
            (&mut urls.device, "--device-url", &self.device_url),
            (&mut urls.revoke, "--revoke-url", &self.revoke_url),
            (&mut urls.keys, "--keys-url", &self.keys_url),
            (&mut urls.userinfo, "--userinfo-url", &self.userinfo_url),
        ] {
            if let Some(text) = text {
                *url = parse(option, text)?;
            }
        }
        if let Some(issuer) = &self.issuer {
            // compared letter by letter, never called
            urls.issuer = issuer.clone();
        }
        Ok(urls)
    }
}
