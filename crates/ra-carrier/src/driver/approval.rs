//! The phone's driver: runs [`ra_core::mobile`].

use ra_core::mobile::{
    Config, Event, Input, MfaAnswer, MobileError, Outcome, Output, Phase, Session,
};
use ra_core::{Deadline, Misuse, MonoTime};
use ra_proto::Fingerprint;

use super::{Driver, Io, Step, trace};
use crate::{Network, StartError};

/// Drives one approval.
pub struct ApprovalDriver {
    machine: Session,
    span: trace::Span,
    end: Option<Result<Outcome, MobileError>>,
}

impl ApprovalDriver {
    /// Starts the approval of `fingerprint`. Its clock says `now`.
    ///
    /// # Errors
    /// [`StartError::Tls`] if the API needs TLS and `network` has no usable configuration.
    pub fn start(
        config: Config,
        fingerprint: Fingerprint,
        network: &Network,
        now: MonoTime,
    ) -> Result<Self, StartError> {
        if !config.api.is_plaintext() {
            network.check_tls().map_err(StartError::Tls)?;
        }
        Ok(Self {
            machine: Session::new(config, fingerprint, now),
            span: trace::Span::approval(),
            end: None,
        })
    }

    /// Ends the approval with [`Outcome::Abandoned`].
    ///
    /// # Errors
    /// [`Misuse::Ended`] after the end.
    pub fn abandon(&mut self, now: MonoTime) -> Result<(), Misuse> {
        self.machine.abandon(now)?;
        self.span.step("given up here");
        Ok(())
    }

    /// The person says yes.
    ///
    /// # Errors
    /// [`Misuse::NothingToDecide`] before [`Event::Confirm`] and after a decision.
    pub fn approve(&mut self, now: MonoTime) -> Result<(), Misuse> {
        self.machine.approve(now)?;
        self.span.step("approved by the person");
        Ok(())
    }

    /// The person says no.
    ///
    /// # Errors
    /// [`Misuse::NothingToDecide`] before [`Event::Confirm`] and after a decision.
    pub fn decline(&mut self, now: MonoTime) -> Result<(), Misuse> {
        self.machine.decline(now)?;
        self.span.step("declined by the person");
        Ok(())
    }

    /// The person answers the second factor.
    ///
    /// # Errors
    /// [`Misuse::NoMfa`] when none is asked for.
    pub fn answer_mfa(&mut self, now: MonoTime, answer: MfaAnswer) -> Result<(), Misuse> {
        self.machine.answer_mfa(now, answer)?;
        self.span.step("the second factor was given");
        Ok(())
    }

    /// Phase of the approval.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.machine.phase()
    }
}

impl Driver for ApprovalDriver {
    type Event = Event;
    type End = Result<Outcome, MobileError>;

    /// Carries out all outputs, then takes one input: the cancellation, the clock or the reply, in this order.
    fn poll(&mut self, io: &mut impl Io) -> Step<Event> {
        let _entered = self.span.enter();
        loop {
            while let Some(output) = self.machine.poll_output() {
                match output {
                    Output::Call(call) => {
                        trace::call(&call);
                        io.start_call(call);
                    }
                    Output::Event(event) => {
                        trace::asked(&event);
                        return Step::Event(event);
                    }
                    Output::End(end) => {
                        trace::approval_ended(&end);
                        io.stop();
                        self.end = Some(end);
                    }
                    _ => {}
                }
            }
            if self.machine.phase() == Phase::Ended {
                return Step::Ended;
            }
            if io.is_cancelled() {
                trace::step("given up here");
                let _ = self.machine.abandon(io.now()); // no misuse: the approval has not ended
            } else if io.is_due(self.machine.deadline()) {
                self.machine.handle(io.now(), Input::Tick);
            } else if let Some((id, reply)) = io.poll_reply() {
                trace::reply(&reply);
                self.machine.handle(io.now(), Input::Reply(id, reply));
            } else {
                return Step::Wait;
            }
        }
    }

    fn deadline(&self) -> Option<Deadline> {
        self.machine.deadline()
    }

    fn take_end(&mut self) -> Option<Self::End> {
        self.end.take()
    }
}
