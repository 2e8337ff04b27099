//! The desktop's driver: runs [`ra_core::desktop::login`].

use ra_core::desktop::login::{Config, Event, Input, Login, LoginError, Outcome, Output, Phase};
use ra_core::{Deadline, Jitter, Misuse, MonoTime};
use ra_crypto::Entropy;
use ra_http::CaptchaSolution;

use super::{Driver, Io, Step, trace};
use crate::{Network, SocketEvent, StartError};

/// Socket events taken in a row before others get their turn. One read may bring many frames, and opening what a frame
/// holds may take milliseconds.
const SOCKET_EVENTS_IN_A_ROW: u32 = 16;

/// Drives one login.
pub struct LoginDriver {
    machine: Login,
    span: trace::Span,
    socket_events: u32,
    end: Option<Result<Outcome, LoginError>>,
}

impl LoginDriver {
    /// Starts a login whose clock says `now`. `entropy` seeds the jitter of its pauses.
    ///
    /// # Errors
    /// [`StartError::Tls`] if an address needs TLS and `network` has no usable configuration: nobody is to be shown a
    /// code that cannot be used. [`StartError::Entropy`] if there is no seed.
    pub fn start(
        config: Config,
        network: &Network,
        entropy: &mut dyn Entropy,
        now: MonoTime,
    ) -> Result<Self, StartError> {
        if !(config.gateway.is_plaintext() && config.api.is_plaintext()) {
            network.check_tls().map_err(StartError::Tls)?;
        }
        let mut seed = [0; 8];
        entropy.fill(&mut seed).map_err(|_| StartError::Entropy)?;
        let jitter = Jitter::from_seed(u64::from_le_bytes(seed));
        Ok(Self {
            machine: Login::new(config, jitter, now),
            span: trace::Span::login(),
            socket_events: 0,
            end: None,
        })
    }

    /// Ends the login with [`Outcome::Cancelled`].
    ///
    /// # Errors
    /// [`Misuse::Ended`] after the end.
    pub fn cancel(&mut self, now: MonoTime) -> Result<(), Misuse> {
        self.machine.cancel(now)?;
        self.span.step("cancelled here");
        Ok(())
    }

    /// Answers [`Event::Captcha`].
    ///
    /// # Errors
    /// [`Misuse::NoCaptcha`] when none is waiting.
    pub fn solve_captcha(
        &mut self,
        now: MonoTime,
        solution: CaptchaSolution,
    ) -> Result<(), Misuse> {
        self.machine.solve_captcha(now, solution)?;
        self.span.step("the captcha was answered");
        Ok(())
    }

    /// Ends the login because nobody will answer the captcha.
    ///
    /// # Errors
    /// [`Misuse::NoCaptcha`] when none is waiting.
    pub fn give_up_captcha(&mut self, now: MonoTime) -> Result<(), Misuse> {
        self.machine.give_up_captcha(now)?;
        self.span.step("nobody answers the captcha");
        Ok(())
    }

    /// Phase of the login.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.machine.phase()
    }

    /// Carries out what the machine asks for. `Some` is an event for the person.
    fn carry_out(&mut self, output: Output, io: &mut impl Io) -> Option<Event> {
        match output {
            Output::Event(event) => {
                trace::event(&event);
                return Some(event);
            }
            Output::End(end) => {
                trace::login_ended(&end);
                io.stop();
                self.end = Some(end);
            }
            Output::NeedKey => {
                trace::step("making a key");
                io.start_key();
            }
            Output::Connect(request) => {
                trace::step("connecting");
                io.start_socket(request);
            }
            Output::Send(text) => {
                trace::frame_out(text.expose());
                io.send(text);
            }
            Output::Disconnect(code) => io.close_socket(Some(code)),
            Output::Call(call) => {
                trace::call(&call);
                io.start_call(call);
            }
            _ => {}
        }
        None
    }

    fn hear(&mut self, event: SocketEvent, io: &mut impl Io) {
        match &event {
            SocketEvent::Opened => trace::step("connected"),
            SocketEvent::Failed(_) => trace::step("not connected"),
            SocketEvent::Text(text) => trace::frame_in(text),
            SocketEvent::Closed(_) | SocketEvent::Lost => trace::step("disconnected"),
            _ => {}
        }
        if event.leaves_nothing_open() {
            io.close_socket(None);
        }
        event.tell(&mut self.machine, io.now());
    }
}

impl Driver for LoginDriver {
    type Event = Event;
    type End = Result<Outcome, LoginError>;

    /// Carries out all outputs, then takes one input: the cancellation, the clock, the key, the reply or the socket, in
    /// this order. So a flood of frames delays none of the others.
    fn poll(&mut self, io: &mut impl Io) -> Step<Event> {
        let _entered = self.span.enter();
        loop {
            while let Some(output) = self.machine.poll_output() {
                if let Some(event) = self.carry_out(output, io) {
                    return Step::Event(event);
                }
            }
            if self.machine.phase() == Phase::Ended {
                return Step::Ended;
            }
            if io.is_cancelled() {
                trace::step("cancelled here");
                let _ = self.machine.cancel(io.now()); // no misuse: the login has not ended
            } else if io.is_due(self.machine.deadline()) {
                self.machine.handle(io.now(), Input::Tick);
            } else if let Some(key) = io.poll_key() {
                trace::key(&key);
                self.machine.handle(io.now(), Input::Key(key));
            } else if let Some((id, reply)) = io.poll_reply() {
                trace::reply(&reply);
                self.machine.handle(io.now(), Input::Reply(id, reply));
            } else if self.socket_events == SOCKET_EVENTS_IN_A_ROW {
                self.socket_events = 0;
                return Step::Yield;
            } else if let Some(event) = io.poll_socket() {
                self.socket_events += 1;
                self.hear(event, io);
            } else {
                self.socket_events = 0;
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
