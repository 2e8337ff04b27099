//! The desktop's driver on threads: a login from nothing to the token.

use std::fmt;

use http::HeaderValue;
use ra_carrier::driver::{Io as _, LoginDriver};
use ra_core::Misuse;
use ra_core::desktop::login::{Event, LoginError, Outcome, Phase};
use ra_crypto::OsEntropy;
use ra_http::CaptchaSolution;

use crate::io::ThreadIo;
use crate::notifier::Canceller;
use crate::{HttpCarrier, LoginOptions, StartError};

/// A login under way: opens sockets, makes keys, exchanges the ticket, and brings events for the person at the screen.
///
/// It acts only while a thread is in [`Login::next_event`] (or goes through it as an [`Iterator`]) or in
/// [`Login::outcome`]; heartbeats are part of that. Dropping it ends the login and closes its connections.
///
/// ```no_run
/// use ra_blocking::{Keys, Login, LoginOptions};
/// use ra_core::desktop::login::{Event, Outcome};
///
/// # fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let mut login = Login::start(LoginOptions::new(Keys::new(ra_crypto::RustCrypto)))?;
/// for event in &mut login {
///     match event {
///         Event::Qr { url, .. } => println!("scan {url}"),
///         Event::User(user) => println!("{} is deciding", user.username),
///         _ => {}
///     }
/// }
/// if let Outcome::LoggedIn { token, .. } = login.outcome()? {
///     // keep `token` where nobody else reads it
/// }
/// # Ok(())
/// # }
/// ```
pub struct Login {
    driver: LoginDriver,
    io: ThreadIo,
}

impl Login {
    /// Starts a login. Nothing is sent before it is asked for events; then the first key is made while the connection
    /// opens.
    ///
    /// # Errors
    /// [`StartError`] if the login could not start. TLS is checked here, so that nobody is shown a code that cannot be
    /// used.
    pub fn start(options: LoginOptions) -> Result<Self, StartError> {
        let LoginOptions {
            config,
            keys,
            network,
        } = options;
        let mut carrier = HttpCarrier::new(network.clone());
        if let Ok(user_agent) = HeaderValue::try_from(&config.user_agent) {
            carrier = carrier.with_user_agent(user_agent);
        }
        let io = ThreadIo::new(network.clone(), carrier, Some(keys));
        let driver = LoginDriver::start(config, &network, &mut OsEntropy, io.now())?;
        Ok(Self { driver, io })
    }

    /// Waits for the next event; returns `None` once the login has ended.
    pub fn next_event(&mut self) -> Option<Event> {
        self.io.next_event(&mut self.driver)
    }

    /// Runs the login to its end, dropping events, and returns how it ended.
    ///
    /// # Errors
    /// [`LoginError`]: why it failed.
    pub fn outcome(mut self) -> Result<Outcome, LoginError> {
        self.io.end(&mut self.driver)
    }

    /// A handle that ends this login from another thread or from a signal handler.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        Canceller::new(self.io.notifier.clone())
    }

    /// Ends the login with [`Outcome::Cancelled`].
    ///
    /// # Errors
    /// [`Misuse::Ended`] after the end.
    pub fn cancel(&mut self) -> Result<(), Misuse> {
        self.driver.cancel(self.io.now())
    }

    /// Answers [`Event::Captcha`] with the solution of the person at the screen.
    ///
    /// # Errors
    /// [`Misuse::NoCaptcha`] when none is waiting.
    ///
    /// ```
    /// use ra_core::Misuse;
    /// use ra_core::desktop::login::Event;
    /// use ra_http::CaptchaSolution;
    /// use ra_blocking::Login;
    ///
    /// fn answer(login: &mut Login, event: &Event, typed: Option<String>) -> Result<(), Misuse> {
    ///     match (event, typed) {
    ///         (Event::Captcha(_), Some(solution)) => login.solve_captcha(CaptchaSolution::new(solution)),
    ///         (Event::Captcha(_), None) => login.give_up_captcha(),
    ///         _ => Ok(()),
    ///     }
    /// }
    /// ```
    pub fn solve_captcha(&mut self, solution: CaptchaSolution) -> Result<(), Misuse> {
        self.driver.solve_captcha(self.io.now(), solution)
    }

    /// Ends the login because nobody will answer the captcha.
    ///
    /// # Errors
    /// [`Misuse::NoCaptcha`] when none is waiting.
    pub fn give_up_captcha(&mut self) -> Result<(), Misuse> {
        self.driver.give_up_captcha(self.io.now())
    }

    /// Phase of the login.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.driver.phase()
    }
}

impl Iterator for Login {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        self.next_event()
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("phase", &self.phase())
            .finish_non_exhaustive()
    }
}
