//! `ra oauth2 userinfo`.

use oauth2_discord::api::UserInfo;
use serde::Serialize;

use super::{Context, secret};
use crate::commands::oauth2::args::UserinfoArgs;
use crate::outcome::End;

/// What `--json` prints: the document's object.
#[derive(Serialize)]
struct Claims<'a> {
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

/// Asks who the token speaks for.
pub(super) async fn run(args: &UserinfoArgs, context: &mut Context) -> Result<(), End> {
    let token = secret::access_token(args.token_file.as_deref(), &mut context.printer)?;
    let endpoint = UserInfo::new(token).at(context.urls.userinfo.clone());
    let info = context.caller()?.call(&endpoint, UserInfo::REPEAT).await?;
    let claims = Claims {
        sub: &info.sub,
        email: info.email.as_deref(),
        email_verified: info.email_verified,
        preferred_username: info.preferred_username.as_deref(),
        nickname: info.nickname.as_deref(),
        picture: info.picture.as_deref(),
        locale: info.locale.as_deref(),
    };
    let printer = &mut context.printer;
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
