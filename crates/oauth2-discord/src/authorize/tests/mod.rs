//! Section C: the document's URLs, what is refused, what is warned about.

use super::*;
use crate::{Entropy, Urls};

mod examples;
mod parameters;
mod redirects;
mod refusals;
mod warnings;

/// Random bytes that are not.
fn entropy(first: u8) -> Entropy {
    Entropy::draw(|bytes| {
        bytes
            .iter_mut()
            .enumerate()
            .for_each(|(n, byte)| *byte = first.wrapping_add(n as u8));
        Ok::<_, ()>(())
    })
    .unwrap()
}

fn asking(scopes: &str) -> Authorization {
    Authorization::new(Snowflake::new(157_730_590_492_196_864))
        .scopes(scopes.parse::<ScopeSet>().unwrap())
}

fn code(authorization: Authorization) -> Result<String, AuthorizeError> {
    let started = authorization.start_code(&Urls::default(), entropy(0))?;
    Ok(started.url.to_string())
}

fn implicit(authorization: Authorization) -> Result<String, AuthorizeError> {
    let started = authorization.start_implicit(&Urls::default(), entropy(0))?;
    Ok(started.url.to_string())
}

fn link(authorization: Authorization) -> Result<String, AuthorizeError> {
    Ok(authorization.link(&Urls::default())?.to_string())
}

/// The page and the sorted, undecoded parameters.
fn pairs(url: &str) -> (&str, Vec<&str>) {
    let (page, query) = url.split_once('?').unwrap();
    let mut pairs: Vec<_> = query.split('&').collect();
    pairs.sort_unstable();
    (page, pairs)
}

fn has(url: &str, pair: &str) -> bool {
    pairs(url).1.contains(&pair)
}

fn lacks(url: &str, name: &str) -> bool {
    !pairs(url)
        .1
        .iter()
        .any(|pair| pair.starts_with(&format!("{name}=")))
}
