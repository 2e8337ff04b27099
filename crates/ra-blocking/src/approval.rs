//! The phone's driver on threads: an approval from the scanned code to the person's decision.

use std::fmt;

use ra_carrier::driver::{ApprovalDriver, Io as _};
use ra_core::Misuse;
use ra_core::mobile::{Config, Event, MfaAnswer, MobileError, Outcome, Phase};
use ra_proto::Fingerprint;

use crate::io::ThreadIo;
use crate::notifier::Canceller;
use crate::{HttpCarrier, Network, StartError};

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
    driver: ApprovalDriver,
    io: ThreadIo,
}

impl Approval {
    /// Starts the approval of what the phone has scanned. Nothing is sent before it is asked for events.
    ///
    /// # Errors
    /// [`StartError`] if the approval could not start.
    pub fn start(
        config: Config,
        fingerprint: Fingerprint,
        network: Network,
    ) -> Result<Self, StartError> {
        let io = ThreadIo::new(network.clone(), HttpCarrier::new(network.clone()), None);
        let driver = ApprovalDriver::start(config, fingerprint, &network, io.now())?;
        Ok(Self { driver, io })
    }

    /// Waits for the next event; returns `None` once the approval has ended. After an event that asks for a decision,
    /// decide first: otherwise this waits until it is too late for the decision.
    pub fn next_event(&mut self) -> Option<Event> {
        self.io.next_event(&mut self.driver)
    }

    /// Runs the approval to its end, dropping events, and returns how it ended. Without a decision that is
    /// [`MobileError::TooLate`].
    ///
    /// # Errors
    /// [`MobileError`]: why it failed.
    pub fn outcome(mut self) -> Result<Outcome, MobileError> {
        self.io.end(&mut self.driver)
    }

    /// A handle that gives this approval up from another thread or from a signal handler.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        Canceller::new(self.io.notifier.clone())
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
    /// use ra_blocking::Approval;
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
