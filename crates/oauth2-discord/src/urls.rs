//! URLs of the endpoints: Discord's by default, each one replaceable (O-001 to O-008).

use core::{fmt, str::FromStr};

use http::{Uri, uri::PathAndQuery};
use ra_http::{BaseUrl, BaseUrlError};

/// The full URL of one endpoint: `https` anywhere, `http` to this machine only (S-29), no user name, no fragment.
///
/// Unlike a [`BaseUrl`] it keeps its path unchanged and may have a query.
///
/// ```
/// use oauth2_discord::EndpointUrl;
///
/// let url: EndpointUrl = "http://127.0.0.1:8080/auth?tenant=1".parse()?;
/// assert_eq!(url.as_str(), "http://127.0.0.1:8080/auth?tenant=1");
/// assert!("http://discord.com/api".parse::<EndpointUrl>().is_err());
/// # Ok::<(), ra_http::BaseUrlError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EndpointUrl {
    text: String,
    uri: Uri,
}

/// The URLs of all endpoints. [`Urls::default`] is Discord; replace single ones as needed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Urls {
    /// Base of the endpoints that have no URL here.
    pub api: BaseUrl,
    /// The page that people authorize on, in a browser (O-001).
    pub authorize: EndpointUrl,
    /// Token (O-003).
    pub token: EndpointUrl,
    /// Device authorization: today's path (N-01), not the document's (O-002).
    pub device: EndpointUrl,
    /// Revocation (O-004).
    pub revoke: EndpointUrl,
    /// The key set for ID tokens (O-005).
    pub keys: EndpointUrl,
    /// OpenID user information (O-006).
    pub userinfo: EndpointUrl,
    /// The issuer: `iss` of redirects (RFC 9207, P-02) and of ID tokens.
    pub issuer: String,
}

impl Urls {
    /// The path of the device endpoint below the API base as the document has it (O-002); the live service has moved on
    /// to [`Urls::DEVICE_PATH`] (N-01).
    pub const DOCUMENT_DEVICE_PATH: &str = "/oauth2/authorize/device";
    /// The path of the device endpoint below the API base (N-01).
    pub const DEVICE_PATH: &str = "/oauth2/device/authorize";
    pub(crate) const TOKEN_PATH: &str = "/oauth2/token";
    pub(crate) const REVOKE_PATH: &str = "/oauth2/token/revoke";
    pub(crate) const KEYS_PATH: &str = "/oauth2/keys";
    pub(crate) const USERINFO_PATH: &str = "/oauth2/userinfo";

    /// All URLs on the host of `api`, with Discord's paths: the authorize page at the root, the rest below the base.
    #[must_use]
    pub fn below(api: BaseUrl) -> Self {
        let text = api.to_string();
        let origin = text.strip_suffix(api.path()).unwrap_or(&text);
        Self {
            authorize: EndpointUrl::from_parts(origin, "/oauth2/authorize"),
            token: EndpointUrl::from_parts(&text, Self::TOKEN_PATH),
            device: EndpointUrl::from_parts(&text, Self::DEVICE_PATH),
            revoke: EndpointUrl::from_parts(&text, Self::REVOKE_PATH),
            keys: EndpointUrl::from_parts(&text, Self::KEYS_PATH),
            userinfo: EndpointUrl::from_parts(&text, Self::USERINFO_PATH),
            issuer: origin.to_owned(),
            api,
        }
    }
}

impl Default for Urls {
    fn default() -> Self {
        #[allow(clippy::expect_used, reason = "a constant, parsed in every test")]
        Self::below("https://discord.com/api/v10".parse().expect("a URL"))
    }
}

impl EndpointUrl {
    /// The URL as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The URL for a request.
    #[must_use]
    pub fn to_uri(&self) -> Uri {
        self.uri.clone()
    }

    fn from_parts(base: &str, path: &str) -> Self {
        let text = format!("{base}{path}");
        #[allow(
            clippy::expect_used,
            reason = "a valid base of at most 16 KiB and a constant path; `Uri` takes 64"
        )]
        let uri = Uri::try_from(&text).expect("a URL");
        Self { text, uri }
    }
}

impl FromStr for EndpointUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, BaseUrlError> {
        let (before, query) = text.split_once('?').unwrap_or((text, ""));
        let _: BaseUrl = before.parse()?;
        if query.contains('#') {
            return Err(BaseUrlError::Fragment);
        }
        let clean = query.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
        if !clean || PathAndQuery::try_from(format!("/?{query}")).is_err() {
            return Err(BaseUrlError::NotAUrl);
        }
        let uri = Uri::try_from(text).map_err(|_| BaseUrlError::NotAUrl)?;
        Ok(Self {
            text: text.to_owned(),
            uri,
        })
    }
}

impl fmt::Display for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EndpointUrl({})", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn o001_to_o006_the_defaults_are_discords() {
        let urls = Urls::default();
        assert_eq!(
            urls.authorize.as_str(),
            "https://discord.com/oauth2/authorize"
        ); // O-001
        assert_eq!(
            urls.token.as_str(),
            "https://discord.com/api/v10/oauth2/token"
        ); // O-003
        assert_eq!(
            urls.revoke.as_str(),
            "https://discord.com/api/v10/oauth2/token/revoke"
        ); // O-004
        assert_eq!(
            urls.keys.as_str(),
            "https://discord.com/api/v10/oauth2/keys"
        ); // O-005
        assert_eq!(
            urls.userinfo.as_str(),
            "https://discord.com/api/v10/oauth2/userinfo"
        ); // O-006
        assert_eq!(urls.api.to_string(), "https://discord.com/api/v10");
        assert_eq!(urls.issuer, "https://discord.com"); // P-02
    }

    #[test]
    fn o002_n01_both_spellings_of_the_device_path_are_there() {
        let urls = Urls::default();
        assert_eq!(
            urls.device.as_str(),
            "https://discord.com/api/v10/oauth2/device/authorize"
        );
        let old = urls.api.join(Urls::DOCUMENT_DEVICE_PATH).unwrap();
        assert_eq!(old, "https://discord.com/api/v10/oauth2/authorize/device");
    }

    #[test]
    fn o008_no_host_is_wired_in() {
        for base in [
            "http://127.0.0.1:8080/api/v10",
            "http://[::1]:9",
            "http://localhost",
        ] {
            let urls = Urls::below(base.parse().unwrap());
            assert!(!format!("{urls:?}").contains("discord.com"), "{urls:?}");
            assert!(urls.token.as_str().starts_with(base));
        }
        let urls = Urls::below("http://127.0.0.1:8080/api/v10".parse().unwrap());
        assert_eq!(
            urls.authorize.as_str(),
            "http://127.0.0.1:8080/oauth2/authorize"
        );
        assert_eq!(urls.issuer, "http://127.0.0.1:8080");
    }

    #[test]
    fn s29_plaintext_goes_to_this_machine_only() {
        for good in [
            "http://127.0.0.1/t",
            "http://[::1]:1/t/",
            "https://discord.com/api?x=1&y",
        ] {
            let url: EndpointUrl = good.parse().unwrap();
            assert_eq!(url.to_uri().to_string(), good);
            assert_eq!(url.as_str(), good);
        }
        for bad in [
            "http://discord.com/api",
            "http://127.0.0.1.evil.com/",
            "http://localhost@evil.com/",
            "https://a:b@discord.com/",
            "https://discord.com/#f",
            "https://discord.com/?q#f",
            "https://discord.com/?a b",
            "https://discord.com/?\u{e9}",
            "https://discord.com\\@evil.com/",
            "ftp://discord.com/",
            "/oauth2/token",
            "",
        ] {
            assert!(bad.parse::<EndpointUrl>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_longest_base_has_its_endpoints() {
        let base = |length: usize| format!("https://h/{}", "p".repeat(length - 10));
        let urls = Urls::below(base(16 * 1024).parse().unwrap());
        assert!(urls.token.as_str().ends_with("p/oauth2/token"));
        for too_long in [16 * 1024 + 1, 65_530, 100_000] {
            assert!(base(too_long).parse::<BaseUrl>().is_err(), "{too_long}");
        }
    }

    #[test]
    fn a_url_is_shown_as_it_was_given() {
        let url: EndpointUrl = "https://discord.com/api?x=1".parse().unwrap();
        assert_eq!(url.to_string(), "https://discord.com/api?x=1");
        assert_eq!(
            format!("{url:?}"),
            "EndpointUrl(https://discord.com/api?x=1)"
        );
    }
}
