//! `ra oauth2 keys`.

use oauth2_discord::api::Keys;

use super::Context;
use crate::commands::oauth2::args::KeysArgs;
use crate::outcome::End;

/// Fetches the keys.
pub(super) async fn run(_: &KeysArgs, context: &mut Context) -> Result<(), End> {
    let endpoint = Keys::new().at(context.urls.keys.clone());
    let set = context.caller()?.call(&endpoint, Keys::REPEAT).await?;
    let printer = &mut context.printer;
    if printer.is_json() {
        return Ok(printer.result(set.json())?);
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
