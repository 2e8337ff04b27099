//! Reads queries and fragments: each known parameter at most once, others ignored (S-03).

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::CallbackError;

/// The longest callback that is read, in bytes.
pub(super) const MAX_CALLBACK_BYTES: usize = 64 * 1024;

const NAMES: [&str; 11] = [
    "code",
    "state",
    "iss",
    "error",
    "error_description",
    "guild_id",
    "permissions",
    "access_token",
    "token_type",
    "expires_in",
    "scope",
];

/// The known parameters.
pub(super) struct Params([Option<Zeroizing<String>>; NAMES.len()]);

impl Params {
    /// Reads `a=b&c=d`. Empty values count as absent.
    pub(super) fn parse(query: &str) -> Result<Self, CallbackError> {
        let mut found = Self(Default::default());
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let Some(name) = decode(name) else {
                continue; // unknown
            };
            if let Some((name, slot)) = found.slot(&name) {
                if slot.is_some() {
                    return Err(CallbackError::Repeated(name));
                }
                let value = decode(value).ok_or(CallbackError::Malformed(name))?;
                *slot = Some(Zeroizing::new(value.into_owned()));
            }
        }
        Ok(found)
    }

    /// Whether there is a parameter of this name and `fits` accepts all of them. Checks all of them.
    pub(super) fn all(query: &str, wanted: &str, fits: impl Fn(&str) -> bool) -> bool {
        let (mut any, mut all) = (false, true);
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if decode(name).is_some_and(|name| name == wanted) {
                let value = decode(value).map(|value| Zeroizing::new(value.into_owned()));
                any = true;
                all &= value.is_some_and(|value| fits(&value));
            }
        }
        any && all
    }

    /// Adds an issuer from elsewhere, if there is none yet.
    pub(super) fn put_issuer(&mut self, issuer: Zeroizing<String>) -> Result<(), CallbackError> {
        match self.slot("iss") {
            Some((_, slot @ None)) => *slot = Some(issuer),
            _ => return Err(CallbackError::Repeated("iss")),
        }
        Ok(())
    }

    pub(super) fn take(&mut self, name: &str) -> Option<Zeroizing<String>> {
        let (_, slot) = self.slot(name)?;
        slot.take().filter(|value| !value.is_empty())
    }

    /// The place of a known parameter, with its name.
    fn slot(&mut self, name: &str) -> Option<(&'static str, &mut Option<Zeroizing<String>>)> {
        let mut slots = NAMES.into_iter().zip(&mut self.0);
        slots.find(|(known, _)| *known == name)
    }
}

/// Decodes a form value: `+` is a space, `%` and two digits a byte. `None` if it is malformed or not UTF-8.
pub(crate) fn decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.bytes().any(|b| b == b'%' || b == b'+') {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => hex(rest.next()?)? << 4 | hex(rest.next()?)?,
            other => other,
        });
    }
    match String::from_utf8(bytes) {
        Ok(text) => Some(Cow::Owned(text)),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            None
        }
    }
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// The query and the fragment of a callback, each without its mark. A callback is a whole URL, or its part from the
/// path or the `?` on, as an HTTP server has it.
pub(super) fn parts(callback: &str) -> (&str, Option<&str>) {
    let (before, fragment) = match callback.split_once('#') {
        Some((before, fragment)) => (before, Some(fragment)),
        None => (callback, None),
    };
    let query = before.split_once('?').map_or("", |(_, query)| query);
    (query, fragment)
}
