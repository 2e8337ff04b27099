//! Reads the values of options. What is refused is named and never repeated.

use core::str::FromStr;

use oauth2_discord::authorize::RedirectUri;
use oauth2_discord::{Scope, ScopeSet, Snowflake};

use crate::commands::oauth2::args::ScopeArgs;
use crate::outcome::Failure;
use crate::usage::parse;

/// An id, such as the application's.
pub(super) fn id(option: &str, text: &str) -> Result<Snowflake, Failure> {
    text.parse()
        .map_err(|_| Failure::usage(option, "expected an id, which is a decimal number"))
}

/// A value that is left out as often as not.
pub(super) fn maybe<T>(option: &str, text: Option<&str>) -> Result<Option<T>, Failure>
where
    T: FromStr,
    T::Err: core::error::Error + 'static,
{
    text.map(|text| parse(option, text)).transpose()
}

/// Where the browser goes afterwards.
pub(super) fn redirect_uri(text: Option<&str>) -> Result<Option<RedirectUri>, Failure> {
    maybe("--redirect-uri", text)
}

/// All scopes of all `--scope`.
pub(super) fn scopes(args: &ScopeArgs) -> Result<ScopeSet, Failure> {
    let sets = args.scope.iter().map(|text| text.parse::<ScopeSet>());
    let scopes: Result<Vec<ScopeSet>, _> = sets.collect();
    let scopes =
        scopes.map_err(|_| Failure::usage("--scope", "expected scopes with spaces in between"))?;
    Ok(scopes
        .into_iter()
        .flatten()
        .collect::<Vec<Scope>>()
        .into_iter()
        .collect())
}
