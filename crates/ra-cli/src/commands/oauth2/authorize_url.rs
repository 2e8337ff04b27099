//! `ra oauth2 authorize-url`.

use oauth2_discord::authorize::{
    Authorization, AuthorizeError, AuthorizeUrl, IntegrationType, Prompt, Warning,
};
use oauth2_discord::{CodeVerifier, Entropy, Nonce, Scope, State};
use serde::Serialize;

use super::{Context, option};
use crate::commands::oauth2::args::{
    AuthorizeUrlArgs, IntegrationTypeChoice, PromptChoice, ResponseTypeChoice,
};
use crate::network::Unread;
use crate::outcome::End;
use crate::outcome::{Failure, Kind};
use crate::output::Printer;

/// What `--json` prints.
#[derive(Serialize)]
struct Made<'a> {
    url: &'a str,
    state: Option<&'a str>,
    code_verifier: Option<&'a str>,
}

/// Makes the URL and prints it.
pub(super) fn run(args: &AuthorizeUrlArgs, context: &mut Context) -> Result<(), End> {
    let authorization = asked(args)?;
    note(&authorization, &mut context.printer)?;
    let urls = &context.urls;
    if is_link(args) {
        let url = authorization.link(urls).map_err(refused)?;
        let state = args.state.as_ref().map(|Unread(state)| state.as_str());
        return tell(&url, state, None, &mut context.printer);
    }
    if args.response_type == Some(ResponseTypeChoice::Token) {
        let started = authorization
            .start_implicit(urls, entropy()?)
            .map_err(refused)?;
        let state = started.pending.state().map(State::expose);
        return tell(&started.url, state, None, &mut context.printer);
    }
    let started = authorization
        .start_code(urls, entropy()?)
        .map_err(refused)?;
    let state = started.pending.state().map(State::expose);
    let verifier = started.pending.verifier().map(CodeVerifier::expose);
    tell(&started.url, state, verifier, &mut context.printer)
}

/// What was asked for, unchecked.
fn asked(args: &AuthorizeUrlArgs) -> Result<Authorization, Failure> {
    let id = |name, text: &Option<String>| {
        let id = text.as_deref().map(|text| option::id(name, text));
        id.transpose()
    };
    let client = option::id("--client-id", &args.client_id)?;
    let mut asked = Authorization::new(client).scopes(option::scopes(&args.scopes)?);
    if let Some(uri) = option::redirect_uri(args.redirect_uri.as_deref())? {
        asked = asked.redirect_uri(uri);
    }
    if let Some(Unread(state)) = &args.state {
        asked = asked.state(State::new(state));
    }
    if let Some(Unread(nonce)) = &args.nonce {
        asked = asked.nonce(Nonce::new(nonce));
    }
    asked = match args.prompt {
        Some(PromptChoice::None) => asked.prompt(Prompt::None),
        Some(PromptChoice::Consent) => asked.prompt(Prompt::Consent),
        None => asked,
    };
    asked = match args.integration_type {
        Some(IntegrationTypeChoice::Guild) => asked.integration_type(IntegrationType::GuildInstall),
        Some(IntegrationTypeChoice::User) => asked.integration_type(IntegrationType::UserInstall),
        None => asked,
    };
    if let Some(permissions) = option::maybe("--permissions", args.permissions.as_deref())? {
        asked = asked.permissions(permissions);
    }
    if let Some(guild) = id("--guild-id", &args.guild_id)? {
        asked = asked.guild_id(guild);
    }
    if let Some(channel) = id("--channel-id", &args.channel_id)? {
        asked = asked.channel_id(channel);
    }
    if args.disable_guild_select {
        asked = asked.disable_guild_select(true);
    }
    Ok(if args.no_pkce {
        asked.without_pkce()
    } else {
        asked
    })
}

/// Whether it is a link to share, which adds a bot or commands and brings nothing back (O-179).
fn is_link(args: &AuthorizeUrlArgs) -> bool {
    let scopes = option::scopes(&args.scopes).unwrap_or_default();
    let basic = |scope: &Scope| matches!(scope, Scope::Bot | Scope::ApplicationsCommands);
    args.response_type.is_none()
        && args.redirect_uri.is_none()
        && !scopes.is_empty()
        && scopes.iter().all(basic)
}

/// Random bytes of the system.
pub(super) fn entropy() -> Result<Entropy, Failure> {
    Entropy::draw(getrandom::fill)
        .map_err(|error| Failure::new(Kind::Local, format!("there are no random numbers: {error}")))
}

/// What the document forbids is a wrong option.
pub(super) fn refused(error: AuthorizeError) -> Failure {
    let option = match error.field() {
        "code_challenge" => "--no-pkce".to_owned(),
        field => format!("--{}", field.replace('_', "-")),
    };
    Failure::usage(&option, error)
}

/// Says what is allowed and likely a mistake. A scope that nobody knows is not repeated.
pub(super) fn note(authorization: &Authorization, printer: &mut Printer) -> Result<(), Failure> {
    for warning in authorization.warnings() {
        match warning {
            Warning::NeedsApproval(Scope::Other(_)) => {
                printer.remark("note: a scope is none that Discord's document lists")?;
            }
            // that was said in so many words
            Warning::NoPkce => {}
            warning => printer.remark(&format!("note: {warning}"))?,
        }
    }
    Ok(())
}

fn tell(
    url: &AuthorizeUrl,
    state: Option<&str>,
    code_verifier: Option<&str>,
    printer: &mut Printer,
) -> Result<(), End> {
    printer.event(&Made {
        url: url.as_str(),
        state,
        code_verifier,
    })?;
    printer.line(&format!("URL:           {url}"))?;
    if let Some(state) = state {
        printer.line(&format!("State:         {state}"))?;
    }
    if let Some(verifier) = code_verifier {
        printer.line(&format!("Code verifier: {verifier}"))?;
        printer
            .message("Keep the code verifier secret; the exchange takes it in RA_CODE_VERIFIER.")?;
    }
    Ok(())
}
