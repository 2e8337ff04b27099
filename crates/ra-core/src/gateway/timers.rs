//! The three clocks of a gateway session: handshake, heartbeat, expiry.

use super::config::Config;
use super::error::SessionError;
use crate::{Deadline, MonoTime, Wake};

#[derive(Debug)]
pub(super) struct Timers {
    /// Until when a valid proof must come; `None` once it came.
    handshake: Option<MonoTime>,
    heartbeat: MonoTime,
    expiry: MonoTime,
}

impl Timers {
    pub(super) fn start(config: &Config, now: MonoTime) -> Self {
        Self {
            handshake: Some(now.saturating_add(config.handshake_within).ahead_of(now)),
            heartbeat: heartbeat_by(config, now),
            expiry: now.saturating_add(config.timeout).ahead_of(now),
        }
    }

    /// The proof is right: the handshake's clock stops.
    pub(super) fn handshake_done(&mut self) {
        self.handshake = None;
    }

    /// A heartbeat came: the next is due an interval from now.
    pub(super) fn heartbeat(&mut self, config: &Config, now: MonoTime) {
        self.heartbeat = heartbeat_by(config, now);
    }

    pub(super) fn next(&self) -> Deadline {
        let heartbeat = Deadline::new(self.heartbeat, Wake::Heartbeat);
        let expiry = Deadline::new(self.expiry, Wake::Expiry);
        let first = if expiry.at <= heartbeat.at {
            expiry
        } else {
            heartbeat
        };
        match self.handshake {
            Some(at) if at < first.at => Deadline::new(at, Wake::Handshake),
            _ => first,
        }
    }

    /// The earliest deadline that has passed at `now`, as its error.
    pub(super) fn due(&self, now: MonoTime) -> Option<SessionError> {
        let next = self.next();
        (next.at <= now).then_some(match next.wake {
            Wake::Handshake => SessionError::HandshakeTimedOut,
            Wake::Expiry => SessionError::Expired,
            _ => SessionError::HeartbeatMissed,
        })
    }
}

fn heartbeat_by(config: &Config, now: MonoTime) -> MonoTime {
    now.saturating_add(config.heartbeat_interval)
        .saturating_add(config.heartbeat_grace)
        .ahead_of(now)
}
