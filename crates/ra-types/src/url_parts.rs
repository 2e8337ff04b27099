//! The one URL splitter: cuts a URL at its punctuation. Each kind of URL checks its parts by its own rules.

/// The parts of `scheme://user_info@host:port/path?query#fragment`, as they are written.
///
/// ```
/// use ra_types::UrlParts;
///
/// let url = UrlParts::split("http://[::1]:4000/ra/?v=2").unwrap();
/// assert_eq!((url.scheme, url.host, url.port), ("http", "[::1]", Some("4000")));
/// assert_eq!((url.path, url.query, url.fragment), ("/ra/", Some("v=2"), None));
/// assert!(UrlParts::split("gateway.example").is_none());
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct UrlParts<'a> {
    /// Before `://`.
    pub scheme: &'a str,
    /// Before the last `@` of the authority: a user name and perhaps a password.
    pub user_info: Option<&'a str>,
    /// Name or address; an IPv6 address with its brackets.
    pub host: &'a str,
    /// After the host's colon; not necessarily digits.
    pub port: Option<&'a str>,
    /// Empty, or begins with a slash.
    pub path: &'a str,
    /// After the first `?`.
    pub query: Option<&'a str>,
    /// After the first `#`.
    pub fragment: Option<&'a str>,
}

impl<'a> UrlParts<'a> {
    /// Cuts a text into the parts of a URL. `None` without `://`. Nothing else is checked.
    #[must_use]
    pub fn split(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let (rest, fragment) = cut(rest, '#');
        let (rest, query) = cut(rest, '?');
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (user_info, address) = match authority.rsplit_once('@') {
            Some((user_info, address)) => (Some(user_info), address),
            None => (None, authority),
        };
        // an IPv6 address has colons inside its brackets
        let brackets = address.rfind(']').unwrap_or(0);
        let (host, port) = match address.get(brackets..).and_then(|rest| rest.find(':')) {
            Some(colon) => (
                &address[..brackets + colon],
                Some(&address[brackets + colon + 1..]),
            ),
            None => (address, None),
        };
        Some(Self {
            scheme,
            user_info,
            host,
            port,
            path,
            query,
            fragment,
        })
    }
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    match text.split_once(at) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_cut_at_their_punctuation() {
        for (text, user_info, host, port, path, query, fragment) in [
            ("a://b", None, "b", None, "", None, None),
            (
                "a://b:1/c?d#e",
                None,
                "b",
                Some("1"),
                "/c",
                Some("d"),
                Some("e"),
            ),
            (
                "a://u:p@w@b/c@d:e",
                Some("u:p@w"),
                "b",
                None,
                "/c@d:e",
                None,
                None,
            ),
            ("a://[::1]", None, "[::1]", None, "", None, None),
            (
                "a://[::1]:80:90",
                None,
                "[::1]",
                Some("80:90"),
                "",
                None,
                None,
            ),
            ("a://[::1]x:1", None, "[::1]x", Some("1"), "", None, None),
            (
                "a://b?c/d@e#f?g",
                None,
                "b",
                None,
                "",
                Some("c/d@e"),
                Some("f?g"),
            ),
            ("a://b#c?d", None, "b", None, "", None, Some("c?d")),
            ("://", None, "", None, "", None, None),
            ("a://:@:", Some(":"), "", Some(""), "", None, None),
        ] {
            let url = UrlParts::split(text).unwrap();
            assert_eq!(
                (
                    url.user_info,
                    url.host,
                    url.port,
                    url.path,
                    url.query,
                    url.fragment
                ),
                (user_info, host, port, path, query, fragment),
                "{text}"
            );
        }
        assert!(UrlParts::split("a:/b").is_none());
    }
}
