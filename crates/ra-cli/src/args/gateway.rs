//! Arguments of `ra gateway`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};

pub(super) const LONG_ABOUT: &str = "\
Serve the gateway between desktops and phones, sessions kept in memory.

The first line on standard output says where it listens: {\"listening\":\"127.0.0.1:8787\"}. The socket is \
at /?v=2, the REST calls below /api/v9/users/@me/remote-auth, health at /healthz and /readyz. SIGTERM and \
Ctrl-C let running logins finish for a moment and then stop.

It speaks plain HTTP: beyond this machine put a proxy with TLS in front of it.";

const AFTER_HELP: &str = "\
Example accounts.toml:
  [[account]]
  authorization = \"what the phone sends\"
  id = \"196769986071625728\"
  username = \"mary\"
  discriminator = \"0\"       # default
  avatar = \"d0900b8fe361c755549ab0beadb35075\"  # optional
  token = \"...\"             # optional, minted when absent
  mfa = \"JBSWY3DPEHPK3PXP\"  # optional TOTP secret

Then, in three terminals:
  ra gateway --accounts accounts.toml
  ra login --gateway ws://127.0.0.1:8787 --api http://127.0.0.1:8787/api/v9
  RA_TOKEN='what the phone sends' ra approve URL --api http://127.0.0.1:8787/api/v9";

/// `ra gateway`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct GatewayArgs {
    /// Address to listen on; port 0 takes any free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8787")]
    pub listen: SocketAddr,
    /// Accounts that phones can approve with
    #[arg(long, value_name = "FILE.toml")]
    pub accounts: Option<PathBuf>,
    /// Where sessions are kept; this build knows `memory`
    #[arg(long, value_name = "memory", default_value = "memory")]
    pub rendezvous: Rendezvous,
    /// Which proof dialects desktops may use
    #[arg(long, value_enum, default_value_t = AcceptedProof::Any)]
    pub proof: AcceptedProof,
}

/// Proof dialects that the gateway accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AcceptedProof {
    /// Both dialects
    Any,
    /// SHA-256 of the nonce
    Digest,
    /// The nonce itself
    Nonce,
}

/// Where the gateway keeps its sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rendezvous {
    /// In this process.
    Memory,
}

impl FromStr for Rendezvous {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let lower = text.to_ascii_lowercase();
        if text == "memory" {
            Ok(Self::Memory)
        } else if lower.starts_with("redis:") || lower.starts_with("rediss:") {
            Err("this build keeps sessions in memory, it cannot share them through Redis")
        } else {
            Err("expected `memory`")
        }
    }
}
