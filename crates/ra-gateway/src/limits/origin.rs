//! Which sites may open sockets.

use std::fmt;
use std::str::FromStr;

use http::HeaderMap;
use http::header::ORIGIN;

/// Which origins desktops may have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origins {
    /// Any, or none. A session belongs to whoever holds its key, and nothing that a browser sends on
    /// its own (cookies, passwords) counts here: a page of another site gets no more than its own
    /// program would. Desktops that are no browsers send what they like.
    #[default]
    Any,
    /// These: there has to be an `Origin` header, and each that is there has to be among them. Keeps
    /// pages of other sites from showing QR codes of this gateway; programs can still pretend.
    Only(Vec<Origin>),
}

impl Origins {
    /// Returns true if an upgrade with these headers is allowed.
    pub(crate) fn allow(&self, headers: &HeaderMap) -> bool {
        let Self::Only(allowed) = self else {
            return true;
        };
        let is_allowed = |origin: &http::HeaderValue| {
            let origin = origin.as_bytes();
            allowed
                .iter()
                .any(|a| a.0.as_bytes().eq_ignore_ascii_case(origin))
        };
        headers.contains_key(ORIGIN) && headers.get_all(ORIGIN).iter().all(is_allowed)
    }
}

/// An origin as browsers send it: scheme, host, and the port unless it is the scheme's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let (scheme, host) = text.split_once("://").ok_or(OriginError)?;
        let in_scheme = |b: u8| b.is_ascii_alphanumeric() || b"+-.".contains(&b);
        let in_host = |b: u8| b.is_ascii_graphic() && !b"/?#@\\,*".contains(&b);
        let is_sound = scheme.bytes().all(in_scheme) && host.bytes().all(in_host);
        if scheme.is_empty() || host.is_empty() || !is_sound {
            return Err(OriginError);
        }
        let text = text.to_ascii_lowercase();
        let own_port = match text.split_once("://") {
            Some(("https", _)) => ":443",
            Some(("http", _)) => ":80",
            _ => "",
        };
        // browsers leave it out
        let text = text.strip_suffix(own_port).unwrap_or(&text);
        Ok(Self(text.to_owned()))
    }
}

/// Not an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OriginError;

impl fmt::Display for OriginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected scheme://host or scheme://host:port and nothing behind it")
    }
}

impl std::error::Error for OriginError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(sent: &[&str]) -> bool {
        let only = [
            "https://discord.com",
            "http://localhost:8080",
            "HTTPS://A.example:443",
        ];
        let only = Origins::Only(only.map(|origin| origin.parse().unwrap()).to_vec());
        let mut headers = HeaderMap::new();
        for origin in sent {
            headers.append(ORIGIN, origin.parse().unwrap());
        }
        assert!(Origins::Any.allow(&headers));
        only.allow(&headers)
    }

    #[test]
    fn r55_only_the_origins_that_are_listed_are_let_in() {
        for sent in [
            &["https://discord.com"][..],
            &["HTTPS://Discord.com"],
            &["http://localhost:8080"],
            &["https://a.example"],
            &["https://discord.com", "https://a.example"],
        ] {
            assert!(allowed(sent), "{sent:?}");
        }
        for sent in [
            &[][..],
            &[""],
            &["null"],
            &["https://discord.com.evil.example"],
            &["https://evil.example"],
            &["http://discord.com"],
            &["https://discord.com:8443"],
            &["http://localhost"],
            &["https://discord.com/"],
            &["https://discord.com, https://discord.com"],
            &["https://discord.com", "https://evil.example"],
            &["https://evil.example", "https://discord.com"],
        ] {
            assert!(!allowed(sent), "{sent:?}");
        }
    }

    #[test]
    fn r55_what_is_no_origin_cannot_be_listed() {
        for bad in [
            "",
            "discord.com",
            "https://",
            "://a",
            "https://a/",
            "https://a/b",
            "https://u@a",
            "https://*.a",
            "https://a,https://b",
            "https://a b",
            "*",
        ] {
            assert_eq!(bad.parse::<Origin>(), Err(OriginError), "{bad}");
        }
    }
}
