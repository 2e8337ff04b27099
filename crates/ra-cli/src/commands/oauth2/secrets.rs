//! Reads secrets from a variable or a file, never from an argument.

use std::env::{self, VarError};
use std::io::{self, BufRead as _, IsTerminal as _, Read as _};
use std::path::Path;

use oauth2_discord::keeper::{StoreError, StoreErrorKind, TokenSet};
use oauth2_discord::{AccessToken, BotToken, ClientSecret, CodeVerifier, ExternalAuthToken, State};
use zeroize::Zeroizing;

use super::caller::Caller;
use super::{outcome, token_file};
use crate::network::Unread;
use crate::outcome::{End, Failure, Kind};
use crate::output::Printer;
use crate::secret_file;

/// Longest line that is read as a redirect; real ones are far shorter.
const MAX_CALLBACK_BYTES: u64 = 64 * 1024;

/// The places of a secret: its variable, and the option that names a file.
pub(super) struct Places {
    variable: &'static str,
    option: &'static str,
}

pub(super) const CLIENT_SECRET: Places = Places::new("RA_CLIENT_SECRET", "--client-secret-file");
pub(super) const CODE_VERIFIER: Places = Places::new("RA_CODE_VERIFIER", "--code-verifier-file");
const BOT_TOKEN: Places = Places::new("RA_BOT_TOKEN", "--bot-token-file");
const EXTERNAL_TOKEN: Places = Places::new("RA_EXTERNAL_TOKEN", "--external-token-file");
const TOKEN: Places = Places::new("RA_TOKEN", "--token-file");

/// The application's secret, if there is one.
pub(super) fn client_secret(file: Option<&Path>) -> Result<Option<ClientSecret>, Failure> {
    let secret = CLIENT_SECRET.read(file)?;
    Ok(secret.map(|secret| ClientSecret::new(secret.as_str())))
}

/// The verifier of the authorize URL, if there is one.
pub(super) fn code_verifier(file: Option<&Path>) -> Result<Option<CodeVerifier>, Failure> {
    let verifier = CODE_VERIFIER.read(file)?;
    let verifier = verifier.map(|verifier| CodeVerifier::new(verifier.as_str()));
    verifier
        .transpose()
        .map_err(|error| Failure::usage(CODE_VERIFIER.place(file), error))
}

/// The bot's token.
pub(super) fn bot_token(file: Option<&Path>) -> Result<BotToken, Failure> {
    let token = BOT_TOKEN.read(file)?;
    let token = token.ok_or_else(|| missing(&BOT_TOKEN))?;
    Ok(BotToken::new(token.as_str()))
}

/// The provider's token for a person; `RA_TOKEN` may hold it too.
pub(super) fn external_token(file: Option<&Path>) -> Result<ExternalAuthToken, Failure> {
    let mut token = EXTERNAL_TOKEN.read(file)?;
    if token.is_none() {
        token = TOKEN.read(None)?;
    }
    let token = token.ok_or_else(|| missing(&EXTERNAL_TOKEN))?;
    Ok(ExternalAuthToken::new(token.as_str()))
}

/// The access token for a call: that of a token file, or `RA_TOKEN`.
pub(super) fn access_token(
    file: Option<&Path>,
    printer: &mut Printer,
) -> Result<AccessToken, Failure> {
    if let Some(path) = file {
        return Ok(token_set(path, printer)?.token.access_token);
    }
    let token = TOKEN.read(None)?.ok_or_else(|| missing(&TOKEN))?;
    Ok(AccessToken::new(token.as_str()))
}

/// The state of the authorize URL, which must not be empty.
pub(super) fn state(Unread(state): &Unread) -> Result<State, Failure> {
    if state.is_empty() {
        return Err(Failure::usage("--state", "it is empty"));
    }
    Ok(State::new(state))
}

/// The content of a token file, which is not changed. A file that others may read, or that another user made, is read
/// with a note: others may have the token already, and a refusal now would protect nobody.
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
            _ => return Err(outcome::of_store(path, &error)),
        },
    }
    let text = secret_file::read(path)?;
    TokenSet::decode(text.as_bytes())
        .map_err(|_| outcome::of_store(path, &StoreError::new(StoreErrorKind::NotATokenSet)))
}

/// The redirect: the option's value, or the first line on standard input.
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
    // on a thread of its own, which is left behind on a signal
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

/// The failure when a required secret is missing.
pub(super) fn missing(places: &Places) -> Failure {
    let variable = places.variable;
    Failure::usage(
        places.option,
        format!("give this file, or set the variable {variable}"),
    )
}

impl Places {
    const fn new(variable: &'static str, option: &'static str) -> Self {
        Self { variable, option }
    }

    /// The place that is read: the option if there is a file.
    const fn place(&self, file: Option<&Path>) -> &'static str {
        match file {
            Some(_) => self.option,
            None => self.variable,
        }
    }

    /// Reads the file if there is one, else the variable. An empty variable counts as not set.
    fn read(&self, file: Option<&Path>) -> Result<Option<Zeroizing<String>>, Failure> {
        let unusable = || Failure::usage(self.place(file), "holds no secret that could be sent");
        let text = match file {
            Some(path) => secret_file::read(path)?,
            None => match env::var(self.variable) {
                Ok(text) => Zeroizing::new(text),
                Err(VarError::NotPresent) => return Ok(None),
                Err(VarError::NotUnicode(_)) => return Err(unusable()),
            },
        };
        let secret = Zeroizing::new(text.trim().to_owned());
        if secret.is_empty() && file.is_none() {
            return Ok(None);
        }
        if secret.is_empty() || !secret.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return Err(unusable());
        }
        Ok(Some(secret))
    }
}
