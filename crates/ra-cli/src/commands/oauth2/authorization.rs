//! Parts that `authorize-url` and `login` share: randomness, refusals and warnings of an authorization.

use oauth2_discord::authorize::{Authorization, AuthorizeError, Warning};
use oauth2_discord::{Entropy, Scope};

use crate::outcome::{Failure, Kind};
use crate::output::Printer;

/// Draws random bytes from the system.
pub(super) fn entropy() -> Result<Entropy, Failure> {
    Entropy::draw(getrandom::fill)
        .map_err(|error| Failure::new(Kind::Local, format!("there are no random numbers: {error}")))
}

/// Turns a request that the document forbids into a wrong option.
pub(super) fn refused(error: AuthorizeError) -> Failure {
    let option = match error.field() {
        "code_challenge" => "--no-pkce".to_owned(),
        field => format!("--{}", field.replace('_', "-")),
    };
    Failure::usage(&option, error)
}

/// Shows likely mistakes. An unknown scope is not repeated.
pub(super) fn show_warnings(
    authorization: &Authorization,
    printer: &mut Printer,
) -> Result<(), Failure> {
    for warning in authorization.warnings() {
        match warning {
            Warning::NeedsApproval(Scope::Other(_)) => {
                printer.remark("note: a scope is not in Discord's document")?;
            }
            // --no-pkce asked for it
            Warning::NoPkce => {}
            warning => printer.remark(&format!("note: {warning}"))?,
        }
    }
    Ok(())
}
