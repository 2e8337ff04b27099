//! The commands for provisional accounts: `provisional-token`, `unmerge`, and the same two with the game's bot.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use oauth2_discord::error::{Advice, Repeat};
use oauth2_discord::partner::{
    BotProvisionalToken, BotUnmerge, MergedAccount, PartnerCode, ProvisionalToken, Unmerge, code,
};
use oauth2_discord::{BotToken, Client, ExternalAuth, ExternalAuthType};
use ra_http::{Endpoint, HttpError};
use serde::Serialize;

use super::client::ApplicationArgs;
use super::token_file::TokenFileArgs;
use super::{CALL_EXITS, Context, outcome, secrets};
use crate::outcome::{End, Failure, Kind, after_help};
use crate::output::Printer;

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Get a provisional account's token with an identity provider's token
    #[command(long_about = TOKEN, after_help = after_help(TOKEN_EXAMPLE, CALL_EXITS))]
    ProvisionalToken {
        #[command(flatten)]
        external: ExternalAuthArgs,
        #[command(flatten)]
        token_file: TokenFileArgs,
    },
    /// Get a provisional account's token with the game's bot
    #[command(long_about = TOKEN_BOT, after_help = after_help(TOKEN_BOT_EXAMPLE, CALL_EXITS))]
    ProvisionalTokenBot {
        #[command(flatten)]
        player: PlayerArgs,
        /// Name of the account, 1 to 32 characters
        #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
        preferred_global_name: Option<String>,
        #[command(flatten)]
        token_file: TokenFileArgs,
    },
    /// Separate a provisional account from the user it was merged into
    #[command(long_about = UNMERGE, after_help = after_help(UNMERGE_EXAMPLE, CALL_EXITS))]
    Unmerge {
        #[command(flatten)]
        external: ExternalAuthArgs,
    },
    /// Separate a provisional account with the game's bot
    #[command(long_about = UNMERGE_BOT, after_help = after_help(UNMERGE_BOT_EXAMPLE, CALL_EXITS))]
    UnmergeBot {
        #[command(flatten)]
        player: PlayerArgs,
    },
}

const TOKEN: &str = "\
Get the token of a provisional account, for a person whom an identity provider vouches for. A missing account is \
created.

The provider's token comes from RA_EXTERNAL_TOKEN or --external-token-file. If the account has been merged into a \
user's (530010), the user's id is shown, with --json as {\"event\":\"merged\",\"code\",\"user_id\",\
\"provider_type\"}, and the exit code is 6.";
const TOKEN_EXAMPLE: &str = "\
Example:
  RA_CLIENT_SECRET=... RA_EXTERNAL_TOKEN=... \\
    ra oauth2 provisional-token --client-id ID --external-auth-type OIDC --token-file token.json";
const TOKEN_BOT: &str = "\
Get the token of a provisional account, for a person whom the game itself vouches for with its bot. A missing \
account is created. The bot's token comes from RA_BOT_TOKEN or --bot-token-file.

If the account has been merged into a user's (530010), the output is as with provisional-token.";
const TOKEN_BOT_EXAMPLE: &str = "\
Example:
  RA_BOT_TOKEN=... ra oauth2 provisional-token-bot --external-user-id player-1 \\
    --preferred-global-name Zoe";
const UNMERGE: &str = "\
Separate a provisional account from the user that it was merged into. All access and refresh tokens of the user become \
invalid.

The provider's token comes from RA_EXTERNAL_TOKEN or --external-token-file.";
const UNMERGE_EXAMPLE: &str = "\
Example:
  RA_CLIENT_SECRET=... RA_EXTERNAL_TOKEN=... \\
    ra oauth2 unmerge --client-id ID --external-auth-type OIDC";
const UNMERGE_BOT: &str = "\
Separate a provisional account, named by the game's id for the person, from the user that it was merged into. \
All access and refresh tokens of the user become invalid. The bot's token comes from RA_BOT_TOKEN or --bot-token-file.";
const UNMERGE_BOT_EXAMPLE: &str = "\
Example:
  RA_BOT_TOKEN=... ra oauth2 unmerge-bot --external-user-id player-1";

/// A person whom an identity provider vouches for.
#[derive(Debug, Args)]
pub(super) struct ExternalAuthArgs {
    #[command(flatten)]
    application: ApplicationArgs,
    /// The kind of provider, such as OIDC or STEAM_SESSION_TICKET
    #[arg(long, value_name = "TYPE")]
    external_auth_type: String,
    /// Read the provider's token from this file instead of RA_EXTERNAL_TOKEN or RA_TOKEN
    #[arg(long, value_name = "FILE", alias = "external-auth-token-file")]
    external_token_file: Option<PathBuf>,
}

/// A person whom the game vouches for with its bot.
#[derive(Debug, Args)]
pub(super) struct PlayerArgs {
    /// The game's id for the person, 1 to 1024 characters
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    external_user_id: String,
    /// Read the bot's token from this file instead of RA_BOT_TOKEN
    #[arg(long, value_name = "FILE")]
    bot_token_file: Option<PathBuf>,
}

impl ExternalAuthArgs {
    fn read(&self) -> Result<(Client, ExternalAuth), Failure> {
        let client = self.application.read()?;
        let kind = ExternalAuthType::from(self.external_auth_type.as_str());
        if kind.as_str().is_empty() {
            let expected = "expected a kind of provider, such as OIDC";
            return Err(Failure::usage("--external-auth-type", expected));
        }
        let token = secrets::external_token(self.external_token_file.as_deref())?;
        Ok((client, ExternalAuth::new(kind, token)))
    }
}

impl PlayerArgs {
    fn bot(&self) -> Result<BotToken, Failure> {
        secrets::bot_token(self.bot_token_file.as_deref())
    }
}

/// Runs the command.
pub(super) async fn run(command: &Command, context: &mut Context) -> Result<(), End> {
    match command {
        Command::ProvisionalToken {
            external,
            token_file,
        } => {
            let (client, auth) = external.read()?;
            let file = token_file.reserve()?;
            let endpoint = ProvisionalToken::new(client, auth);
            let token = call(&endpoint, ProvisionalToken::REPEAT, context).await?;
            file.keep(token, &mut context.printer)
        }
        Command::ProvisionalTokenBot {
            player,
            preferred_global_name,
            token_file,
        } => {
            let mut endpoint = BotProvisionalToken::new(player.bot()?, &player.external_user_id);
            if let Some(name) = preferred_global_name {
                endpoint = endpoint.preferred_global_name(name);
            }
            check_values(&endpoint, context)?;
            let file = token_file.reserve()?;
            let token = call(&endpoint, BotProvisionalToken::REPEAT, context).await?;
            file.keep(token, &mut context.printer)
        }
        Command::Unmerge { external } => {
            let (client, auth) = external.read()?;
            call(&Unmerge::new(client, auth), Unmerge::REPEAT, context).await?;
            print_unmerged(&mut context.printer)
        }
        Command::UnmergeBot { player } => {
            let endpoint = BotUnmerge::new(player.bot()?, &player.external_user_id);
            check_values(&endpoint, context)?;
            call(&endpoint, BotUnmerge::REPEAT, context).await?;
            print_unmerged(&mut context.printer)
        }
    }
}

/// Events with `--json`.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event<'a> {
    /// The account was merged; the error follows.
    Merged {
        code: u64,
        user_id: &'a str,
        /// `None` for an unknown kind.
        provider_type: Option<&'a str>,
    },
    Unmerged,
}

fn print_unmerged(printer: &mut Printer) -> Result<(), End> {
    printer.event(&Event::Unmerged)?;
    printer.message("Unmerged. No token of the person is valid any more.")?;
    Ok(())
}

/// Checks that the values can be sent, before a file is touched.
fn check_values(endpoint: &impl Endpoint, context: &Context) -> Result<(), Failure> {
    let Err(error) = endpoint.to_http(&context.urls.api) else {
        return Ok(());
    };
    let (option, why) = match error.field() {
        Some("external_user_id") => ("--external-user-id", "expected 1 to 1024 characters"),
        Some("preferred_global_name") => ("--preferred-global-name", "expected 1 to 32 characters"),
        Some("bot_token") => ("RA_BOT_TOKEN", "holds no token that could be sent"),
        _ => ("--base", "cannot be called"),
    };
    Err(Failure::usage(option, why))
}

/// Makes a call whose refusals have codes of their own.
async fn call<E: Endpoint>(
    endpoint: &E,
    repeat: Repeat,
    context: &mut Context,
) -> Result<E::Reply, End> {
    let reply = context.caller()?.attempt(endpoint).await?;
    match reply {
        Ok(reply) => Ok(reply),
        Err(error) => Err(match code(&error) {
            Some(code) => refused(code, &error, &mut context.printer)?.into(),
            None => outcome::of_call(&error, repeat),
        }),
    }
}

/// Explains a refusal with one of the codes of provisional accounts.
fn refused(
    code: PartnerCode,
    error: &HttpError,
    printer: &mut Printer,
) -> Result<Failure, Failure> {
    let number = code.as_u64();
    let mut message = format!("the service refused: {code} ({number})");
    if let Some(merged) = MergedAccount::of(error) {
        let user_id = merged.user_id.to_string();
        printer.event(&Event::Merged {
            code: number,
            user_id: &user_id,
            provider_type: known(&merged.provider_type),
        })?;
        message.push_str(&format!(
            "; it was merged into user {user_id}, who has to authorize, unless it is unmerged"
        ));
    }
    message.push_str(match (code, code.advice()) {
        (PartnerCode::NotProvisional, _) => "",
        (_, Advice::StartOver) => "; get a fresh one",
        (_, Advice::AskAgain { .. }) => "; try again",
        _ => "",
    });
    Ok(Failure {
        retry: outcome::retry(code.advice()),
        ..Failure::new(Kind::Refused, message)
    })
}

/// Repeats a kind of provider from the peer only if it is a known one.
fn known(kind: &str) -> Option<&str> {
    let by_bot = kind == "DISCORD_BOT";
    let known = !matches!(ExternalAuthType::from(kind), ExternalAuthType::Unknown(_));
    (by_bot || known).then_some(kind)
}
