//! Where a desktop's session, a phone's calls and a ticket's exchange meet, in memory of one node.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use ra_core::MonoTime;
use ra_proto::{Fingerprint, HandshakeToken, Ticket, User};

use crate::config::Config;
use crate::entropy::EntropySource;
use crate::problem::Problem;
use crate::registry::{Registry, Slot};
use crate::vault::{Digest, Full, Vault, digest};

/// Handshake tokens and tickets.
pub(crate) struct Rendezvous {
    entropy: EntropySource,
    /// Never more than there are sessions: each has one that counts.
    handshakes: Vault<Handshake>,
    tickets: Vault<Granted>,
}

/// The right to decide one session.
struct Handshake {
    slot: Arc<Slot>,
    account: u64,
}

/// What a ticket stands for: this user's token, sealed to this key and no other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Granted {
    pub(crate) user: User,
    pub(crate) public_key: Box<[u8]>,
}

impl Rendezvous {
    pub(crate) fn new(config: &Config) -> Self {
        let capacity = usize::try_from(config.limits.sessions).unwrap_or(usize::MAX);
        Self {
            entropy: config.entropy.clone(),
            handshakes: Vault::new(capacity, config.lifetimes.handshake_token),
            tickets: Vault::new(capacity, config.lifetimes.ticket),
        }
    }

    /// A phone has scanned: shows the desktop who it is. Replaces whoever scanned before, whose
    /// handshake token dies.
    pub(crate) fn scan(
        &self,
        now: MonoTime,
        registry: &Registry,
        fingerprint: &Fingerprint,
        user: &User,
    ) -> Result<HandshakeToken, Problem> {
        let slot = registry.find(fingerprint).ok_or(Problem::UnknownSession)?;
        let token = HandshakeToken::new(self.entropy.secret()?);
        let key = digest(token.expose());
        // before the session has it, so that a session that ends takes it along
        let handshake = Handshake {
            slot: Arc::clone(&slot),
            account: user.id,
        };
        self.handshakes
            .insert(now, key, handshake)
            .map_err(|Full| Problem::BUSY)?;
        let replaced = slot.command(|hold| {
            let attached = hold.session.attach(now, user, hold.entropy);
            attached.map(|()| hold.handshake.replace(key))
        });
        match replaced {
            Ok(None) => {}
            Ok(Some(replaced)) => self.handshakes.remove(&replaced),
            Err(_) => {
                self.handshakes.remove(&key);
                return Err(Problem::UnknownSession);
            }
        }
        Ok(token)
    }

    /// Whether `token` is good for a verdict of this account. Does not use it up.
    pub(crate) fn may_decide(
        &self,
        now: MonoTime,
        account: u64,
        token: &HandshakeToken,
    ) -> Result<(), Problem> {
        match self.handshakes.with(now, token.expose(), |handshake| {
            handshake.account == account
        }) {
            Some(true) => Ok(()),
            // another account's token is as unknown as one that never was
            Some(false) | None => Err(Problem::UnknownSession),
        }
    }

    /// The person said yes: uses the handshake token up and hands the desktop a ticket.
    pub(crate) fn approve(
        &self,
        now: MonoTime,
        user: &User,
        token: &HandshakeToken,
    ) -> Result<(), Problem> {
        if !self.tickets.has_room(now) {
            return Err(Problem::BUSY);
        }
        let ticket = Ticket::new(self.entropy.token_shaped(user.id)?);
        let slot = self.spend(now, user.id, token)?;
        slot.command(|hold| {
            if hold.handshake.take() != Some(digest(token.expose())) {
                return Err(Problem::UnknownSession);
            }
            let public_key = hold
                .session
                .public_key()
                .ok_or(Problem::UnknownSession)?
                .into();
            let granted = Granted {
                user: user.clone(),
                public_key,
            };
            let key = digest(ticket.expose());
            // before the desktop has it: it may be quick
            self.tickets
                .insert(now, key, granted)
                .map_err(|Full| Problem::BUSY)?;
            hold.session.approve(now, &ticket).map_err(|_| {
                self.tickets.remove(&key);
                Problem::UnknownSession
            })
        })
    }

    /// The person said no: uses the handshake token up and tells the desktop.
    pub(crate) fn decline(
        &self,
        now: MonoTime,
        account: u64,
        token: &HandshakeToken,
    ) -> Result<(), Problem> {
        let slot = self.spend(now, account, token)?;
        slot.command(|hold| {
            if hold.handshake.take() != Some(digest(token.expose())) {
                return Err(Problem::UnknownSession);
            }
            hold.session
                .decline(now)
                .map_err(|_| Problem::UnknownSession)
        })
    }

    /// Uses a ticket up.
    pub(crate) fn redeem(&self, now: MonoTime, ticket: &Ticket) -> Result<Granted, Problem> {
        self.tickets
            .take_if(now, ticket.expose(), |_| true)
            .ok_or(Problem::UnknownTicket)
    }

    /// A session has gone and its handshake token with it.
    pub(crate) fn forget(&self, handshake: &Digest) {
        self.handshakes.remove(handshake);
    }

    /// When the last ticket will be void; `None` when there is none.
    pub(crate) fn last_ticket_until(&self, now: MonoTime) -> Option<MonoTime> {
        self.tickets.empty_at(now)
    }

    fn spend(
        &self,
        now: MonoTime,
        account: u64,
        token: &HandshakeToken,
    ) -> Result<Arc<Slot>, Problem> {
        self.handshakes
            .take_if(now, token.expose(), |handshake| {
                handshake.account == account
            })
            .map(|handshake| handshake.slot)
            .ok_or(Problem::UnknownSession)
    }
}
