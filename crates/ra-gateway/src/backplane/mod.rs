//! Where a desktop's session, a phone's calls and a ticket's exchange meet: in memory
//! of one node, or, for a fleet, in a Redis between them.
//!
//! A session stays on the node that holds its socket; what the others need is a way to it. Both
//! places keep digests of the secrets that were handed out, and tokens only sealed to the key of
//! the desktop that they are for.

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

/// What a step at the rendezvous answers with. It ends in bounded time, whatever the place is
/// built on.
pub(crate) type Step<'a, T> = Pin<Box<dyn Future<Output = Result<T, Problem>> + Send + 'a>>;

/// Where nodes, or the tasks of one node, meet. Every step is atomic: of several that want the
/// same thing at once, one gets it.
pub(crate) trait Backplane: Send + Sync {
    /// Whether sessions can begin here.
    fn is_up(&self) -> bool;

    /// A desktop has proven its key: phones may name its fingerprint once this is done. Until then
    /// the session says nothing ([`SessionHandle::defer_output`]).
    fn open(&self, handle: &Arc<SessionHandle>, session: &SessionId);

    /// A session is over. Takes everything along that could still have reached it.
    fn close(&self, left: Left);

    /// A phone has scanned: shows the desktop who it is. Replaces whoever scanned before, whose
    /// handshake token dies.
    fn scan<'a>(&'a self, fingerprint: &'a Fingerprint, user: &'a User)
    -> Step<'a, HandshakeToken>;

    /// Whether `token` is good for a verdict of this account, and the key of the desktop that it
    /// would be about (SPKI). Does not use the token up.
    fn may_decide<'a>(&'a self, account: u64, token: &'a HandshakeToken) -> Step<'a, Box<[u8]>>;

    /// The person said yes: uses the handshake token up and hands the desktop a ticket for
    /// `sealed`.
    fn approve<'a>(
        &'a self,
        user: &'a User,
        token: &'a HandshakeToken,
        sealed: Box<[u8]>,
    ) -> Step<'a, ()>;

    /// The person said no: uses the handshake token up and tells the desktop.
    fn decline<'a>(&'a self, account: u64, token: &'a HandshakeToken) -> Step<'a, ()>;

    /// Uses a ticket up: the sealed token.
    fn redeem<'a>(&'a self, ticket: &'a Ticket) -> Step<'a, Box<[u8]>>;

    /// A question for a second factor to this account.
    fn ask(&self, account: u64) -> Step<'_, MfaTicket>;

    /// Counts an answer, before it is looked at: answers sent at once count as many.
    fn count<'a>(&'a self, account: u64, ticket: &'a MfaTicket) -> Step<'a, ()>;

    /// The answer was right: uses the ticket up.
    fn pass<'a>(&'a self, account: u64, ticket: &'a MfaTicket) -> Step<'a, MfaToken>;

    /// Whether this account has passed.
    fn has_passed<'a>(&'a self, account: u64, token: &'a MfaToken) -> Step<'a, bool>;

    /// How many tickets are likely to be redeemed at this node: those that its desktops were handed
    /// and that are not redeemed anywhere.
    fn tickets(&self) -> u32;

    /// When the last ticket that is likely to be redeemed at this node will be void; `None` when there is none.
    fn last_ticket_until(&self) -> Option<MonoTime>;

    /// Resolves when tickets of this node's desktops were redeemed elsewhere since the last time.
    fn redeemed_elsewhere(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// Makes the rendezvous that the configuration asks for.
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

/// Memory of this node alone, whatever the configuration says.
#[cfg(test)]
pub(crate) fn memory(
    config: &Config,
    registry: &Arc<Registry>,
    clock: Clock,
) -> Arc<dyn Backplane> {
    Arc::new(memory::Memory::new(config, registry, clock))
}
