//! `ra oauth2`: Discord's OAuth2. Each subcommand has one file with its arguments and its `run(args, context)`; the
//! files `information` and `provisional` hold several small ones.

mod authorization;
mod authorize_url;
mod browser;
mod browser_page;
mod caller;
mod client;
mod client_credentials;
mod device;
mod exchange;
mod implicit;
mod information;
mod login;
mod loopback;
mod outcome;
mod provisional;
mod refresh;
mod revoke;
mod secrets;
mod timestamp;
mod token_file;
mod token_lock;
mod urls;
mod values;
mod verify_id_token;

#[cfg(test)]
mod tests;

use core::time::Duration;

use clap::{Args, Subcommand};
use oauth2_discord::Urls;

use self::caller::Caller;
use self::urls::UrlArgs;
use crate::network::{NetworkArgs, network};
use crate::outcome::{End, Exit, Failure, after_help};
use crate::output::Printer;
use crate::usage::seconds;

pub(crate) const LONG_ABOUT: &str = "\
Discord's OAuth2: get tokens, refresh and revoke them, and ask for what they allow.

Secrets are never arguments, because every program on the machine can read arguments. They come from \
variables or from files: RA_CLIENT_SECRET or --client-secret-file (without either it is a public client), \
RA_CODE_VERIFIER or --code-verifier-file, RA_TOKEN or --token-file, RA_BOT_TOKEN or --bot-token-file, \
RA_EXTERNAL_TOKEN or --external-token-file.

Commands that get a token print the token object as one line of JSON on standard output, and with \
--token-file keep it as well. Text for people goes to standard error. With --json everything on standard output \
is one JSON object a line, and failures are an `error` event there, as with `ra login --json`.";

const EXAMPLES: &str = "\
Examples:
  ra oauth2 login --client-id ID --scope identify --token-file token.json
  ra oauth2 device --client-id ID --scope identify --token-file token.json
  ra oauth2 refresh --client-id ID --token-file token.json
  ra oauth2 revoke --client-id ID --token-file token.json
  RA_CLIENT_SECRET=... ra oauth2 client-credentials --client-id ID --scope identify";

/// Exit codes of a command that makes one call and waits for nobody.
const CALL_EXITS: &[Exit] = &[
    Exit::Done,
    Exit::Usage,
    Exit::Declined,
    Exit::Refused,
    Exit::Network,
    Exit::Local,
];

/// `ra oauth2`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES, Exit::ALL))]
pub(crate) struct Oauth2Args {
    #[command(flatten)]
    urls: UrlArgs,
    #[command(flatten)]
    network: NetworkArgs,
    /// Give up after this many seconds
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds)]
    timeout: Option<u32>,
    /// Print one JSON object a line on standard output
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Oauth2Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
enum Oauth2Command {
    AuthorizeUrl(authorize_url::AuthorizeUrlArgs),
    Login(login::LoginArgs),
    Exchange(exchange::ExchangeArgs),
    Implicit(implicit::ImplicitArgs),
    Refresh(refresh::RefreshArgs),
    ClientCredentials(client_credentials::ClientCredentialsArgs),
    Revoke(revoke::RevokeArgs),
    Device(device::DeviceArgs),
    #[command(flatten)]
    Information(information::Command),
    VerifyIdToken(verify_id_token::VerifyIdTokenArgs),
    #[command(flatten)]
    Provisional(provisional::Command),
}

/// Everything that a subcommand gets besides its own arguments.
struct Context {
    printer: Printer,
    urls: Urls,
    network: NetworkArgs,
    /// `--timeout`.
    timeout: Option<Duration>,
}

impl Context {
    /// Prepares calls: from now on Ctrl-C and SIGTERM are caught, and the time of `--timeout` runs. The network options
    /// are read here, so that a command that sends nothing does not check them.
    fn caller(&self) -> Result<Caller, Failure> {
        let network = network(&self.network)?;
        Caller::start(network, self.urls.api.clone(), self.timeout)
    }
}

/// Runs the subcommand and shows how it ends.
///
/// # Errors
/// The output cannot be written. Every other failure is shown and returned as an exit code.
pub(crate) async fn run(args: &Oauth2Args) -> Result<Exit, Failure> {
    let printer = Printer::new(args.json);
    let mut context = match args.urls.read() {
        Ok(urls) => Context {
            printer,
            urls,
            network: args.network.clone(),
            timeout: args.timeout.map(u64::from).map(Duration::from_secs),
        },
        Err(failure) => return printer.end(failure.into()),
    };
    match args.command.run(&mut context).await {
        Ok(()) => Ok(Exit::Done),
        Err(end) => context.printer.end(end),
    }
}

impl Oauth2Command {
    async fn run(&self, context: &mut Context) -> Result<(), End> {
        match self {
            Self::AuthorizeUrl(args) => authorize_url::run(args, context),
            Self::Login(args) => login::run(args, context).await,
            Self::Exchange(args) => exchange::run(args, context).await,
            Self::Implicit(args) => implicit::run(args, context).await,
            Self::Refresh(args) => refresh::run(args, context).await,
            Self::ClientCredentials(args) => client_credentials::run(args, context).await,
            Self::Revoke(args) => revoke::run(args, context).await,
            Self::Device(args) => device::run(args, context).await,
            Self::Information(command) => information::run(command, context).await,
            Self::VerifyIdToken(args) => verify_id_token::run(args, context).await,
            Self::Provisional(command) => provisional::run(command, context).await,
        }
    }
}
