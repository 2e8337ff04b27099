//! `ra oauth2 login`: the flow of a native application (RFC 8252).

use oauth2_discord::authorize::{Authorization, AuthorizeUrl, RedirectUri};
use oauth2_discord::callback::{AcceptedCode, CallbackError, PendingCode};
use oauth2_discord::grant::ExchangeCode;
use oauth2_discord::{Client, Token};
use serde::Serialize;
use tokio::task::JoinHandle;

use super::authorize_url::{entropy, note, refused};
use super::call::Caller;
use super::loopback::Loopback;
use super::page::Page;
use super::token_file::TokenPlace;
use super::{Context, browser, client, failed, option};
use crate::commands::oauth2::args::Oauth2LoginArgs;
use crate::outcome::End;
use crate::outcome::{Failure, Kind};
use crate::output::Printer;

/// The first line of `--json`.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event<'a> {
    Authorize { url: &'a str, redirect_uri: &'a str },
}

/// Sends the person to the browser, waits for the redirect, and exchanges its code.
pub(super) async fn run(args: &Oauth2LoginArgs, context: &mut Context) -> Result<(), End> {
    let client = client::any(&args.client)?;
    let scopes = option::scopes(&args.scopes)?;
    if !args.path.starts_with('/') || args.path.contains('?') {
        return Err(Failure::usage("--path", "expected a path that begins with /").into());
    }
    let place = TokenPlace::reserve(&args.token_file)?;
    let mut caller = context.caller()?;
    let mut loopback = listen(args.port).await?;
    let address = loopback.address().map_err(|error| cannot_listen(&error))?;
    let redirect_uri = RedirectUri::loopback(address, &args.path)
        .map_err(|error| Failure::usage("--path", error))?;

    let authorization = Authorization::new(client.id())
        .scopes(scopes)
        .redirect_uri(redirect_uri.clone());
    note(&authorization, &mut context.printer)?;
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
    drop(loopback); // one request is served, and that was it
    let ended = match accepted {
        Ok(accepted) => exchange(accepted, client, context, &mut caller).await,
        Err(error) => Err(failed::callback(&error)),
    };
    // the page was written meanwhile; the process must not end before the browser has it
    let _ = caller.unless_stopped(answered).await;
    place.put(ended?, &mut context.printer)
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
    reply.map_err(|error| failed::call(&error, ExchangeCode::REPEAT))
}

async fn listen(port: Option<u16>) -> Result<Loopback, Failure> {
    Loopback::bind(port)
        .await
        .map_err(|error| cannot_listen(&error))
}

fn cannot_listen(error: &std::io::Error) -> Failure {
    Failure::new(Kind::Local, format!("cannot listen on 127.0.0.1: {error}"))
}

/// Opens the browser, and shows the URL in any case.
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

/// Waits for the redirect that is the answer. Requests that cannot be it are turned away: whoever made them does not
/// know the state. From the right state on, everything ends the flow.
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
