//! `--proxy` and `--ca-file`: how a command reaches the network.

use core::convert::Infallible;
use core::fmt;
use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;
use ra_tokio::{Network, Proxies, Proxy, RootCertificates, TlsConfig};

use crate::outcome::Failure;
use crate::usage::parse;

/// The roots of a usual system take a quarter of a megabyte.
const MAX_CA_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// Options of every command that connects to something.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct NetworkArgs {
    /// Proxy, http://HOST:PORT or socks5://HOST:PORT, with USER:PASSWORD@ if needed, or none
    /// [default: HTTPS_PROXY or ALL_PROXY, except for NO_PROXY]
    #[arg(long, global = true, value_name = "URL|none")]
    proxy: Option<Unread>,
    /// Also trust the CAs in this PEM file
    #[arg(long, global = true, value_name = "FILE.pem")]
    ca_file: Option<PathBuf>,
}

/// A value that may hold a password and is read later. `Debug` does not show it.
#[derive(Clone)]
pub(crate) struct Unread(pub(crate) String);

impl FromStr for Unread {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.into()))
    }
}

impl fmt::Debug for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unread(..)")
    }
}

/// Reads the options and the environment.
///
/// # Errors
/// [`Kind::Usage`](crate::outcome::Kind::Usage) for a wrong `--proxy` or variable, and
/// [`Kind::Local`](crate::outcome::Kind::Local) for a file that cannot be read or holds no certificates.
pub(crate) fn network(args: &NetworkArgs) -> Result<Network, Failure> {
    let proxies = proxies(args, env::var_os)?;
    let tls = match &args.ca_file {
        Some(path) => TlsConfig::default().with_extra_roots(roots(path)?),
        None => TlsConfig::default(),
    };
    Ok(Network::new(tls, proxies))
}

fn proxies(
    args: &NetworkArgs,
    environment: impl FnMut(&'static str) -> Option<OsString>,
) -> Result<Proxies, Failure> {
    match &args.proxy {
        Some(Unread(none)) if none == "none" => Ok(Proxies::none()),
        Some(Unread(proxy)) => Ok(Proxies::named(parse::<Proxy>("--proxy", proxy)?)),
        None => Proxies::from_environment(environment).map_err(|error| {
            let reason = error.reason();
            Failure::usage(
                error.variable(),
                format!("{reason}; --proxy none goes without one"),
            )
        }),
    }
}

fn roots(path: &Path) -> Result<RootCertificates, Failure> {
    let option = format!("--ca-file {}", path.display());
    let mut pem = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_CA_FILE_BYTES).read_to_end(&mut pem))
        .map_err(|error| Failure::local(&option, error))?;
    RootCertificates::from_pem(&pem).map_err(|error| Failure::local(&option, error))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::outcome::Kind;

    fn chosen(proxy: Option<&str>, variable: &str) -> Result<Option<String>, Failure> {
        let args = NetworkArgs {
            proxy: proxy.map(|text| Unread(text.into())),
            ca_file: None,
        };
        let proxies = proxies(&args, |name| {
            (name == "HTTPS_PROXY").then(|| variable.into())
        })?;
        let proxy = proxies.for_target("discord.com", 443);
        Ok(proxy.map(|proxy| proxy.host().to_owned()))
    }

    #[test]
    fn the_option_wins_over_the_environment_and_none_turns_it_off() {
        let environment = "http://b.example:1";
        let host = |proxy| chosen(proxy, environment).unwrap();
        assert_eq!(host(None).as_deref(), Some("b.example"));
        assert_eq!(
            host(Some("socks5://a.example")).as_deref(),
            Some("a.example")
        );
        assert_eq!(host(Some("none")), None);
        // what is not asked cannot be wrong
        assert_eq!(chosen(Some("none"), "ftp://canary").unwrap(), None);
        assert_eq!(chosen(None, "").unwrap(), None);
    }

    #[test]
    fn a_variable_that_cannot_be_used_is_named_and_not_shown() {
        let failure = chosen(None, "https://me:canary@h.example").unwrap_err();
        assert_eq!(failure.kind, Kind::Usage);
        assert!(
            failure
                .message
                .starts_with("HTTPS_PROXY: the proxy's scheme")
                && !failure.message.contains("canary"),
            "{failure}"
        );
    }
}
