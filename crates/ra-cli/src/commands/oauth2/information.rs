//! The commands that ask one question and print the reply: `me`, `userinfo`, `keys`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use oauth2_discord::AccessToken;
use oauth2_discord::api::{CurrentAuthorization, KeySet, Keys, Me, UserInfo, UserInfoClaims};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{CALL_EXITS, Context, secrets, timestamp};
use crate::outcome::{End, Exit, Failure, after_help};
use crate::output::Printer;

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Ask what an access token allows
    #[command(long_about = ME, after_help = after_help(ME_EXAMPLES, CALL_EXITS))]
    Me(TokenArgs),
    /// Ask who authorized an access token (OpenID Connect)
    #[command(long_about = USERINFO, after_help = after_help(USERINFO_EXAMPLES, CALL_EXITS))]
    Userinfo(TokenArgs),
    /// Fetch the keys that ID tokens are signed with
    #[command(long_about = KEYS, after_help = after_help(KEYS_EXAMPLES, KEYS_EXITS))]
    Keys,
}

const ME: &str = "\
Ask what an access token allows: the application that it was issued to, its scopes, its expiry, and the user if \
`identify` is among the scopes.";
const ME_EXAMPLES: &str = "\
Examples:
  ra oauth2 me --token-file token.json
  RA_TOKEN=... ra oauth2 me --json";
const USERINFO: &str = "\
Ask who authorized an access token, with the claims of OpenID Connect. The token needs the scope openid.";
const USERINFO_EXAMPLES: &str = "\
Examples:
  ra oauth2 userinfo --token-file token.json
  RA_TOKEN=... ra oauth2 userinfo --json";
const KEYS: &str = "\
Fetch the keys that ID tokens are signed with. With --json the key set is printed as the service sent it.";
const KEYS_EXAMPLES: &str = "\
Example:
  ra oauth2 keys --json";
const KEYS_EXITS: &[Exit] = &[
    Exit::Done,
    Exit::Usage,
    Exit::Declined,
    Exit::Refused,
    Exit::Network,
];

/// The access token to ask with.
#[derive(Debug, Args)]
pub(super) struct TokenArgs {
    /// Take the token from this file instead of RA_TOKEN
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

impl TokenArgs {
    fn read(&self, printer: &mut Printer) -> Result<AccessToken, Failure> {
        secrets::access_token(self.token_file.as_deref(), printer)
    }
}

/// Asks, and prints the reply.
pub(super) async fn run(command: &Command, context: &mut Context) -> Result<(), End> {
    match command {
        Command::Me(args) => {
            let endpoint = Me::new(args.read(&mut context.printer)?);
            let reply = context.caller()?.call(&endpoint, Me::REPEAT).await?;
            print_me(&reply, &mut context.printer)?;
        }
        Command::Userinfo(args) => {
            let token = args.read(&mut context.printer)?;
            let endpoint = UserInfo::new(token).at(context.urls.userinfo.clone());
            let reply = context.caller()?.call(&endpoint, UserInfo::REPEAT).await?;
            print_claims(&reply, &mut context.printer)?;
        }
        Command::Keys => {
            let endpoint = Keys::new().at(context.urls.keys.clone());
            let reply = context.caller()?.call(&endpoint, Keys::REPEAT).await?;
            print_keys(&reply, &mut context.printer)?;
        }
    }
    Ok(())
}

fn print_me(me: &CurrentAuthorization, printer: &mut Printer) -> Result<(), Failure> {
    if printer.is_json() {
        return printer.result(&me_json(me)?);
    }
    let name = |name: Option<&str>| name.map_or(String::new(), |name| format!("\"{name}\" "));
    let application = &me.application;
    printer.line(&format!(
        "Application: {}(id {})",
        name(application.name.as_deref()),
        application.id
    ))?;
    printer.line(&format!("Scopes:      {}", me.scopes))?;
    printer.line(&format!("Expires:     {}", timestamp::text(me.expires)))?;
    if let Some(user) = &me.user {
        let name = name(user.username.as_deref());
        printer.line(&format!("User:        {name}(id {})", user.id))?;
    }
    Ok(())
}

/// The document's object, with application and user as the service sent them.
fn me_json(me: &CurrentAuthorization) -> Result<Zeroizing<String>, Failure> {
    let scopes: Vec<&str> = me.scopes.iter().map(|scope| scope.as_str()).collect();
    let scopes = serde_json::to_string(&scopes).map_err(|error| Failure::output(&error.into()))?;
    let user = match &me.user {
        Some(user) => [",\"user\":", user.json()].concat(),
        None => String::new(),
    };
    Ok(Zeroizing::new(format!(
        "{{\"application\":{},\"scopes\":{scopes},\"expires\":\"{}\"{user}}}",
        me.application.json(),
        timestamp::text(me.expires),
    )))
}

/// The claims with `--json`: the document's object.
#[derive(Serialize)]
struct ClaimsJson<'a> {
    sub: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verified: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nickname: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<&'a str>,
}

fn print_claims(info: &UserInfoClaims, printer: &mut Printer) -> Result<(), Failure> {
    let claims = ClaimsJson {
        sub: &info.sub,
        email: info.email.as_deref(),
        email_verified: info.email_verified,
        preferred_username: info.preferred_username.as_deref(),
        nickname: info.nickname.as_deref(),
        picture: info.picture.as_deref(),
        locale: info.locale.as_deref(),
    };
    printer.event(&claims)?;
    let verified = claims.email_verified.map(|yes| yes.to_string());
    for (name, value) in [
        ("sub", Some(claims.sub)),
        ("preferred_username", claims.preferred_username),
        ("nickname", claims.nickname),
        ("email", claims.email),
        ("email_verified", verified.as_deref()),
        ("locale", claims.locale),
        ("picture", claims.picture),
    ] {
        if let Some(value) = value {
            printer.line(&format!("{name:<19} {value}"))?;
        }
    }
    Ok(())
}

fn print_keys(set: &KeySet, printer: &mut Printer) -> Result<(), Failure> {
    if printer.is_json() {
        return printer.result(set.json());
    }
    for key in set.keys() {
        let kid = key.kid.as_deref().unwrap_or("without id");
        let more = [key.alg.as_deref(), key.usage.as_deref()];
        let more: Vec<&str> = more.into_iter().flatten().collect();
        printer.line(&format!("{kid}  {} {}", key.kty, more.join(" ")))?;
    }
    if set.keys().is_empty() {
        printer.message("There are no keys.")?;
    }
    Ok(())
}
