//! `ra oauth2`: one file for each subcommand. Each has `run(args, context)`, which prints what it brings by
//! [`Context::printer`] and answers an [`End`] if it brings nothing.

pub(crate) mod args;
mod authorize_url;
mod browser;
mod call;
mod client;
mod client_credentials;
mod date;
mod device;
mod exchange;
mod failed;
mod implicit;
mod keys;
mod lock;
mod login;
mod loopback;
mod me;
mod option;
mod page;
mod partner;
mod provisional_token;
mod provisional_token_bot;
mod refresh;
mod revoke;
mod secret;
mod token_file;
mod unmerge;
mod unmerge_bot;
mod urls;
mod userinfo;
mod verify_id_token;

use core::time::Duration;

use oauth2_discord::Urls;

use self::call::Caller;
use crate::commands::oauth2::args::{Oauth2Args, Oauth2Command};
use crate::network::NetworkArgs;
use crate::network::network;
use crate::outcome::End;
use crate::outcome::{Exit, Failure};
use crate::output::Printer;

/// What every subcommand has besides its own arguments.
struct Context {
    /// Where results and talk go.
    printer: Printer,
    /// Where the endpoints are.
    urls: Urls,
    /// `--proxy` and `--ca-file`.
    network: NetworkArgs,
    /// `--timeout`.
    timeout: Option<Duration>,
}

impl Context {
    /// Makes calls from now on: Ctrl-C and SIGTERM are caught, and the time of `--timeout` runs. The network is read here, so
    /// that what sends nothing does not ask for it.
    fn caller(&self) -> Result<Caller, Failure> {
        let network = network(&self.network)?;
        Caller::start(network, self.urls.api.clone(), self.timeout)
    }
}

/// Does what was asked and tells about it.
///
/// # Errors
/// What could not be told any more; everything else is told and answered as an exit code.
pub(crate) async fn run(args: &Oauth2Args) -> Result<Exit, Failure> {
    let printer = Printer::new(args.json);
    let mut context = match urls::of(&args.urls) {
        Ok(urls) => Context {
            printer,
            urls,
            network: args.network.clone(),
            timeout: args.timeout.map(u64::from).map(Duration::from_secs),
        },
        Err(failure) => return printer.end(failure.into()),
    };
    match dispatch(&args.command, &mut context).await {
        Ok(()) => Ok(Exit::Done),
        Err(end) => context.printer.end(end),
    }
}

async fn dispatch(command: &Oauth2Command, context: &mut Context) -> Result<(), End> {
    match command {
        Oauth2Command::AuthorizeUrl(args) => authorize_url::run(args, context),
        Oauth2Command::Login(args) => login::run(args, context).await,
        Oauth2Command::Exchange(args) => exchange::run(args, context).await,
        Oauth2Command::Implicit(args) => implicit::run(args, context).await,
        Oauth2Command::Refresh(args) => refresh::run(args, context).await,
        Oauth2Command::ClientCredentials(args) => client_credentials::run(args, context).await,
        Oauth2Command::Revoke(args) => revoke::run(args, context).await,
        Oauth2Command::Device(args) => device::run(args, context).await,
        Oauth2Command::Me(args) => me::run(args, context).await,
        Oauth2Command::Userinfo(args) => userinfo::run(args, context).await,
        Oauth2Command::Keys(args) => keys::run(args, context).await,
        Oauth2Command::VerifyIdToken(args) => verify_id_token::run(args, context).await,
        Oauth2Command::ProvisionalToken(args) => provisional_token::run(args, context).await,
        Oauth2Command::ProvisionalTokenBot(args) => provisional_token_bot::run(args, context).await,
        Oauth2Command::Unmerge(args) => unmerge::run(args, context).await,
        Oauth2Command::UnmergeBot(args) => unmerge_bot::run(args, context).await,
    }
}
