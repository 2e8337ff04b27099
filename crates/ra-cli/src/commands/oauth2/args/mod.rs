//! Arguments of `ra oauth2`. One file for each subcommand; what several of them take is in `shared`.

mod authorize_url;
mod client_credentials;
mod device;
mod exchange;
mod implicit;
mod keys;
mod login;
mod me;
mod partner;
mod provisional_token;
mod provisional_token_bot;
mod refresh;
mod revoke;
mod shared;
mod unmerge;
mod unmerge_bot;
mod userinfo;
mod verify_id_token;

use clap::{Args, Subcommand};

use crate::network::NetworkArgs;

pub(crate) use self::authorize_url::{
    AuthorizeUrlArgs, IntegrationTypeChoice, PromptChoice, ResponseTypeChoice,
};
pub(crate) use self::client_credentials::ClientCredentialsArgs;
pub(crate) use self::device::DeviceArgs;
pub(crate) use self::exchange::ExchangeArgs;
pub(crate) use self::implicit::ImplicitArgs;
pub(crate) use self::keys::KeysArgs;
pub(crate) use self::login::Oauth2LoginArgs;
pub(crate) use self::me::MeArgs;
pub(crate) use self::partner::{PlayerArgs, VouchedArgs};
pub(crate) use self::provisional_token::ProvisionalTokenArgs;
pub(crate) use self::provisional_token_bot::ProvisionalTokenBotArgs;
pub(crate) use self::refresh::RefreshArgs;
pub(crate) use self::revoke::RevokeArgs;
pub(crate) use self::shared::{ClientArgs, ScopeArgs, TokenFileArgs, UrlArgs};
pub(crate) use self::unmerge::UnmergeArgs;
pub(crate) use self::unmerge_bot::UnmergeBotArgs;
pub(crate) use self::userinfo::UserinfoArgs;
pub(crate) use self::verify_id_token::VerifyIdTokenArgs;

pub(crate) const LONG_ABOUT: &str = "\
Discord's OAuth2: get tokens, refresh and revoke them, and ask what they say.

Secrets are never arguments, because arguments can be read by every program on the machine. They come from \
variables or from files: RA_CLIENT_SECRET or --client-secret-file (without one it is a public client), \
RA_CODE_VERIFIER or --code-verifier-file, RA_TOKEN or --token-file, RA_BOT_TOKEN or --bot-token-file, \
RA_EXTERNAL_TOKEN or --external-token-file.

Commands that get a token print the token object as one line of JSON on standard output, and with \
--token-file keep it as well. People's text goes to standard error. With --json everything on standard output \
is one JSON object a line, and failures are an `error` event there, as with `ra login --json`.";

const AFTER_HELP: &str = "\
Examples:
  ra oauth2 login --client-id ID --scope identify --token-file token.json
  ra oauth2 device --client-id ID --scope identify --token-file token.json
  ra oauth2 refresh --client-id ID --token-file token.json
  ra oauth2 revoke --client-id ID --token-file token.json
  RA_CLIENT_SECRET=... ra oauth2 client-credentials --client-id ID --scope identify

Exit codes: 0 done, 2 wrong options, 3 the person said no or it was cancelled here, 4 expired, \
5 a captcha is required, 6 refused or protocol error, 7 network or HTTP failure, 8 a file failed.";

/// `ra oauth2`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Oauth2Args {
    /// Where the endpoints are.
    #[command(flatten)]
    pub(crate) urls: UrlArgs,
    /// How they are reached.
    #[command(flatten)]
    pub(crate) network: NetworkArgs,
    /// Give up after this many seconds
    #[arg(long, global = true, value_name = "SECONDS", value_parser = crate::usage::seconds)]
    pub(crate) timeout: Option<u32>,
    /// Print one JSON object a line on standard output
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Oauth2Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Oauth2Command {
    /// Make the URL that a person authorizes on
    #[command(long_about = authorize_url::LONG_ABOUT)]
    AuthorizeUrl(AuthorizeUrlArgs),
    /// Log in by the browser on this machine
    #[command(long_about = login::LONG_ABOUT)]
    Login(Oauth2LoginArgs),
    /// Exchange the code of a redirect for a token
    #[command(long_about = exchange::LONG_ABOUT)]
    Exchange(ExchangeArgs),
    /// Read the token out of the redirect of an implicit flow
    #[command(long_about = implicit::LONG_ABOUT)]
    Implicit(ImplicitArgs),
    /// Replace the token in a file by a fresh one
    #[command(long_about = refresh::LONG_ABOUT)]
    Refresh(RefreshArgs),
    /// Get a token of the application's owner
    #[command(long_about = client_credentials::LONG_ABOUT)]
    ClientCredentials(ClientCredentialsArgs),
    /// Revoke a token, and with it all that the application has for that person
    #[command(long_about = revoke::LONG_ABOUT)]
    Revoke(RevokeArgs),
    /// Log in from a machine without a browser: type or scan a code elsewhere
    #[command(long_about = device::LONG_ABOUT)]
    Device(DeviceArgs),
    /// Ask what an access token is good for
    #[command(long_about = me::LONG_ABOUT)]
    Me(MeArgs),
    /// Ask who an access token speaks for (OpenID Connect)
    #[command(long_about = userinfo::LONG_ABOUT)]
    Userinfo(UserinfoArgs),
    /// Fetch the keys that ID tokens are signed with
    #[command(long_about = keys::LONG_ABOUT)]
    Keys(KeysArgs),
    /// Verify the ID token in a token file and print its claims
    #[command(long_about = verify_id_token::LONG_ABOUT)]
    VerifyIdToken(VerifyIdTokenArgs),
    /// Get a provisional account's token by an identity provider
    #[command(long_about = provisional_token::LONG_ABOUT)]
    ProvisionalToken(ProvisionalTokenArgs),
    /// Get a provisional account's token by the game's bot
    #[command(long_about = provisional_token_bot::LONG_ABOUT)]
    ProvisionalTokenBot(ProvisionalTokenBotArgs),
    /// Part a provisional account from the user's it was merged into
    #[command(long_about = unmerge::LONG_ABOUT)]
    Unmerge(UnmergeArgs),
    /// The same by the game's bot
    #[command(long_about = unmerge_bot::LONG_ABOUT)]
    UnmergeBot(UnmergeBotArgs),
}

#[cfg(test)]
mod tests;
