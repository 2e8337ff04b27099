//! The phone's driver: runs [`ra_core::mobile`] over HTTP.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use ra_carrier::trace;
use ra_core::Misuse;
use ra_core::mobile::{
    Config, Event, Input, MfaAnswer, MobileError, Outcome, Output, Phase, Session,
};
use ra_proto::Fingerprint;
use tokio::runtime::Handle;

use super::{Calls, Clock};
use crate::{Network, StartError};

/// An approval under way. The person decides: after [`Event::Confirm`], [`Approval::approve`] or [`Approval::decline`]
/// (R-44).
///
/// It acts only while it is polled, by [`Approval::next_event`], as a [`Stream`], or by [`Approval::outcome`]. Dropping
/// it approves nothing.
///
/// ```no_run
/// use ra_core::mobile::{Config, Event};
/// use ra_tokio::{Approval, Network};
/// # use ra_proto::{ScanUrl, Token};
/// # fn ask_person(_: &str) -> bool { false }
///
/// # async fn run(scanned: ScanUrl, token: Token) -> Result<(), Box<dyn std::error::Error>> {
/// let config = Config::new("https://discord.com/api/v9".parse()?, token);
/// let mut approval = Approval::start(config, scanned.fingerprint(), Network::default())?;
/// while let Some(event) = approval.next_event().await {
///     match event {
///         Event::Confirm { .. } if ask_person("log this device in?") => approval.approve()?,
///         _ => approval.decline()?, // also when a second factor is asked for
///     }
/// }
/// let outcome = approval.outcome().await?;
/// # Ok(())
/// # }
/// ```
pub struct Approval {
    machine: Session,
    clock: Clock,
    calls: Calls,
    span: trace::Span,
    end: Option<Result<Outcome, MobileError>>,
}

impl Approval {
    /// Starts the approval of what the phone has scanned. Nothing is sent before it is polled.
    ///
    /// # Errors
    /// [`StartError`] if it could not even begin.
    ///
    /// ```
    /// use ra_core::mobile::Config;
    /// use ra_proto::{ScanUrl, Token};
    /// use ra_tokio::{Approval, Network};
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
        Handle::try_current().map_err(|_| StartError::NoRuntime)?;
        if !config.api.is_plaintext() {
            network.check_tls().map_err(StartError::Tls)?;
        }
        let clock = Clock::new();
        let machine = Session::new(config, fingerprint, clock.now());
        Ok(Self {
            machine,
            clock,
            calls: Calls::new(network, None),
            span: trace::Span::approval(),
            end: None,
        })
    }

    /// The next event, or `None` once the approval has ended. With an event that asks for a decision pending, it waits
    /// for that decision.
    ///
    /// # Cancel safety
    /// All state is in `self`: nothing is lost if the future is dropped, in the middle of a call included.
    ///
    /// ```
    /// use ra_core::mobile::Event;
    /// use ra_tokio::Approval;
    ///
    /// /// Whether there is something to ask the person.
    /// async fn is_confirmed(approval: &mut Approval) -> bool {
    ///     matches!(approval.next_event().await, Some(Event::Confirm { .. }))
    /// }
    /// ```
    pub async fn next_event(&mut self) -> Option<Event> {
        poll_fn(|cx| self.poll_event(cx)).await
    }

    /// Runs the approval to its end, dropping events, and says how it ended. Without a decision that is
    /// [`MobileError::TooLate`].
    ///
    /// # Errors
    /// [`MobileError`]: why it failed.
    ///
    /// # Cancel safety
    /// Dropping the future ends the approval. What was sent by then stands.
    ///
    /// ```
    /// use ra_core::mobile::{MobileError, Outcome};
    /// use ra_tokio::Approval;
    ///
    /// async fn is_in(approval: Approval) -> Result<bool, MobileError> {
    ///     Ok(approval.outcome().await? == Outcome::Approved)
    /// }
    /// ```
    pub async fn outcome(mut self) -> Result<Outcome, MobileError> {
        loop {
            if let Some(end) = self.end.take() {
                return end;
            }
            self.next_event().await;
        }
    }

    /// Gives the approval up, with [`Outcome::Abandoned`]. What the person decided by then stands; to tell the device no,
    /// [`Approval::decline`].
    ///
    /// # Errors
    /// [`Misuse::Ended`] after the end.
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
    /// use ra_tokio::Approval;
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
    /// use ra_tokio::Approval;
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
    /// use ra_tokio::Approval;
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
    /// use ra_tokio::Approval;
    ///
    /// fn waits_for_the_person(approval: &Approval) -> bool {
    ///     matches!(approval.phase(), Phase::AwaitDecision | Phase::AwaitMfa)
    /// }
    /// ```
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.machine.phase()
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        let _inside = self.span.enter();
        loop {
            while let Some(output) = self.machine.poll_output() {
                match output {
                    Output::Call(call) => self.calls.start(call),
                    Output::Event(event) => {
                        trace::asked(&event);
                        return Poll::Ready(Some(event));
                    }
                    Output::End(end) => {
                        trace::approval_ended(&end);
                        self.end = Some(end);
                    }
                    _ => {}
                }
            }
            if self.machine.phase() == Phase::Ended {
                return Poll::Ready(None);
            }
            if self.clock.poll_due(cx, self.machine.deadline()).is_ready() {
                self.machine.handle(self.clock.now(), Input::Tick);
            } else if let Poll::Ready((id, reply)) = self.calls.poll(cx) {
                self.machine
                    .handle(self.clock.now(), Input::Reply(id, reply));
            } else {
                return Poll::Pending;
            }
        }
    }
}

impl Stream for Approval {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        self.get_mut().poll_event(cx)
    }
}

impl fmt::Debug for Approval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Approval")
            .field("phase", &self.phase())
            .finish_non_exhaustive()
    }
}
