//! `ra oauth2 authorize-url`: makes the URL for a person to authorize on.

use clap::{Args, ValueEnum};
use oauth2_discord::authorize::{Authorization, AuthorizeUrl, IntegrationType, Prompt};
use oauth2_discord::{CodeVerifier, Nonce, Scope, State};
use serde::Serialize;

use super::Context;
use super::authorization::{entropy, refused, show_warnings};
use super::values::{ScopeArgs, id, optional, redirect_uri};
use crate::network::Unread;
use crate::outcome::{End, Exit, Failure, after_help};
use crate::output::Printer;

const LONG_ABOUT: &str = "\
Make the URL for a person to authorize on. Nothing is sent anywhere.

Prints the URL, the state that its redirect has to carry, and the code verifier for the exchange. \
Keep the verifier secret: give it to `ra oauth2 exchange` in RA_CODE_VERIFIER. With --json the output is \
{\"url\",\"state\",\"code_verifier\"}, where absent ones are null.

With only the scopes bot and applications.commands, and neither --response-type nor --redirect-uri, the result \
is a link to share: it adds the application to a server, sends nothing back, and has no state. Options that Discord's \
documentation forbids in such a link are refused.";

const EXAMPLES: &str = "\
Examples:
  ra oauth2 authorize-url --client-id ID --scope \"identify email\" \\
    --redirect-uri https://app.example/cb
  ra oauth2 authorize-url --client-id ID --scope bot --permissions 8
  ra oauth2 authorize-url --client-id ID --scope identify \\
    --response-type token --json";

/// Make the URL for a person to authorize on
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_help = after_help(EXAMPLES, &[Exit::Done, Exit::Usage]))]
pub(super) struct AuthorizeUrlArgs {
    /// The application's id
    #[arg(long, value_name = "ID")]
    client_id: String,
    #[command(flatten)]
    scopes: ScopeArgs,
    /// Content of the redirect: a code to exchange, or the token itself
    #[arg(long, value_enum)]
    response_type: Option<ResponseType>,
    /// Address of the redirect, as registered for the application
    #[arg(long, value_name = "URL")]
    redirect_uri: Option<String>,
    /// Use this state instead of a fresh one
    #[arg(long, allow_hyphen_values = true)]
    state: Option<Unread>,
    /// Page for a person who agreed before
    #[arg(long, value_enum)]
    prompt: Option<PromptChoice>,
    /// The bot's permissions, as a decimal number of permission bits
    #[arg(long, value_name = "N")]
    permissions: Option<String>,
    /// The server that the page preselects
    #[arg(long, value_name = "ID")]
    guild_id: Option<String>,
    /// The channel that the page preselects
    #[arg(long, value_name = "ID")]
    channel_id: Option<String>,
    /// Keep the person from choosing another server
    #[arg(long)]
    disable_guild_select: bool,
    /// Installation target
    #[arg(long, value_enum)]
    integration_type: Option<IntegrationTypeChoice>,
    /// The nonce that the ID token has to carry
    #[arg(long, allow_hyphen_values = true)]
    nonce: Option<Unread>,
    /// Send no PKCE challenge; the exchange then needs the application's secret
    #[arg(long)]
    no_pkce: bool,
}

/// Content of the redirect (O-075).
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ResponseType {
    /// A code, to be exchanged for a token
    Code,
    /// The token itself, in the fragment
    Token,
}

/// Treatment of a person who agreed before (O-065).
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PromptChoice {
    /// No page, straight to the redirect
    None,
    /// The page asks again
    Consent,
}

/// Place of installation (O-070).
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum IntegrationTypeChoice {
    /// Into a server
    Guild,
    /// For a user, wherever they are
    User,
}

/// Output with `--json`.
#[derive(Serialize)]
struct Output<'a> {
    url: &'a str,
    state: Option<&'a str>,
    code_verifier: Option<&'a str>,
}

/// Makes the URL and prints it.
pub(super) fn run(args: &AuthorizeUrlArgs, context: &mut Context) -> Result<(), End> {
    let authorization = args.authorization()?;
    show_warnings(&authorization, &mut context.printer)?;
    let urls = &context.urls;
    if args.is_link() {
        let url = authorization.link(urls).map_err(refused)?;
        let state = args.state.as_ref().map(|Unread(state)| state.as_str());
        return print(&url, state, None, &mut context.printer);
    }
    if args.response_type == Some(ResponseType::Token) {
        let started = authorization
            .start_implicit(urls, entropy()?)
            .map_err(refused)?;
        let state = started.pending.state().map(State::expose);
        return print(&started.url, state, None, &mut context.printer);
    }
    let started = authorization
        .start_code(urls, entropy()?)
        .map_err(refused)?;
    let state = started.pending.state().map(State::expose);
    let verifier = started.pending.verifier().map(CodeVerifier::expose);
    print(&started.url, state, verifier, &mut context.printer)
}

impl AuthorizeUrlArgs {
    /// The request that the options describe. The library checks it later.
    fn authorization(&self) -> Result<Authorization, Failure> {
        let guild_or_channel = |option, text: &Option<String>| {
            let id = text.as_deref().map(|text| id(option, text));
            id.transpose()
        };
        let client = id("--client-id", &self.client_id)?;
        let mut request = Authorization::new(client).scopes(self.scopes.read()?);
        if let Some(uri) = redirect_uri(self.redirect_uri.as_deref())? {
            request = request.redirect_uri(uri);
        }
        if let Some(Unread(state)) = &self.state {
            request = request.state(State::new(state));
        }
        if let Some(Unread(nonce)) = &self.nonce {
            request = request.nonce(Nonce::new(nonce));
        }
        request = match self.prompt {
            Some(PromptChoice::None) => request.prompt(Prompt::None),
            Some(PromptChoice::Consent) => request.prompt(Prompt::Consent),
            None => request,
        };
        request = match self.integration_type {
            Some(IntegrationTypeChoice::Guild) => {
                request.integration_type(IntegrationType::GuildInstall)
            }
            Some(IntegrationTypeChoice::User) => {
                request.integration_type(IntegrationType::UserInstall)
            }
            None => request,
        };
        if let Some(permissions) = optional("--permissions", self.permissions.as_deref())? {
            request = request.permissions(permissions);
        }
        if let Some(guild) = guild_or_channel("--guild-id", &self.guild_id)? {
            request = request.guild_id(guild);
        }
        if let Some(channel) = guild_or_channel("--channel-id", &self.channel_id)? {
            request = request.channel_id(channel);
        }
        if self.disable_guild_select {
            request = request.disable_guild_select(true);
        }
        Ok(if self.no_pkce {
            request.without_pkce()
        } else {
            request
        })
    }

    /// Returns true for a link to share: it adds a bot or commands and brings nothing back (O-179).
    fn is_link(&self) -> bool {
        let scopes = self.scopes.read().unwrap_or_default();
        let basic = |scope: &Scope| matches!(scope, Scope::Bot | Scope::ApplicationsCommands);
        self.response_type.is_none()
            && self.redirect_uri.is_none()
            && !scopes.is_empty()
            && scopes.iter().all(basic)
    }
}

fn print(
    url: &AuthorizeUrl,
    state: Option<&str>,
    code_verifier: Option<&str>,
    printer: &mut Printer,
) -> Result<(), End> {
    printer.event(&Output {
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
