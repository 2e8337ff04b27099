//! The phone's driver: runs [`ra_core::mobile`] over HTTP.

use std::fmt;

use ra_carrier::{Clock, trace};
use ra_core::Misuse;
use ra_core::mobile::{
    Config, Event, Input, MfaAnswer, MobileError, Outcome, Output, Phase, Session,
};
use ra_proto::Fingerprint;

use super::Calls;
use crate::bell::{Bell, Canceller};
use crate::{Network, StartError};

/// An approval under way. The person decides: after [`Event::Confirm`], [`Approval::approve`] or [`Approval::decline`]
/// (R-44).
///
/// It acts only while a thread is in [`Approval::next_event`] (or goes through it as an [`Iterator`]) or in
/// [`Approval::outcome`]. Dropping it approves nothing.
///
/// ```no_run
/// use ra_blocking::{Approval, Network};
/// use ra_core::mobile::{Config, Event};
/// # use ra_proto::{ScanUrl, Token};
/// # fn ask_person(_: &str) -> bool { false }
///
/// # fn run(scanned: ScanUrl, token: Token) -> Result<(), Box<dyn std::error::Error>> {
/// let config = Config::new("https://discord.com/api/v9".parse()?, token);
/// let mut approval = Approval::start(config, scanned.fingerprint(), Network::default())?;
/// while let Some(event) = approval.next_event() {
///     match event {
///         Event::Confirm { .. } if ask_person("log this device in?") => approval.approve()?,
///         _ => approval.decline()?, // also when a second factor is asked for
///     }
/// }
/// let outcome = approval.outcome()?;
/// # Ok(())
/// # }
/// ```
pub struct Approval {
    machine: Session,
    clock: Clock,
    bell: Bell,
    calls: Calls,
    span: trace::Span,
    end: Option<Result<Outcome, MobileError>>,
}

impl Approval {
    /// Starts the approval of what the phone has scanned. Nothing is sent before it is asked for events.
    ///
    /// # Errors
    /// [`StartError`] if it could not even begin.
    ///
    /// ```
    /// use ra_core::mobile::Config;
    /// use ra_proto::{ScanUrl, Token};
    /// use ra_blocking::{Approval, Network};
    ///
    /// fn scanned(url: &ScanUrl, account: Token) -> Result<Approval, Box<dyn std::error::Error>> {
    ///     let config = Config::new("https://discord.com/api/v9".parse()?, account);
    ///     Ok(Approval::start(config, url.fingerprint(), Network::default())?)
    /// }
    /// ```
    pub fn start(
        config: Config,
        fingerprint: Fingerprint,
        network: Network,
    ) -> Result<Self, StartError> {
        if !config.api.is_plaintext() {
            network.check_tls().map_err(StartError::Tls)?;
        }
        let clock = Clock::start();
        let machine = Session::new(config, fingerprint, clock.now());
        Ok(Self {
            machine,
            clock,
            bell: Bell::default(),
            calls: Calls::new(network, None),
            span: trace::Span::approval(),
            end: None,
        })
    }

    /// Waits for the next event; `None` once the approval has ended. With an event that asks for a decision pending, it
    /// waits until it is too late for that decision: decide first, then ask again.
    ///
    /// ```
    /// use ra_core::mobile::Event;
    /// use ra_blocking::Approval;
    ///
    /// /// Whether there is something to ask the person.
    /// fn is_confirmed(approval: &mut Approval) -> bool {
    ///     matches!(approval.next_event(), Some(Event::Confirm { .. }))
    /// }
    /// ```
    pub fn next_event(&mut self) -> Option<Event> {
        let _inside = self.span.enter();
        loop {
            while let Some(output) = self.machine.poll_output() {
                match output {
                    Output::Call(call) => self.calls.start(call, &self.bell),
                    Output::Event(event) => {
                        trace::asked(&event);
                        return Some(event);
                    }
                    Output::End(end) => {
                        trace::approval_ended(&end);
                        self.calls.stop();
                        self.end = Some(end);
                    }
                    _ => {}
                }
            }
            if self.machine.phase() == Phase::Ended {
                return None;
            }
            let now = self.clock.now();
            if self.bell.is_cancelled() {
                // not misuse: the approval has not ended
                let _ = self.machine.abandon(now);
            } else if self.clock.is_due(self.machine.deadline()) {
                self.machine.handle(now, Input::Tick);
            } else if let Some((id, reply)) = self.calls.poll() {
                self.machine.handle(now, Input::Reply(id, reply));
            } else {
                self.bell.wait(self.clock.instant(self.machine.deadline()));
            }
        }
    }

    /// Runs the approval to its end, dropping events, and says how it ended. Without a decision that is
    /// [`MobileError::TooLate`].
    ///
    /// # Errors
    /// [`MobileError`]: why it failed.
    ///
    /// ```
    /// use ra_core::mobile::{MobileError, Outcome};
    /// use ra_blocking::Approval;
    ///
    /// fn is_in(approval: Approval) -> Result<bool, MobileError> {
    ///     Ok(approval.outcome()? == Outcome::Approved)
    /// }
    /// ```
    pub fn outcome(mut self) -> Result<Outcome, MobileError> {
        loop {
            if let Some(end) = self.end.take() {
                return end;
            }
            self.next_event();
        }
    }

    /// What gives this approval up from another thread, or from a handler of signals.
    ///
    /// ```
    /// use ra_blocking::{Approval, Canceller};
    ///
    /// /// To keep where a button of the window finds it.
    /// fn button(approval: &Approval) -> Canceller {
    ///     approval.canceller()
    /// }
    /// ```
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        Canceller::new(self.bell.clone())
    }

    /// Gives the approval up, with [`Outcome::Abandoned`]. What the person decided by then stands; to tell the device no,
    /// [`Approval::decline`].
    ///
    /// # Errors
    /// [`Misuse::Ended`] after the end.
    ///
    /// ```
    /// use ra_blocking::Approval;
    ///
    /// /// The person has put the phone away: neither yes nor no.
    /// fn away(approval: &mut Approval) {
    ///     let _ = approval.abandon(); // refused only if it is over anyway
    /// }
    /// ```
    pub fn abandon(&mut self) -> Result<(), Misuse> {
        self.machine.abandon(self.clock.now())?;
        let _inside = self.span.enter();
        trace::step("given up here");
        Ok(())
    }

    /// The person says yes.
    ///
    /// # Errors
    /// [`Misuse::NothingToDecide`] before [`Event::Confirm`] and after a decision.
    ///
    /// ```
    /// use ra_core::Misuse;
    /// use ra_blocking::Approval;
    ///
    /// /// After `Event::Confirm`.
    /// fn decided(approval: &mut Approval, yes: bool) -> Result<(), Misuse> {
    ///     if yes { approval.approve() } else { approval.decline() }
    /// }
    /// ```
    pub fn approve(&mut self) -> Result<(), Misuse> {
        self.machine.approve(self.clock.now())?;
        let _inside = self.span.enter();
        trace::step("approved by the person");
        Ok(())
    }

    /// The person says no, before or instead of answering the second factor.
    ///
    /// # Errors
    /// [`Misuse::NothingToDecide`] before [`Event::Confirm`] and after a decision.
    ///
    /// ```
    /// use ra_blocking::Approval;
    ///
    /// /// The person has closed the dialog: that is no yes.
    /// fn closed(approval: &mut Approval) {
    ///     let _ = approval.decline(); // refused only if there is nothing to decide
    /// }
    /// ```
    pub fn decline(&mut self) -> Result<(), Misuse> {
        self.machine.decline(self.clock.now())?;
        let _inside = self.span.enter();
        trace::step("declined by the person");
        Ok(())
    }

    /// The person answers the second factor.
    ///
    /// # Errors
    /// [`Misuse::NoMfa`] when none is asked for.
    ///
    /// ```
    /// use ra_core::Misuse;
    /// use ra_core::mobile::MfaAnswer;
    /// use ra_proto::MfaAnswerText;
    /// use ra_proto::rest::MfaMethod;
    /// use ra_blocking::Approval;
    ///
    /// /// After `Event::MfaRequired`.
    /// fn typed(approval: &mut Approval, code: String) -> Result<(), Misuse> {
    ///     approval.answer_mfa(MfaAnswer::new(MfaMethod::Totp, MfaAnswerText::new(code)))
    /// }
    /// ```
    pub fn answer_mfa(&mut self, answer: MfaAnswer) -> Result<(), Misuse> {
        self.machine.answer_mfa(self.clock.now(), answer)?;
        let _inside = self.span.enter();
        trace::step("the second factor was given");
        Ok(())
    }

    /// How far the approval is.
    ///
    /// ```
    /// use ra_core::mobile::Phase;
    /// use ra_blocking::Approval;
    ///
    /// fn waits_for_the_person(approval: &Approval) -> bool {
    ///     matches!(approval.phase(), Phase::AwaitDecision | Phase::AwaitMfa)
    /// }
    /// ```
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.machine.phase()
    }
}

impl Iterator for Approval {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        self.next_event()
    }
}

impl fmt::Debug for Approval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Approval")
            .field("phase", &self.phase())
            .finish_non_exhaustive()
    }
}
