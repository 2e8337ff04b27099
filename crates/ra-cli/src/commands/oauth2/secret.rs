//! Secrets: from a variable or a file, never from an argument.

use std::env::{self, VarError};
use std::io::{self, BufRead as _, IsTerminal as _, Read as _};
use std::path::Path;

use oauth2_discord::keeper::{StoreError, StoreErrorKind, TokenSet};
use oauth2_discord::{AccessToken, BotToken, ClientSecret, CodeVerifier, ExternalAuthToken};
use zeroize::Zeroizing;

use super::call::Caller;
use super::{failed, token_file};
use crate::network::Unread;
use crate::outcome::End;
use crate::outcome::{Failure, Kind};
use crate::output::Printer;
use crate::secret_file;

/// No redirect comes near this.
const MAX_CALLBACK_BYTES: u64 = 64 * 1024;

/// The application's secret, if there is one.
pub(super) fn client_secret(file: Option<&Path>) -> Result<Option<ClientSecret>, Failure> {
    let secret = maybe("RA_CLIENT_SECRET", "--client-secret-file", file)?;
    Ok(secret.map(|secret| ClientSecret::new(secret.as_str())))
}

/// The verifier of the authorize URL, if there is one.
pub(super) fn code_verifier(file: Option<&Path>) -> Result<Option<CodeVerifier>, Failure> {
    let (variable, option) = ("RA_CODE_VERIFIER", "--code-verifier-file");
    let verifier = maybe(variable, option, file)?;
    let place = if file.is_some() { option } else { variable };
    let verifier = verifier.map(|verifier| CodeVerifier::new(verifier.as_str()));
    verifier
        .transpose()
        .map_err(|error| Failure::usage(place, error))
}

/// The bot's token.
pub(super) fn bot_token(file: Option<&Path>) -> Result<BotToken, Failure> {
    let token = maybe("RA_BOT_TOKEN", "--bot-token-file", file)?;
    let token = token.ok_or_else(|| none("RA_BOT_TOKEN", "--bot-token-file"))?;
    Ok(BotToken::new(token.as_str()))
}

/// The provider's token for a person; `RA_TOKEN` will do where there is no name of its own for it.
pub(super) fn external_token(file: Option<&Path>) -> Result<ExternalAuthToken, Failure> {
    let option = "--external-token-file";
    let mut token = maybe("RA_EXTERNAL_TOKEN", option, file)?;
    if token.is_none() {
        token = maybe("RA_TOKEN", option, None)?;
    }
    let token = token.ok_or_else(|| none("RA_EXTERNAL_TOKEN", option))?;
    Ok(ExternalAuthToken::new(token.as_str()))
}

/// A token for calls: that of a token file, or the one in `RA_TOKEN`.
pub(super) fn access_token(
    file: Option<&Path>,
    printer: &mut Printer,
) -> Result<AccessToken, Failure> {
    match file {
        Some(path) => Ok(token_set(path, printer)?.token.access_token),
        None => token_variable()?.ok_or_else(|| none("RA_TOKEN", "--token-file")),
    }
}

/// What `RA_TOKEN` holds.
pub(super) fn token_variable() -> Result<Option<AccessToken>, Failure> {
    let token = maybe("RA_TOKEN", "--token-file", None)?;
    Ok(token.map(|token| AccessToken::new(token.as_str())))
}

/// What a token file holds; nothing is changed. One that others may read, or that another user made, is read with a note:
/// whoever could read it has the token already, and refusing it now protects nobody.
pub(super) fn token_set(path: &Path, printer: &mut Printer) -> Result<TokenSet, Failure> {
    let name = path.display();
    match token_file::store(path).read() {
        Ok(Some(set)) => return Ok(set),
        Ok(None) => {
            let text = format!("cannot read {name}: there is no such file");
            return Err(Failure::new(Kind::Local, text));
        }
        Err(error) => match error.kind() {
            StoreErrorKind::NotPrivate => printer.remark(&format!(
                "note: others may read or write {name}; chmod 600 makes it yours"
            ))?,
            StoreErrorKind::NotOurs => printer.remark(&format!(
                "note: {name} belongs to another user, who may have chosen the token in it"
            ))?,
            _ => return Err(failed::store(path, &error)),
        },
    }
    let text = secret_file::read(path)?;
    TokenSet::decode(text.as_bytes())
        .map_err(|_| failed::store(path, &StoreError::new(StoreErrorKind::NotATokenSet)))
}

/// The redirect: given, or the first line on standard input.
pub(super) async fn callback(
    Unread(given): &Unread,
    caller: &mut Caller,
    printer: &mut Printer,
) -> Result<Zeroizing<String>, End> {
    if given != "-" {
        return Ok(Zeroizing::new(given.trim().to_owned()));
    }
    if io::stdin().is_terminal() {
        printer.message("Paste the address that the browser was sent to, and press Enter:")?;
    }
    // on a thread that nobody waits for when it is stopped here
    let line = tokio::task::spawn_blocking(first_line);
    let line = caller.person(line, "no redirect came in time").await?;
    let line = line.map_err(io::Error::from).and_then(|line| line);
    let line = line.map_err(|error| {
        Failure::new(Kind::Local, format!("cannot read standard input: {error}"))
    })?;
    Ok(Zeroizing::new(line.trim().to_owned()))
}

fn first_line() -> io::Result<Zeroizing<String>> {
    let mut line = Zeroizing::new(String::new());
    let mut input = io::stdin().lock().take(MAX_CALLBACK_BYTES);
    input.read_line(&mut line)?;
    Ok(line)
}

/// That there is no secret where one is needed.
pub(super) fn none(variable: &str, option: &str) -> Failure {
    Failure::usage(
        option,
        format!("give this file, or set the variable {variable}"),
    )
}

/// The file if there is one, else the variable. A variable that is empty counts as not set.
fn maybe(
    variable: &str,
    option: &str,
    file: Option<&Path>,
) -> Result<Option<Zeroizing<String>>, Failure> {
    let (place, text) = match file {
        Some(path) => (option, secret_file::read(path)?),
        None => match env::var(variable) {
            Ok(text) => (variable, Zeroizing::new(text)),
            Err(VarError::NotPresent) => return Ok(None),
            Err(VarError::NotUnicode(_)) => {
                return Err(Failure::usage(
                    variable,
                    "holds no secret that could be sent",
                ));
            }
        },
    };
    let secret = Zeroizing::new(text.trim().to_owned());
    if secret.is_empty() && file.is_none() {
        return Ok(None);
    }
    if secret.is_empty() || !secret.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Err(Failure::usage(place, "holds no secret that could be sent"));
    }
    Ok(Some(secret))
}
