//! Where a desktop's session, a phone's calls and a ticket's exchange meet: in memory
//! of one node, or, for a fleet, in a Redis between them.
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

/// Where nodes, or the tasks of one node, meet. Every step is atomic: of several concurrent ones for
/// the same secret, one succeeds.
pub(crate) trait Backplane: Send + Sync {
    /// Whether sessions can begin here.
    fn is_up(&self) -> bool;

    /// A desktop has proven its key: phones may name its fingerprint once this is done. Until then
    /// the session says nothing ([`SessionHandle::defer_output`]).
    fn open(&self, handle: &Arc<SessionHandle>, session: &SessionId);

    /// A session is over. Removes everything that could still reach it.
    fn close(&self, left: Left);

    /// A phone has scanned: shows the desktop who it is. Replaces whoever scanned before, whose
    /// handshake token dies.
    fn scan<'a>(&'a self, fingerprint: &'a Fingerprint, user: &'a User)
    -> Step<'a, HandshakeToken>;

    /// Whether `token` is good for a verdict of this account, and the key of the desktop that it
    /// would be about (SPKI). Does not use the token up.
    fn may_decide<'a>(&'a self, account: u64, token: &'a HandshakeToken) -> Step<'a, Box<[u8]>>;

    /// The person approved: uses up the handshake token and sends the desktop a ticket for `sealed`.
    fn approve<'a>(
        &'a self,
        user: &'a User,
        token: &'a HandshakeToken,
        sealed: Box<[u8]>,
    ) -> Step<'a, ()>;

    /// The person declined: uses up the handshake token and tells the desktop.
    fn decline<'a>(&'a self, account: u64, token: &'a HandshakeToken) -> Step<'a, ()>;

    /// Uses up a ticket and returns the sealed token.
    fn redeem<'a>(&'a self, ticket: &'a Ticket) -> Step<'a, Box<[u8]>>;

    /// A question for a second factor to this account.
    fn ask(&self, account: u64) -> Step<'_, MfaTicket>;

    /// Counts an answer, before it is looked at: answers sent at once count as many.
    fn count<'a>(&'a self, account: u64, ticket: &'a MfaTicket) -> Step<'a, ()>;

    /// The answer was right: uses the ticket up.
    fn pass<'a>(&'a self, account: u64, ticket: &'a MfaTicket) -> Step<'a, MfaToken>;

    /// Whether this account has passed.
    fn has_passed<'a>(&'a self, account: u64, token: &'a MfaToken) -> Step<'a, bool>;

    /// Tickets that this node's desktops were sent and that are not redeemed anywhere yet.
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
