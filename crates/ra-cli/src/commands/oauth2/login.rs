//! `ra oauth2 login`: the flow of a native application (RFC 8252).

use clap::Args;
use oauth2_discord::authorize::{Authorization, AuthorizeUrl, RedirectUri};
use oauth2_discord::callback::{AcceptedCode, CallbackError, PendingCode};
use oauth2_discord::grant::ExchangeCode;
use oauth2_discord::{Client, Token};
use serde::Serialize;
use tokio::task::JoinHandle;

use super::authorization::{entropy, refused, show_warnings};
use super::browser_page::Page;
use super::caller::Caller;
use super::client::ClientArgs;
use super::loopback::Loopback;
use super::token_file::TokenFileArgs;
use super::values::ScopeArgs;
use super::{Context, browser, outcome};
use crate::outcome::{End, Exit, Failure, Kind, after_help};
use crate::output::Printer;

const LONG_ABOUT: &str = "\
Log in with the browser on this machine, as native applications do (RFC 8252): PKCE, and a redirect to 127.0.0.1.

The browser opens, and the URL is shown in any case. The redirect http://127.0.0.1:PORT/callback has to be \
registered for the application; give the registered port by --port and another path by --path. \
Requests that are not the answer to this login are turned away, and the login waits on: \
without --timeout for ten minutes.

With --json the first line is {\"event\":\"authorize\",\"url\",\"redirect_uri\"}, and the token object follows.";

const EXAMPLES: &str = "\
Examples:
  ra oauth2 login --client-id ID --scope \"identify email\" --port 8080
  ra oauth2 login --client-id ID --scope identify --token-file token.json > /dev/null
  ra oauth2 login --client-id ID --scope openid --no-browser --json --timeout 120";

/// Log in with the browser on this machine
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_help = after_help(EXAMPLES, Exit::ALL))]
pub(super) struct LoginArgs {
    #[command(flatten)]
    client: ClientArgs,
    #[command(flatten)]
    pub(super) scopes: ScopeArgs,
    /// The port of the redirect [default: a free one]
    #[arg(long, value_name = "N", value_parser = port)]
    pub(super) port: Option<u16>,
    /// The path of the redirect
    #[arg(long, value_name = "PATH", default_value = "/callback")]
    pub(super) path: String,
    /// Show the URL only
    #[arg(long)]
    no_browser: bool,
    #[command(flatten)]
    token_file: TokenFileArgs,
}

fn port(text: &str) -> Result<u16, &'static str> {
    text.parse().map_err(|_| "expected a number up to 65535")
}

/// The first line of `--json`.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event<'a> {
    Authorize { url: &'a str, redirect_uri: &'a str },
}

/// Opens the browser, waits for the redirect, and exchanges its code.
pub(super) async fn run(args: &LoginArgs, context: &mut Context) -> Result<(), End> {
    let client = args.client.read()?;
    let scopes = args.scopes.read()?;
    if !args.path.starts_with('/') || args.path.contains('?') {
        return Err(Failure::usage("--path", "expected a path that begins with /").into());
    }
    let file = args.token_file.reserve()?;
    let mut caller = context.caller()?;
    let mut loopback = listen(args.port).await?;
    let address = loopback.address().map_err(|error| cannot_listen(&error))?;
    let redirect_uri = RedirectUri::loopback(address, &args.path)
        .map_err(|error| Failure::usage("--path", error))?;

    let authorization = Authorization::new(client.id())
        .scopes(scopes)
        .redirect_uri(redirect_uri.clone());
    show_warnings(&authorization, &mut context.printer)?;
    let started = authorization
        .start_code(&context.urls, entropy()?)
        .map_err(refused)?;
    show(
        &started.url,
        &redirect_uri,
        args.no_browser,
        &mut context.printer,
    )?;

    let pending = started.pending.with_exact_redirect();
    let (accepted, answered) = wait(pending, &mut loopback, &mut caller).await?;
    drop(loopback); // it serves one answer
    let ended = match accepted {
        Ok(accepted) => exchange(accepted, client, context, &mut caller).await,
        Err(error) => Err(outcome::of_callback(&error)),
    };
    // the page was written meanwhile; the process must not end before the browser has it
    let _ = caller.unless_stopped(answered).await;
    file.keep(ended?, &mut context.printer)
}

async fn exchange(
    accepted: AcceptedCode,
    client: Client,
    context: &mut Context,
    caller: &mut Caller,
) -> Result<Token, End> {
    let exchange = accepted
        .exchange(client)
        .map_err(|error| Failure::new(Kind::Local, error.to_string()))?
        .at(context.urls.token.clone());
    let reply = caller.attempt_once(&exchange, &mut context.printer).await?;
    reply.map_err(|error| outcome::of_call(&error, ExchangeCode::REPEAT))
}

async fn listen(port: Option<u16>) -> Result<Loopback, Failure> {
    Loopback::bind(port)
        .await
        .map_err(|error| cannot_listen(&error))
}

fn cannot_listen(error: &std::io::Error) -> Failure {
    Failure::new(Kind::Local, format!("cannot listen on 127.0.0.1: {error}"))
}

/// Opens the browser and shows the URL in any case.
fn show(
    url: &AuthorizeUrl,
    redirect_uri: &RedirectUri,
    no_browser: bool,
    printer: &mut Printer,
) -> Result<(), Failure> {
    printer.event(&Event::Authorize {
        url: url.as_str(),
        redirect_uri: redirect_uri.as_str(),
    })?;
    let opened = !no_browser && browser::open(url.as_str()).is_ok();
    printer.message(match (no_browser, opened) {
        (_, true) => "Your browser opens. If it does not, open this address on this machine:",
        (true, false) => "Open this address in a browser on this machine:",
        (false, false) => "No browser could be opened. Open this address on this machine:",
    })?;
    printer.message(&format!("  {url}"))?;
    printer.message("Waiting for your answer there. Ctrl-C cancels.")
}

/// Waits for the redirect that answers this login. Requests without its state are turned away. A request with the right
/// state ends the wait, whatever else it says.
async fn wait(
    pending: PendingCode,
    loopback: &mut Loopback,
    caller: &mut Caller,
) -> Result<(Result<AcceptedCode, CallbackError>, JoinHandle<()>), End> {
    let answer = async {
        loop {
            let request = loopback.request().await;
            match pending.belongs(&request.url) {
                Ok(()) | Err(CallbackError::Issuer | CallbackError::IssuerMissing) => {
                    break request;
                }
                Err(_) => loopback.turn_away(request),
            }
        }
    };
    let request = caller.person(answer, "nobody authorized in time").await?;
    let accepted = pending.accept(&request.url);
    let page = match accepted {
        Ok(_) => Page::Done,
        Err(_) => Page::Refused,
    };
    Ok((accepted, tokio::spawn(request.answer(page))))
}
