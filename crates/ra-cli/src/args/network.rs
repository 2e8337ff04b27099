//! How a command reaches the network; the same for all that do.

use core::convert::Infallible;
use core::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

/// `--proxy` and `--ca-file`.
#[derive(Debug, Clone, Default, Args)]
pub struct NetworkArgs {
    /// Go through this proxy: http://HOST:PORT or socks5://HOST:PORT, with USER:PASSWORD@ if needed; none
    /// goes through no proxy. Without it HTTPS_PROXY, ALL_PROXY and NO_PROXY are asked
    #[arg(long, global = true, value_name = "URL|none")]
    pub proxy: Option<Unread>,
    /// Trust the CAs in this PEM file too, beside those of the system
    #[arg(long, global = true, value_name = "FILE.pem")]
    pub ca_file: Option<PathBuf>,
}

/// A value that may hold a password and is read later. `Debug` does not show it.
#[derive(Clone)]
pub struct Unread(pub String);

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
