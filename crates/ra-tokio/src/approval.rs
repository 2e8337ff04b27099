//! The phone's driver on tokio: an approval from the scanned code to the person's decision.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use ra_carrier::driver::ApprovalDriver;
use ra_core::Misuse;
use ra_core::mobile::{Config, Event, MfaAnswer, MobileError, Outcome, Phase};
use ra_proto::Fingerprint;

use crate::io::TaskIo;
use crate::{HttpCarrier, Network, StartError};

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
    driver: ApprovalDriver,
    io: TaskIo,
}

impl Approval {
    /// Starts the approval of what the phone has scanned. Nothing is sent before it is polled.
    ///
    /// # Errors
    /// [`StartError`] if the approval could not start.
    pub fn start(
        config: Config,
        fingerprint: Fingerprint,
        network: Network,
    ) -> Result<Self, StartError> {
        let io = TaskIo::new(network.clone(), HttpCarrier::new(network.clone()), None)?;
        let driver = ApprovalDriver::start(config, fingerprint, network.shared(), io.now())?;
        Ok(Self { driver, io })
    }

    /// Waits for the next event; returns `None` once the approval has ended. After an event that asks for a decision,
    /// it waits for that decision.
    ///
    /// # Cancel safety
    /// All state is in `self`: nothing is lost if the future is dropped, in the middle of a call included.
    pub async fn next_event(&mut self) -> Option<Event> {
        poll_fn(|cx| self.poll_event(cx)).await
    }

    /// Runs the approval to its end, dropping events, and returns how it ended. Without a decision that is
    /// [`MobileError::TooLate`].
    ///
    /// # Errors
    /// [`MobileError`]: why it failed.
    ///
    /// # Cancel safety
    /// Dropping the future ends the approval. What was sent by then stands.
    pub async fn outcome(mut self) -> Result<Outcome, MobileError> {
        self.io.end(&mut self.driver).await
    }

    /// Gives the approval up, with [`Outcome::Abandoned`]. What the person decided by then stands; to tell the device
    /// no, [`Approval::decline`].
    ///
    /// # Errors
    /// [`Misuse::Ended`] after the end.
    pub fn abandon(&mut self) -> Result<(), Misuse> {
        self.driver.abandon(self.io.now())
    }

    /// The person says yes.
    ///
    /// # Errors
    /// [`Misuse::NothingToDecide`] before [`Event::Confirm`] and after a decision.
    pub fn approve(&mut self) -> Result<(), Misuse> {
        self.driver.approve(self.io.now())
    }

    /// The person says no, before or instead of answering the second factor.
    ///
    /// # Errors
    /// [`Misuse::NothingToDecide`] before [`Event::Confirm`] and after a decision.
    pub fn decline(&mut self) -> Result<(), Misuse> {
        self.driver.decline(self.io.now())
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
        self.driver.answer_mfa(self.io.now(), answer)
    }

    /// Phase of the approval.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.driver.phase()
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        self.io.poll_event(&mut self.driver, cx)
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
