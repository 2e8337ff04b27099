//! The desktop's driver: runs [`ra_core::desktop::login`] over real sockets.

use std::fmt;

use http::HeaderValue;
use ra_carrier::{Clock, Heard, trace};
use ra_core::desktop::login::{
    Event, Input, KeyUnavailable, Login as Machine, LoginError, Outcome, Output, Phase,
};
use ra_core::{Jitter, Misuse};
use ra_crypto::{Entropy as _, OsEntropy};
use ra_http::CaptchaSolution;

use super::Calls;
use super::socket::Socket;
use crate::bell::{Bell, Canceller};
use crate::job::Job;
use crate::keys::Key;
use crate::{Keys, LoginOptions, Network, StartError};

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
    machine: Machine,
    clock: Clock,
    bell: Bell,
    network: Network,
    keys: Keys,
    key: Option<Job<Key>>,
    socket: Socket,
    calls: Calls,
    span: trace::Span,
    end: Option<Result<Outcome, LoginError>>,
}

impl Login {
    /// Starts a login. Nothing is sent before it is asked for events; the first key begins to be made then, while the
    /// connection opens.
    ///
    /// # Errors
    /// [`StartError`] if it could not even begin. TLS is checked here, so that nobody is shown a code that could not be
    /// used.
    ///
    /// ```
    /// use ra_crypto::RustCrypto;
    /// use ra_blocking::{Keys, Login, LoginOptions, StartError};
    ///
    /// fn begin() -> Result<Login, StartError> {
    ///     Login::start(LoginOptions::new(Keys::new(RustCrypto)))
    /// }
    /// ```
    pub fn start(options: LoginOptions) -> Result<Self, StartError> {
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
        let clock = Clock::start();
        let calls = Calls::new(
            network.clone(),
            HeaderValue::try_from(&config.user_agent).ok(),
        );
        let jitter = Jitter::from_seed(u64::from_le_bytes(seed));
        Ok(Self {
            machine: Machine::new(config, jitter, clock.now()),
            clock,
            bell: Bell::default(),
            calls,
            network,
            keys,
            key: None,
            socket: Socket::None,
            span: trace::Span::login(),
            end: None,
        })
    }

    /// Waits for the next event; `None` once the login has ended.
    ///
    /// ```
    /// use ra_blocking::Login;
    ///
    /// /// Until the login ends. Another thread may end it by `canceller`.
    /// fn run(login: &mut Login) {
    ///     while let Some(event) = login.next_event() {
    ///         println!("{event:?}");
    ///     }
    /// }
    /// ```
    pub fn next_event(&mut self) -> Option<Event> {
        let _inside = self.span.enter();
        loop {
            while let Some(output) = self.machine.poll_output() {
                match output {
                    Output::Event(event) => {
                        trace::event(&event);
                        return Some(event);
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
                return None;
            }
            if !self.hear() {
                self.bell.wait(self.clock.instant(self.machine.deadline()));
            }
        }
    }

    /// Runs the login to its end, dropping events, and says how it ended.
    ///
    /// # Errors
    /// [`LoginError`]: why it failed.
    ///
    /// ```
    /// use ra_core::desktop::login::{LoginError, Outcome};
    /// use ra_proto::Token;
    /// use ra_blocking::Login;
    ///
    /// fn token(login: Login) -> Result<Option<Token>, LoginError> {
    ///     match login.outcome()? {
    ///         Outcome::LoggedIn { token, .. } => Ok(Some(token)),
    ///         _ => Ok(None),
    ///     }
    /// }
    /// ```
    pub fn outcome(mut self) -> Result<Outcome, LoginError> {
        loop {
            if let Some(end) = self.end.take() {
                return end;
            }
            self.next_event();
        }
    }

    /// What ends this login from another thread, or from a handler of signals.
    ///
    /// ```
    /// use ra_blocking::{Canceller, Login};
    ///
    /// /// To keep where a button of the window finds it.
    /// fn button(login: &Login) -> Canceller {
    ///     login.canceller()
    /// }
    /// ```
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        Canceller::new(self.bell.clone())
    }

    /// Ends the login with [`Outcome::Cancelled`].
    ///
    /// # Errors
    /// [`Misuse::Ended`] after the end.
    ///
    /// ```
    /// use ra_blocking::Login;
    /// use ra_core::desktop::login::{LoginError, Outcome};
    ///
    /// /// From the thread that runs it; another one takes its `canceller`.
    /// fn give_up(mut login: Login) -> Result<Outcome, LoginError> {
    ///     let _ = login.cancel(); // refused only if it is over anyway
    ///     login.outcome()
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
    /// use ra_blocking::Login;
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
    /// use ra_blocking::Login;
    ///
    /// fn is_over(login: &Login) -> bool {
    ///     login.phase() == Phase::Ended
    /// }
    /// ```
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.machine.phase()
    }

    /// Hands the machine one thing that has happened, if anything has. Whoever cancels comes first, then the clock: a
    /// flood of frames keeps neither waiting.
    fn hear(&mut self) -> bool {
        let now = self.clock.now();
        if self.bell.is_cancelled() {
            // not misuse: the login has not ended
            trace::step("cancelled here");
            return self.machine.cancel(now).is_ok();
        }
        if self.clock.is_due(self.machine.deadline()) {
            self.machine.handle(now, Input::Tick);
        } else if let Some(key) = self.key.as_ref().and_then(Job::poll) {
            self.key = None;
            let key = key.unwrap_or(Err(KeyUnavailable));
            trace::key(&key);
            self.machine.handle(now, Input::Key(key));
        } else if let Some((id, reply)) = self.calls.poll() {
            self.machine.handle(now, Input::Reply(id, reply));
        } else if let Some(heard) = self.socket.poll() {
            self.hear_socket(heard);
        } else {
            return false;
        }
        true
    }

    fn hear_socket(&mut self, heard: Heard) {
        match &heard {
            Heard::Opened => trace::step("connected"),
            Heard::Failed(_) => trace::step("not connected"),
            Heard::Text(text) => trace::frame_in(text),
            Heard::Closed(_) | Heard::Lost => {
                trace::step("disconnected");
                self.socket = Socket::None;
            }
            _ => {}
        }
        heard.tell(&mut self.machine, self.clock.now());
    }

    /// Begins what the machine wants done.
    fn act(&mut self, output: Output) {
        match output {
            Output::NeedKey => {
                trace::step("making a key");
                self.key = Some(self.keys.ask(&self.bell));
            }
            Output::Connect(request) => {
                trace::step("connecting");
                self.socket = Socket::open(self.network.clone(), request, &self.bell);
            }
            Output::Send(text) => {
                trace::frame_out(text.expose());
                self.socket.send(text.expose());
            }
            Output::Disconnect(code) => self.socket.close(code),
            Output::Call(call) => self.calls.start(call, &self.bell),
            _ => {}
        }
    }

    /// Lets go of all that is under way.
    fn stop(&mut self) {
        self.socket = Socket::None;
        self.key = None;
        self.calls.stop();
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
