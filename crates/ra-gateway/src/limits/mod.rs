//! Limits for clients, and how much each has used.

mod accepting;
mod address;
mod eviction_queue;
mod gate;
mod memory;
pub(crate) mod origin;
pub(crate) mod peer_addr;
mod permit;
mod rate;

use std::time::Duration;

pub(crate) use accepting::Accepting;
pub(crate) use address::Address;
pub(crate) use gate::Gate;
pub(crate) use memory::resident;
pub(crate) use permit::{AddressPlace, ConnectionPermit, SessionPermit};

/// Limits for clients. A request over a limit is refused at once with `Retry-After`: status 429 if the
/// limit is the client's own, 503 if it is the gateway's. Nothing is queued.
///
/// An address is an IPv4 address or an IPv6 /64 network. It is the client's if
/// [`Config::trusted_proxies`](crate::Config::trusted_proxies) stand in between, and the peer's
/// otherwise. Connections of such proxies count for no address; a socket counts for its client.
/// Limits for an account hold on each node of a fleet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Connections at a time, over all; each takes a file of the process ([`open_files`](Self::open_files)).
    /// With all places taken, a newcomer gets that of a connection that has shown nothing yet: no
    /// valid proof of a desktop, no call that is being answered. The one that has been quiet for
    /// longest goes first, and if there is none, the newcomer is refused. Default: 65,536.
    pub connections: u32,
    /// Connections at a time from one address. Default: 1,024.
    pub connections_per_address: u32,
    /// Sessions at a time, over all; also how many tickets may wait. A 32nd of the
    /// [`connections`](Self::connections), at least one and at most 1,024, is kept for calls, so that
    /// logins that have begun can end: sessions do not take them. Default: 50,000.
    pub sessions: u32,
    /// New sessions a minute from one address. Default: 600.
    pub sessions_per_address: u32,
    /// REST calls a minute from one address. Default: 3,000.
    pub calls_per_address: u32,
    /// Resident memory of the process, in bytes, from which on no new sessions are taken (503, and
    /// `/readyz` says so); those there are go on. What a session may cost is bounded by the limits
    /// below, but their product with [`sessions`](Self::sessions) is far from what sessions do cost:
    /// this is for the machine that would not survive the worst case. Needs Linux. Default: none.
    pub memory: Option<u64>,
    /// REST calls a minute from one account. Default: 600.
    pub calls_per_account: u32,
    /// Scans a minute by one account. Default: 120.
    pub scans_per_account: u32,
    /// Wrong second factors for one MFA ticket, after which it is void. Default: 5.
    pub mfa_tries_per_ticket: u32,
    /// Second factors tried in five minutes for one account, right or wrong. Default: 10.
    pub mfa_tries_per_account: u32,
    /// Largest message a desktop may send, in bytes. Default: 16 KiB.
    pub message_bytes: usize,
    /// Largest request head, in bytes; at least 8 KiB. Default: 16 KiB.
    pub head_bytes: usize,
    /// Largest request body, in bytes. Default: 16 KiB.
    pub body_bytes: usize,
    /// Time limit for a request's head, waiting included. Default: 10 s.
    pub head_within: Duration,
    /// Time limit for a request's body. Default: 10 s.
    pub body_within: Duration,
    /// Longest use of one connection for HTTP. Default: 5 min.
    pub http_within: Duration,
    /// Longest time a desktop may leave sent data unread. Default: 10 s.
    pub write_within: Duration,
    /// Time limit for a closed connection to go away. Default: 2 s.
    pub linger: Duration,
    /// Time limit for an answer of [`Accounts`](crate::Accounts). Default: 5 s.
    pub accounts_within: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 65_536,
            connections_per_address: 1_024,
            sessions: 50_000,
            sessions_per_address: 600,
            calls_per_address: 3_000,
            memory: None,
            calls_per_account: 600,
            scans_per_account: 120,
            mfa_tries_per_ticket: 5,
            mfa_tries_per_account: 10,
            message_bytes: 16 * 1024,
            head_bytes: 16 * 1024,
            body_bytes: 16 * 1024,
            head_within: Duration::from_secs(10),
            body_within: Duration::from_secs(10),
            http_within: Duration::from_secs(300),
            write_within: Duration::from_secs(10),
            linger: Duration::from_secs(2),
            accounts_within: Duration::from_secs(5),
        }
    }
}

impl Limits {
    /// Files that a gateway with these limits may have open at a time. Those of the process and its
    /// [`Accounts`](crate::Accounts) come on top.
    #[must_use]
    pub fn open_files(&self) -> u64 {
        // two listeners, and Redis, whose connection may be made anew before the old one is gone
        const OWN: u64 = 8;
        u64::from(self.connections)
            + u64::from(eviction_queue::LEAVING)
            + REFUSALS as u64
            + COLLECTORS as u64
            + OWN
    }

    /// Most sessions that leave room for calls.
    fn most_sessions(&self) -> u32 {
        let for_calls = self.connections.div_ceil(32).min(1_024);
        self.sessions.min(self.connections - for_calls)
    }
}

/// Most connections that are refused with an answer at a time; more are closed without one.
pub(crate) const REFUSALS: usize = 64;
/// Most connections that may collect metrics at a time; more are closed.
pub(crate) const COLLECTORS: usize = 8;
