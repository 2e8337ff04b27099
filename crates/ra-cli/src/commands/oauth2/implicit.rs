//! `ra oauth2 implicit`: reads the token out of the redirect of an implicit flow.

use clap::Args;
use oauth2_discord::callback::PendingImplicit;

use super::token_file::TokenFileArgs;
use super::{Context, outcome, secrets};
use crate::network::Unread;
use crate::outcome::{End, Exit, after_help};

const LONG_ABOUT: &str = "\
Read the token out of the redirect of an implicit flow (--response-type token). Nothing is sent anywhere.

The state and the issuer of the redirect are checked before anything else in it is used. The token stands behind \
the `#` of the URL. Prefer the code flow: this token has passed through the browser's address line and \
history, and cannot be refreshed.";

const EXAMPLES: &str = "\
Examples:
  ra oauth2 implicit --state STATE --callback - < redirect.txt
  ra oauth2 implicit --state STATE --callback 'https://app.example/cb#access_token=...&state=...'";

const EXITS: &[Exit] = &[
    Exit::Done,
    Exit::Usage,
    Exit::Declined,
    Exit::Expired,
    Exit::Refused,
    Exit::Local,
];

/// Read the token out of the redirect of an implicit flow
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_help = after_help(EXAMPLES, EXITS))]
pub(super) struct ImplicitArgs {
    /// The URL that the browser was sent back to, with its fragment; - reads it from standard input
    #[arg(long, value_name = "URL|-", allow_hyphen_values = true)]
    callback: Unread,
    /// The state of the authorize URL
    #[arg(long, allow_hyphen_values = true)]
    state: Unread,
    #[command(flatten)]
    token_file: TokenFileArgs,
}

/// Takes the token out of the redirect and keeps it.
pub(super) async fn run(args: &ImplicitArgs, context: &mut Context) -> Result<(), End> {
    let state = secrets::state(&args.state)?;
    let file = args.token_file.reserve()?;
    let pending = PendingImplicit::new(state).with_issuer(context.urls.issuer.as_str());
    let mut caller = context.caller()?;
    let callback = secrets::callback(&args.callback, &mut caller, &mut context.printer).await?;
    let token = pending
        .accept(&callback)
        .map_err(|error| outcome::of_callback(&error))?;
    file.keep(token.into(), &mut context.printer)
}
