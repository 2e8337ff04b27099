//! `ra oauth2 me`.

use oauth2_discord::api::{CurrentAuthorization, Me};
use zeroize::Zeroizing;

use super::{Context, date, secret};
use crate::commands::oauth2::args::MeArgs;
use crate::outcome::End;
use crate::outcome::Failure;

/// Asks what the token is good for.
pub(super) async fn run(args: &MeArgs, context: &mut Context) -> Result<(), End> {
    let token = secret::access_token(args.token_file.as_deref(), &mut context.printer)?;
    let endpoint = Me::new(token);
    let me = context.caller()?.call(&endpoint, Me::REPEAT).await?;
    let printer = &mut context.printer;
    if printer.is_json() {
        return Ok(printer.result(&json(&me)?)?);
    }
    let name = |name: Option<&str>| name.map_or(String::new(), |name| format!("\"{name}\" "));
    let application = &me.application;
    printer.line(&format!(
        "Application: {}(id {})",
        name(application.name.as_deref()),
        application.id
    ))?;
    printer.line(&format!("Scopes:      {}", me.scopes))?;
    printer.line(&format!("Expires:     {}", date::text(me.expires)))?;
    if let Some(user) = &me.user {
        let name = name(user.username.as_deref());
        printer.line(&format!("User:        {name}(id {})", user.id))?;
    }
    Ok(())
}

/// The document's object: application and user as they came.
fn json(me: &CurrentAuthorization) -> Result<Zeroizing<String>, Failure> {
    let scopes: Vec<&str> = me.scopes.iter().map(|scope| scope.as_str()).collect();
    let scopes = serde_json::to_string(&scopes).map_err(|error| Failure::output(&error.into()))?;
    let user = match &me.user {
        Some(user) => [",\"user\":", user.json()].concat(),
        None => String::new(),
    };
    Ok(Zeroizing::new(format!(
        "{{\"application\":{},\"scopes\":{scopes},\"expires\":\"{}\"{user}}}",
        me.application.json(),
        date::text(me.expires),
    )))
}
