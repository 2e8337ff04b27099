//! The backplane in memory of one node.

mod second_factor;
#[cfg(test)]
mod tests;

use std::future::{Future, pending, ready};
use std::pin::Pin;
use std::sync::Arc;

use ra_core::MonoTime;
use ra_proto::{Fingerprint, HandshakeToken, MfaTicket, MfaToken, Ticket, User};

use super::{Backplane, Step};
use crate::base::clock::Clock;
use crate::base::entropy::EntropySource;
use crate::config::Config;
use crate::observe::problem::Problem;
use crate::session::registry::{Left, SessionId};
use crate::session::registry::{PendingDecision, Registry, SessionHandle};
use crate::session::ttl_map::{Digest, TtlMap, digest};
use second_factor::SecondFactor;

/// Handshake tokens, tickets and second factors of one node.
pub(super) struct Memory {
    clock: Clock,
    registry: Arc<Registry>,
    entropy: EntropySource,
    /// Handshake tokens, at most one for each session.
    handshakes: TtlMap<Handshake>,
    /// Sealed tokens.
    tickets: TtlMap<Box<[u8]>>,
    second_factor: SecondFactor,
}

/// The right to decide one session.
struct Handshake {
    handle: Arc<SessionHandle>,
    account: u64,
}

impl Memory {
    pub(super) fn new(config: &Config, registry: &Arc<Registry>, clock: Clock) -> Self {
        let capacity = usize::try_from(config.limits.sessions).unwrap_or(usize::MAX);
        Self {
            clock,
            registry: Arc::clone(registry),
            entropy: config.entropy.clone(),
            handshakes: TtlMap::new(capacity, config.lifetimes.handshake_token),
            tickets: TtlMap::new(capacity, config.lifetimes.ticket),
            second_factor: SecondFactor::new(config),
        }
    }

    fn scan_at(
        &self,
        now: MonoTime,
        fingerprint: &Fingerprint,
        user: &User,
    ) -> Result<HandshakeToken, Problem> {
        let handle = self
            .registry
            .find(&SessionId::of(fingerprint))
            .ok_or(Problem::UnknownSession)?;
        let token = HandshakeToken::new(self.entropy.secret()?);
        let key = digest(token.expose());
        // before the session has it, so that a session that ends takes it along
        let handshake = Handshake {
            handle: Arc::clone(&handle),
            account: user.id,
        };
        self.handshakes.insert(now, key, handshake)?;
        let replaced = handle.command(|guard| {
            let attached = guard.session.attach(now, user, guard.entropy);
            attached.map(|()| guard.pending.replace(Box::new(PendingDecision::new(key))))
        });
        match replaced {
            Ok(None) => {}
            Ok(Some(replaced)) => self.handshakes.remove(&replaced.handshake),
            Err(_) => {
                self.handshakes.remove(&key);
                return Err(Problem::UnknownSession);
            }
        }
        Ok(token)
    }

    fn may_decide_at(
        &self,
        now: MonoTime,
        account: u64,
        token: &HandshakeToken,
    ) -> Result<Box<[u8]>, Problem> {
        // treat another account's token like an unknown one
        self.handshakes
            .with(now, token.expose(), |handshake| {
                (handshake.account == account).then(|| Arc::clone(&handshake.handle))
            })
            .flatten()
            .and_then(|handle| handle.command(|guard| guard.session.public_key().map(Into::into)))
            .ok_or(Problem::UnknownSession)
    }

    fn approve_at(
        &self,
        now: MonoTime,
        user: &User,
        token: &HandshakeToken,
        sealed: Box<[u8]>,
    ) -> Result<(), Problem> {
        if !self.tickets.has_room(now) {
            return Err(Problem::BUSY);
        }
        let ticket = Ticket::new(self.entropy.token_shaped(user.id)?);
        let handle = self.spend(now, user.id, token)?;
        handle.command(|guard| {
            guard
                .spend(&digest(token.expose()))
                .ok_or(Problem::UnknownSession)?;
            let key = digest(ticket.expose());
            // before the desktop has it: it may be quick
            self.tickets.insert(now, key, sealed)?;
            guard.session.approve(now, &ticket).map_err(|_| {
                self.tickets.remove(&key);
                Problem::UnknownSession
            })
        })
    }

    fn decline_at(
        &self,
        now: MonoTime,
        account: u64,
        token: &HandshakeToken,
    ) -> Result<(), Problem> {
        let handle = self.spend(now, account, token)?;
        handle.command(|guard| {
            guard
                .spend(&digest(token.expose()))
                .ok_or(Problem::UnknownSession)?;
            guard
                .session
                .decline(now)
                .map_err(|_| Problem::UnknownSession)
        })
    }

    fn redeem_at(&self, now: MonoTime, ticket: &Ticket) -> Result<Box<[u8]>, Problem> {
        self.tickets
            .take_if(now, ticket.expose(), |_| true)
            .ok_or(Problem::UnknownTicket)
    }

    fn forget(&self, handshake: &Digest) {
        self.handshakes.remove(handshake);
    }

    fn last_ticket_at(&self, now: MonoTime) -> Option<MonoTime> {
        self.tickets.empty_at(now)
    }

    fn spend(
        &self,
        now: MonoTime,
        account: u64,
        token: &HandshakeToken,
    ) -> Result<Arc<SessionHandle>, Problem> {
        self.handshakes
            .take_if(now, token.expose(), |handshake| {
                handshake.account == account
            })
            .map(|handshake| handshake.handle)
            .ok_or(Problem::UnknownSession)
    }
}

/// Each step runs when its future is created; the future only holds the result.
impl Backplane for Memory {
    fn is_up(&self) -> bool {
        true
    }

    fn open(&self, _: &Arc<SessionHandle>, _: &SessionId) {}

    fn close(&self, left: Left) {
        if let Some(handshake) = left.handshake {
            self.forget(&handshake);
        }
    }

    fn scan<'a>(
        &'a self,
        fingerprint: &'a Fingerprint,
        user: &'a User,
    ) -> Step<'a, HandshakeToken> {
        done(self.scan_at(self.clock.now(), fingerprint, user))
    }

    fn may_decide<'a>(&'a self, account: u64, token: &'a HandshakeToken) -> Step<'a, Box<[u8]>> {
        done(self.may_decide_at(self.clock.now(), account, token))
    }

    fn approve<'a>(
        &'a self,
        user: &'a User,
        token: &'a HandshakeToken,
        sealed: Box<[u8]>,
    ) -> Step<'a, ()> {
        done(self.approve_at(self.clock.now(), user, token, sealed))
    }

    fn decline<'a>(&'a self, account: u64, token: &'a HandshakeToken) -> Step<'a, ()> {
        done(self.decline_at(self.clock.now(), account, token))
    }

    fn redeem<'a>(&'a self, ticket: &'a Ticket) -> Step<'a, Box<[u8]>> {
        done(self.redeem_at(self.clock.now(), ticket))
    }

    fn ask(&self, account: u64) -> Step<'_, MfaTicket> {
        done(self.second_factor.ask(self.clock.now(), account))
    }

    fn count<'a>(&'a self, account: u64, ticket: &'a MfaTicket) -> Step<'a, ()> {
        done(self.second_factor.count(self.clock.now(), account, ticket))
    }

    fn pass<'a>(&'a self, account: u64, ticket: &'a MfaTicket) -> Step<'a, MfaToken> {
        done(self.second_factor.pass(self.clock.now(), account, ticket))
    }

    fn has_passed<'a>(&'a self, account: u64, token: &'a MfaToken) -> Step<'a, bool> {
        let now = self.clock.now();
        done(Ok(self.second_factor.has_passed(now, account, token)))
    }

    fn tickets(&self) -> u32 {
        let tickets = self.tickets.count(self.clock.now());
        u32::try_from(tickets).unwrap_or(u32::MAX)
    }

    fn last_ticket_until(&self) -> Option<MonoTime> {
        self.last_ticket_at(self.clock.now())
    }

    fn redeemed_elsewhere(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(pending())
    }
}

fn done<'a, T: Send + 'a>(result: Result<T, Problem>) -> Step<'a, T> {
    Box::pin(ready(result))
}
