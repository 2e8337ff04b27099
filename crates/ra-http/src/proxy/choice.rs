//! Choice of the proxy for a target.

use core::{error::Error, fmt};
use std::ffi::{OsStr, OsString};

use zeroize::Zeroizing;

use super::bypass::Bypass;
use super::{Proxy, ProxyError};
use crate::base_url::is_loopback;

/// Variables in the order of reading; the first that is set and not empty counts.
const PROXY_VARIABLES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
const BYPASS_VARIABLES: [&str; 2] = ["no_proxy", "NO_PROXY"];

/// Choice of the proxy for a target: no proxy, a named one, or the one of the environment.
///
/// | made by | targets on this machine | other targets |
/// |---|---|---|
/// | [`Proxies::none`] | directly | directly |
/// | [`Proxies::named`] | through the proxy if it is on this machine too, else directly | through the proxy |
/// | [`Proxies::from_environment`] | directly | through the proxy, unless `NO_PROXY` lists them |
///
/// So traffic for this machine, which may be plaintext, never leaves it (R-01).
///
/// ```
/// use ra_http::Proxies;
///
/// let environment = |name: &str| match name {
///     "HTTPS_PROXY" => Some("http://proxy.example:3128".into()),
///     "NO_PROXY" => Some(".corp.example, 10.0.0.0/8".into()),
///     _ => None,
/// };
/// let proxies = Proxies::from_environment(environment)?;
/// assert!(proxies.for_target("discord.com", 443).is_some());
/// assert!(proxies.for_target("sso.corp.example", 443).is_none());
/// assert!(proxies.for_target("127.0.0.1", 8787).is_none());
/// # Ok::<(), ra_http::ProxyVariableError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Proxies(Choice);

#[derive(Clone, Debug, Default)]
enum Choice {
    #[default]
    None,
    Named(Proxy),
    Environment(Proxy, Bypass),
}

/// Error for an environment variable that does not name a usable proxy. `Display` names the variable and never shows
/// its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProxyVariableError {
    variable: &'static str,
    reason: ProxyError,
}

impl Proxies {
    /// Uses no proxy for any target.
    #[must_use]
    pub const fn none() -> Self {
        Self(Choice::None)
    }

    /// Uses this proxy for every target. A proxy on another machine is not used for targets on this one.
    #[must_use]
    pub const fn named(proxy: Proxy) -> Self {
        Self(Choice::Named(proxy))
    }

    /// Reads the usual variables. `variable` returns their values; an adapter passes [`std::env::var_os`].
    ///
    /// - `https_proxy`, `HTTPS_PROXY`, `all_proxy`, `ALL_PROXY`: the first that is not empty names the proxy, for
    ///   sockets and REST calls alike. Without a scheme it is `http`.
    /// - `no_proxy`, `NO_PROXY`: the first that is not empty lists the targets without a proxy, with commas or spaces
    ///   between. `example.com`, `.example.com` and `*.example.com` mean the name and all below it; there are
    ///   addresses, networks such as `10.0.0.0/8` and `fd00::/8`, a port after each (`[::1]:443`), and `*` for
    ///   everything. Names are not resolved. Entries that cannot be read match nothing.
    ///
    /// `http_proxy` and `HTTP_PROXY` are never read: they are for plaintext, which goes to this machine only and
    /// thus directly. So a request header `Proxy` that CGI turned into `HTTP_PROXY` does no harm either.
    ///
    /// # Errors
    /// [`ProxyVariableError`] if a variable that counts does not name a usable proxy. It is never ignored, because
    /// traffic would then take another way than the variable says.
    pub fn from_environment(
        mut variable: impl FnMut(&'static str) -> Option<OsString>,
    ) -> Result<Self, ProxyVariableError> {
        let found = PROXY_VARIABLES
            .iter()
            .find_map(|name| Some((*name, present(variable(name))?)));
        let Some((name, value)) = found else {
            return Ok(Self::none());
        };
        let value = Zeroizing::new(value.into_encoded_bytes());
        let proxy = read(&value).map_err(|reason| ProxyVariableError {
            variable: name,
            reason,
        })?;
        let bypass = BYPASS_VARIABLES
            .iter()
            .find_map(|name| present(variable(name)))
            .map(|list| Bypass::read(&list.to_string_lossy()))
            .unwrap_or_default();
        Ok(Self(Choice::Environment(proxy, bypass)))
    }

    /// The proxy for this target. `host` is a name or an address, an IPv6 address without brackets; nothing is
    /// resolved.
    #[must_use]
    pub fn for_target(&self, host: &str, port: u16) -> Option<&Proxy> {
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        let loopback = is_loopback(&host);
        match &self.0 {
            Choice::None => None,
            Choice::Named(proxy) => (proxy.is_loopback() || !loopback).then_some(proxy),
            Choice::Environment(proxy, bypass) => {
                (!loopback && !bypass.holds(&host, port)).then_some(proxy)
            }
        }
    }
}

impl From<Proxy> for Proxies {
    fn from(proxy: Proxy) -> Self {
        Self::named(proxy)
    }
}

impl From<Option<Proxy>> for Proxies {
    fn from(proxy: Option<Proxy>) -> Self {
        proxy.map_or(Self::none(), Self::named)
    }
}

impl ProxyVariableError {
    /// The variable's name.
    #[must_use]
    pub fn variable(&self) -> &'static str {
        self.variable
    }

    /// The fault of its value.
    #[must_use]
    pub fn reason(&self) -> ProxyError {
        self.reason
    }
}

impl fmt::Display for ProxyVariableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the variable {} cannot be used", self.variable)
    }
}

impl Error for ProxyVariableError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.reason)
    }
}

/// Trims white space around a value: it got there by accident.
fn read(value: &[u8]) -> Result<Proxy, ProxyError> {
    let text = core::str::from_utf8(value)
        .map_err(|_| ProxyError::NotAUrl)?
        .trim();
    match text.contains("://") {
        true => text.parse(),
        false => Zeroizing::new(["http://", text].concat()).parse(),
    }
}

fn present(value: Option<OsString>) -> Option<OsString> {
    value.filter(|value| !is_blank(value))
}

fn is_blank(value: &OsStr) -> bool {
    value.as_encoded_bytes().iter().all(u8::is_ascii_whitespace)
}
