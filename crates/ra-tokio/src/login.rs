//! The desktop's driver on tokio: a login from nothing to the token.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use http::HeaderValue;
use ra_carrier::driver::LoginDriver;
use ra_core::Misuse;
use ra_core::desktop::login::{Event, LoginError, Outcome, Phase};
use ra_crypto::OsEntropy;
use ra_http::CaptchaSolution;

use crate::io::TaskIo;
use crate::{HttpCarrier, LoginOptions, StartError};

/// A login under way: opens sockets, makes keys, exchanges the ticket, and brings events for the person at the screen.
///
/// It acts only while it is polled, by [`Login::next_event`], as a [`Stream`], or by [`Login::outcome`]; heartbeats are
/// part of that. Opening what the gateway sealed takes up to a few milliseconds of the polling thread, a handful of
/// times a login. Dropping it ends the login and closes its connections.
///
/// ```no_run
/// use ra_core::desktop::login::{Event, Outcome};
/// use ra_tokio::{Keys, Login, LoginOptions};
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let mut login = Login::start(LoginOptions::new(Keys::new(ra_crypto::RustCrypto)))?;
/// while let Some(event) = login.next_event().await {
///     match event {
///         Event::Qr { url, .. } => println!("scan {url}"),
///         Event::User(user) => println!("{} is deciding", user.username),
///         _ => {}
///     }
/// }
/// if let Outcome::LoggedIn { token, .. } = login.outcome().await? {
///     // keep `token` where nobody else reads it
/// }
/// # Ok(())
/// # }
/// ```
pub struct Login {
    driver: LoginDriver,
    io: TaskIo,
}

impl Login {
    /// Starts a login. Nothing is sent before it is polled; then the first key is made while the connection opens.
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
        let io = TaskIo::new(network.clone(), carrier, Some(keys))?;
        let driver = LoginDriver::start(config, network.shared(), &mut OsEntropy, io.now())?;
        Ok(Self { driver, io })
    }

    /// Waits for the next event; returns `None` once the login has ended.
    ///
    /// # Cancel safety
    /// All state is in `self`: nothing is lost if the future is dropped, in the middle of a frame, a connection or a
    /// call included.
    ///
    /// ```
    /// use ra_tokio::Login;
    ///
    /// /// Until the login ends, or the person has had enough.
    /// async fn run(login: &mut Login, mut enough: tokio::sync::oneshot::Receiver<()>) {
    ///     loop {
    ///         tokio::select! {
    ///             event = login.next_event() => match event {
    ///                 Some(event) => println!("{event:?}"),
    ///                 None => return,
    ///             },
    ///             _ = &mut enough => drop(login.cancel()), // then `None`
    ///         }
    ///     }
    /// }
    /// ```
    pub async fn next_event(&mut self) -> Option<Event> {
        poll_fn(|cx| self.poll_event(cx)).await
    }

    /// Runs the login to its end, dropping events, and returns how it ended.
    ///
    /// # Errors
    /// [`LoginError`]: why it failed.
    ///
    /// # Cancel safety
    /// Dropping the future ends the login.
    pub async fn outcome(mut self) -> Result<Outcome, LoginError> {
        self.io.end(&mut self.driver).await
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
    /// use ra_tokio::Login;
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

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        self.io.poll_event(&mut self.driver, cx)
    }
}

impl Stream for Login {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        self.get_mut().poll_event(cx)
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("phase", &self.phase())
            .finish_non_exhaustive()
    }
}
