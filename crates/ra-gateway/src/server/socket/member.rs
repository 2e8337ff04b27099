//! A socket's place among the others: its machine, its fingerprint, its handshake token.

use std::sync::Arc;
use std::task::Waker;

use ra_core::MonoTime;
use ra_core::gateway::{Input, Outcome, Output, Session, SessionError};
use ra_proto::CloseCode;

use crate::observe::log::Event;
use crate::observe::reason::{SessionEnd, SessionPhase};
use crate::session::registry::SessionHandle;
use crate::session::registry::SessionId;
use crate::shared::{Shared, Stage};

/// A session's place in the registry. Leaving it takes everything along that could still reach it.
pub(super) struct Member {
    shared: Arc<Shared>,
    handle: Arc<SessionHandle>,
    session: Option<SessionId>,
    since: MonoTime,
    /// Others need its place.
    is_shed: bool,
    has_ended: bool,
}

impl Member {
    /// A socket has opened.
    pub(super) fn enter(shared: &Arc<Shared>) -> Self {
        let since = shared.clock.now();
        let session = Session::new(
            Arc::clone(&shared.session_config),
            Arc::clone(&shared.backend),
            since,
        );
        let handle = shared.registry.enter(session, shared.config.entropy.open());
        let mut member = Self {
            shared: Arc::clone(shared),
            handle,
            session: None,
            since,
            is_shed: false,
            has_ended: false,
        };
        let session = member.handle.id();
        shared.metrics.log.emit(Event::SessionBegan { session });
        // all sessions may have been closed while this one was on its way in
        if shared.stage() == Stage::Closing {
            member.shut_down(CloseCode::GOING_AWAY);
        }
        member
    }

    pub(super) fn handle(&mut self, input: Input<'_>) {
        self.handle.handle(self.shared.clock.now(), input);
        // found before the frame that names it is written: a phone can be quick
        if self.session.is_none()
            && let Some(fingerprint) = self.handle.fingerprint()
        {
            let session = SessionId::of(&fingerprint);
            self.session = Some(session);
            if let Some(older) = self.shared.registry.ready(session, &self.handle) {
                let now = self.shared.clock.now();
                older.command(|guard| guard.session.shut_down(now, CloseCode::SESSION_TIMED_OUT));
            }
            let after = self.shared.clock.now().saturating_since(self.since);
            self.shared.metrics.proven(after);
            self.shared.backplane.open(&self.handle, &session);
        }
    }

    pub(super) fn is_proven(&self) -> bool {
        self.session.is_some()
    }

    pub(super) fn shut_down(&mut self, code: CloseCode) {
        let now = self.shared.clock.now();
        self.handle
            .command(|guard| guard.session.shut_down(now, code));
    }

    /// Closes it for others that need its place.
    pub(super) fn shed(&mut self) {
        self.is_shed = true;
        self.shut_down(CloseCode::GOING_AWAY);
    }

    pub(super) fn poll_output(&mut self, waker: &Waker) -> Option<Output> {
        let output = self.handle.poll_output(waker);
        if let Some(Output::End(end)) = &output {
            self.ended(end);
        }
        output
    }

    fn ended(&mut self, end: &Result<Outcome, SessionError>) {
        self.has_ended = true;
        let was_decided = matches!(end, Ok(Outcome::Approved | Outcome::Declined));
        let phase = match self.session {
            None => SessionPhase::Handshake,
            Some(_) if was_decided || self.handle.is_scanned() => SessionPhase::Scanned,
            Some(_) => SessionPhase::Waiting,
        };
        let outcome = match end {
            Ok(Outcome::ShutDown | Outcome::Left(_)) if self.is_shed => SessionEnd::Shed,
            end => end.into(),
        };
        let metrics = &self.shared.metrics;
        metrics.session_ended(outcome);
        metrics.log.emit(Event::SessionEnded {
            session: self.handle.id(),
            phase,
            outcome,
            after: self.shared.clock.now().saturating_since(self.since),
        });
    }

    pub(super) fn deadline(&self) -> Option<MonoTime> {
        self.handle.deadline().map(|deadline| deadline.at)
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        if !self.has_ended {
            // what it had to say at last found nobody
            self.ended(&Ok(Outcome::Left(None)));
        }
        let left = self.shared.registry.leave(&self.handle, self.session);
        self.shared.backplane.close(left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;
    use crate::accounts::NoAccounts;

    #[test]
    fn a_session_on_its_way_in_when_all_are_closed_is_closed_too() {
        let backend = Arc::new(ra_testkit::Fake);
        let shared = Arc::new(Shared::alone(
            Config::default(),
            Arc::new(NoAccounts),
            backend,
        ));
        shared.advance(Stage::Draining);
        assert!(Member::enter(&shared).deadline().is_some());
        shared.advance(Stage::Closing);
        let mut late = Member::enter(&shared);
        assert_eq!(late.deadline(), None);
        let mut outputs = std::iter::from_fn(|| late.poll_output(Waker::noop()));
        assert!(outputs.any(|output| output == Output::Close(CloseCode::GOING_AWAY)));
    }
}
