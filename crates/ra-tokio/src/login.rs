//! The desktop's driver: runs [`ra_core::desktop::login`] over real sockets.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use http::HeaderValue;
use ra_carrier::trace;
use ra_core::desktop::login::{Event, Input, Login as Machine, LoginError, Outcome, Output, Phase};
use ra_core::desktop::session;
use ra_core::{Jitter, Misuse};
use ra_crypto::{Entropy as _, OsEntropy};
use ra_http::CaptchaSolution;
use tokio::runtime::Handle;

use super::socket::{Heard, Socket};
use super::{Calls, Clock};
use crate::keys::Key;
use crate::{Keys, LoginOptions, Network, Received, StartError};

/// How many messages are taken in a row before others get their turn: one read may bring many, and opening what one
/// holds may cost milliseconds.
const HEARD_MOST: u32 = 16;

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
    machine: Machine,
    clock: Clock,
    network: Network,
    keys: Keys,
    key: Option<Pin<Box<dyn Future<Output = Key> + Send>>>,
    socket: Socket,
    /// Messages taken since the last pause.
    heard: u32,
    calls: Calls,
    span: trace::Span,
    end: Option<Result<Outcome, LoginError>>,
}

impl Login {
    /// Starts a login. Nothing is sent before it is polled; the first key begins to be made then, while the connection
    /// opens.
    ///
    /// # Errors
    /// [`StartError`] if it could not even begin. TLS is checked here, so that nobody is shown a code that could not be
    /// used.
    ///
    /// ```
    /// use ra_crypto::RustCrypto;
    /// use ra_tokio::{Keys, Login, LoginOptions, StartError};
    ///
    /// async fn begin() -> Result<Login, StartError> {
    ///     Login::start(LoginOptions::new(Keys::new(RustCrypto)))
    /// }
    /// ```
    pub fn start(options: LoginOptions) -> Result<Self, StartError> {
        Handle::try_current().map_err(|_| StartError::NoRuntime)?;
        let LoginOptions {
            config,
            keys,
            network,
        } = options;
        if !(config.gateway.is_plaintext() && config.api.is_plaintext()) {
            network.check_tls().map_err(StartError::Tls)?;
        }
        let mut seed = [0; 8];
        OsEntropy.fill(&mut seed).map_err(|_| StartError::Entropy)?;
        let clock = Clock::new();
        let calls = Calls::new(
            network.clone(),
            HeaderValue::try_from(&config.user_agent).ok(),
        );
        let jitter = Jitter::from_seed(u64::from_le_bytes(seed));
        Ok(Self {
            machine: Machine::new(config, jitter, clock.now()),
            clock,
            calls,
            network,
            keys,
            key: None,
            socket: Socket::None,
            heard: 0,
            span: trace::Span::login(),
            end: None,
        })
    }

    /// The next event, or `None` once the login has ended.
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

    /// Runs the login to its end, dropping events, and says how it ended.
    ///
    /// # Errors
    /// [`LoginError`]: why it failed.
    ///
    /// # Cancel safety
    /// Dropping the future ends the login.
    ///
    /// ```
    /// use ra_core::desktop::login::{LoginError, Outcome};
    /// use ra_proto::Token;
    /// use ra_tokio::Login;
    ///
    /// async fn token(login: Login) -> Result<Option<Token>, LoginError> {
    ///     match login.outcome().await? {
    ///         Outcome::LoggedIn { token, .. } => Ok(Some(token)),
    ///         _ => Ok(None),
    ///     }
    /// }
    /// ```
    pub async fn outcome(mut self) -> Result<Outcome, LoginError> {
        loop {
            if let Some(end) = self.end.take() {
                return end;
            }
            self.next_event().await;
        }
    }

    /// Ends the login with [`Outcome::Cancelled`].
    ///
    /// # Errors
    /// [`Misuse::Ended`] after the end.
    ///
    /// ```
    /// use ra_core::desktop::login::{LoginError, Outcome};
    /// use ra_tokio::Login;
    ///
    /// async fn give_up(mut login: Login) -> Result<Outcome, LoginError> {
    ///     let _ = login.cancel(); // refused only if it is over anyway
    ///     login.outcome().await
    /// }
    /// ```
    pub fn cancel(&mut self) -> Result<(), Misuse> {
        self.machine.cancel(self.clock.now())?;
        let _inside = self.span.enter();
        trace::step("cancelled here");
        Ok(())
    }

    /// Answers [`Event::Captcha`] with what the person at the screen made of it.
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
        self.machine.solve_captcha(self.clock.now(), solution)?;
        let _inside = self.span.enter();
        trace::step("the captcha was answered");
        Ok(())
    }

    /// Ends the login because nobody will answer the captcha.
    ///
    /// # Errors
    /// [`Misuse::NoCaptcha`] when none is waiting.
    ///
    /// ```
    /// use ra_core::desktop::login::Event;
    /// use ra_tokio::Login;
    ///
    /// /// On a device that has no browser to show a captcha in.
    /// fn decline(login: &mut Login, event: &Event) {
    ///     if matches!(event, Event::Captcha(_)) {
    ///         let _ = login.give_up_captcha();
    ///     }
    /// }
    /// ```
    pub fn give_up_captcha(&mut self) -> Result<(), Misuse> {
        self.machine.give_up_captcha(self.clock.now())?;
        let _inside = self.span.enter();
        trace::step("nobody answers the captcha");
        Ok(())
    }

    /// How far the login is.
    ///
    /// ```
    /// use ra_core::desktop::login::Phase;
    /// use ra_tokio::Login;
    ///
    /// fn is_over(login: &Login) -> bool {
    ///     login.phase() == Phase::Ended
    /// }
    /// ```
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.machine.phase()
    }

    /// One thing after the other: what the machine wants done, the clock, then what has happened outside. The machine
    /// hears one thing at a time, and what it says to it comes first.
    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        let _inside = self.span.enter();
        loop {
            while let Some(output) = self.machine.poll_output() {
                match output {
                    Output::Event(event) => {
                        trace::event(&event);
                        return Poll::Ready(Some(event));
                    }
                    Output::End(end) => {
                        trace::login_ended(&end);
                        self.stop();
                        self.end = Some(end);
                    }
                    output => self.act(output),
                }
            }
            if self.machine.phase() == Phase::Ended {
                return Poll::Ready(None);
            }
            if self.clock.poll_due(cx, self.machine.deadline()).is_ready() {
                self.machine.handle(self.clock.now(), Input::Tick);
            } else if let Poll::Ready(key) = self.poll_key(cx) {
                trace::key(&key);
                self.machine.handle(self.clock.now(), Input::Key(key));
            } else if let Poll::Ready((id, reply)) = self.calls.poll(cx) {
                self.machine
                    .handle(self.clock.now(), Input::Reply(id, reply));
            } else if self.heard == HEARD_MOST {
                self.heard = 0;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            } else if let Poll::Ready(heard) = self.socket.poll(cx) {
                self.heard += 1;
                self.hear(heard);
            } else {
                self.heard = 0;
                return Poll::Pending;
            }
        }
    }

    /// Lets go of all that is under way.
    fn stop(&mut self) {
        self.socket = Socket::None;
        self.key = None;
        self.calls.stop();
    }

    fn act(&mut self, output: Output) {
        match output {
            Output::NeedKey => {
                trace::step("making a key");
                self.key = Some(self.keys.ask());
            }
            Output::Connect(request) => {
                trace::step("connecting");
                self.socket = Socket::open(self.network.clone(), request);
            }
            Output::Send(text) => {
                trace::frame_out(text.expose());
                self.socket.send(text.expose());
            }
            Output::Disconnect(code) => self.socket.close(code),
            Output::Call(call) => self.calls.start(call),
            _ => {}
        }
    }

    fn hear(&mut self, heard: Heard) {
        let now = self.clock.now();
        match heard {
            Heard::Opened(Ok(())) => {
                trace::step("connected");
                self.machine.handle(now, Input::Connected);
            }
            Heard::Opened(Err(error)) => {
                trace::step("not connected");
                self.socket = Socket::None;
                self.machine.handle(now, Input::ConnectFailed(error));
            }
            Heard::Received(received) => {
                let input = match &received {
                    Received::Text(text) => {
                        trace::frame_in(text);
                        session::Input::Text(text)
                    }
                    Received::Binary => session::Input::Binary,
                    Received::Oversized => session::Input::Oversized,
                    Received::Closed(code) => session::Input::Closed(*code),
                    Received::Lost => session::Input::Lost,
                };
                if matches!(received, Received::Closed(_) | Received::Lost) {
                    trace::step("disconnected");
                    self.socket = Socket::None;
                }
                self.machine.handle(now, Input::Socket(input));
            }
        }
    }

    fn poll_key(&mut self, cx: &mut Context<'_>) -> Poll<Key> {
        let Some(key) = &mut self.key else {
            return Poll::Pending;
        };
        let made = ready!(key.as_mut().poll(cx));
        self.key = None;
        Poll::Ready(made)
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
