//! Reads option values that several commands take. A refusal names the option and never repeats the value.

use core::str::FromStr;

use clap::Args;
use oauth2_discord::authorize::RedirectUri;
use oauth2_discord::{Scope, ScopeSet, Snowflake};

use crate::outcome::Failure;
use crate::usage::parse;

/// Scopes; the option may be given more than once.
#[derive(Debug, Args)]
pub(super) struct ScopeArgs {
    /// The scopes to ask for, with spaces in between
    #[arg(long, value_name = "SCOPES")]
    pub(super) scope: Vec<String>,
}

impl ScopeArgs {
    /// The scopes of all `--scope` options.
    pub(super) fn read(&self) -> Result<ScopeSet, Failure> {
        let sets = self.scope.iter().map(|text| text.parse::<ScopeSet>());
        let sets: Result<Vec<ScopeSet>, _> = sets.collect();
        let sets =
            sets.map_err(|_| Failure::usage("--scope", "expected scopes with spaces in between"))?;
        let scopes: Vec<Scope> = sets.into_iter().flatten().collect();
        Ok(scopes.into_iter().collect())
    }
}

/// Reads an id, such as the application's.
pub(super) fn id(option: &str, text: &str) -> Result<Snowflake, Failure> {
    text.parse()
        .map_err(|_| Failure::usage(option, "expected an id, which is a decimal number"))
}

/// Reads an optional value.
pub(super) fn optional<T>(option: &str, text: Option<&str>) -> Result<Option<T>, Failure>
where
    T: FromStr<Err: core::error::Error + 'static>,
{
    text.map(|text| parse(option, text)).transpose()
}

/// Reads `--redirect-uri`.
pub(super) fn redirect_uri(text: Option<&str>) -> Result<Option<RedirectUri>, Failure> {
    optional("--redirect-uri", text)
}
