//! The backplane: connects a desktop's session, a phone's calls and a ticket's exchange (R-54,
//! One node keeps it in memory; a fleet shares a Redis.
//!
//! A session stays on the node that holds its socket; the other nodes need a way to it. Both
//! backplanes store digests of the secrets that were handed out, and tokens sealed to the desktop's
//! key.

mod memory;
#[cfg(feature = "redis")]
pub(crate) mod redis;

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use ra_core::MonoTime;
use ra_crypto::Backend;
use ra_proto::{Fingerprint, HandshakeToken, MfaTicket, MfaToken, Ticket, User};

use crate::base::clock::Clock;
use crate::config::{self, Config};
use crate::observe::metrics::Metrics;
use crate::observe::problem::Problem;
use crate::session::registry::{Left, Registry, SessionHandle, SessionId};

/// Answer of a step at the backplane. It comes in bounded time.
pub(crate) type Step<'a, T> = Pin<Box<dyn Future<Output = Result<T, Problem>> + Send + 'a>>;

/// Connects the nodes of a fleet, or the tasks of one node. Every step is atomic: of several
/// concurrent steps for the same secret, one succeeds.
pub(crate) trait Backplane: Send + Sync {
    /// Returns true if sessions can begin here.
    fn is_up(&self) -> bool;

    /// Registers a desktop that has proven its key. Once this is done, phones may name its
    /// fingerprint. Until then the session sends nothing ([`SessionHandle::defer_output`]).
    fn open(&self, handle: &Arc<SessionHandle>, session: &SessionId);

    /// Closes a session that is over. Removes everything that could still reach it.
    fn close(&self, left: Left);

    /// Records a scan: shows the user to the desktop. Replaces an earlier scan and revokes its
    /// handshake token.
    fn scan<'a>(&'a self, fingerprint: &'a Fingerprint, user: &'a User)
    -> Step<'a, HandshakeToken>;

    /// Checks that this account may decide with `token`. Returns the desktop's key (SPKI). Does not
    /// use the token up.
    fn may_decide<'a>(&'a self, account: u64, token: &'a HandshakeToken) -> Step<'a, Box<[u8]>>;

    /// Approves a login: uses up the handshake token and sends the desktop a ticket for `sealed`.
    fn approve<'a>(
        &'a self,
        user: &'a User,
        token: &'a HandshakeToken,
        sealed: Box<[u8]>,
    ) -> Step<'a, ()>;

    /// Declines a login: uses up the handshake token and tells the desktop.
    fn decline<'a>(&'a self, account: u64, token: &'a HandshakeToken) -> Step<'a, ()>;

    /// Uses up a ticket and returns the sealed token.
    fn redeem<'a>(&'a self, ticket: &'a Ticket) -> Step<'a, Box<[u8]>>;

    /// Opens a question for a second factor to this account.
    fn ask(&self, account: u64) -> Step<'_, MfaTicket>;

    /// Counts an answer before it is checked, so that answers sent at the same time all count.
    fn count<'a>(&'a self, account: u64, ticket: &'a MfaTicket) -> Step<'a, ()>;

    /// Accepts a right answer: uses the ticket up and returns an MFA token.
    fn pass<'a>(&'a self, account: u64, ticket: &'a MfaTicket) -> Step<'a, MfaToken>;

    /// Returns true if `token` shows that this account has passed the second factor.
    fn has_passed<'a>(&'a self, account: u64, token: &'a MfaToken) -> Step<'a, bool>;

    /// Number of tickets sent to this node's desktops and not redeemed anywhere yet.
    fn tickets(&self) -> u32;

    /// Expiry of the last of these [tickets](Self::tickets).
    fn last_ticket_until(&self) -> Option<MonoTime>;

    /// Resolves when tickets of this node's desktops were redeemed elsewhere since the last time.
    fn redeemed_elsewhere(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// Opens the backplane of the configuration.
pub(crate) async fn open(
    config: &Config,
    #[cfg_attr(not(feature = "redis"), allow(unused_variables))] backend: &Arc<dyn Backend>,
    registry: &Arc<Registry>,
    clock: Clock,
    #[cfg_attr(not(feature = "redis"), allow(unused_variables))] metrics: &Arc<Metrics>,
) -> io::Result<Arc<dyn Backplane>> {
    match &config.backplane {
        config::BackplaneConfig::Memory => {
            Ok(Arc::new(memory::Memory::new(config, registry, clock)))
        }
        #[cfg(feature = "redis")]
        config::BackplaneConfig::Redis(redis) => Ok(Arc::new(
            redis::Fleet::join(redis, config, backend, registry, clock, metrics).await?,
        )),
    }
}

/// The backplane in memory, whatever the configuration says.
#[cfg(test)]
pub(crate) fn memory(
    config: &Config,
    registry: &Arc<Registry>,
    clock: Clock,
) -> Arc<dyn Backplane> {
    Arc::new(memory::Memory::new(config, registry, clock))
}
