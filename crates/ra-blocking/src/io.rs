//! The driver's `Io` on threads: keys, calls and sockets on helper threads, and a notifier that wakes the driver.

use ra_carrier::driver::{Driver, Io, KeyResult, ReplyResult, Step};
use ra_carrier::{Clock, Network, SocketEvent};
use ra_core::desktop::login::{ConnectRequest, KeyUnavailable};
use ra_core::{CallId, Deadline, HttpCall, MonoTime, Text};
use ra_http::{TransportError, TransportErrorKind};
use ra_proto::CloseCode;

use crate::job::Job;
use crate::notifier::Notifier;
use crate::socket::Socket;
use crate::{HttpCarrier, Keys};

/// The [`Io`] of one driver.
pub(crate) struct ThreadIo {
    pub(crate) notifier: Notifier,
    clock: Clock,
    network: Network,
    carrier: HttpCarrier,
    /// `None` for an approval, which needs no keys.
    keys: Option<Keys>,
    key: Option<Job<KeyResult>>,
    call: Option<(CallId, Job<ReplyResult>)>,
    socket: Socket,
}

impl ThreadIo {
    pub(crate) fn new(network: Network, carrier: HttpCarrier, keys: Option<Keys>) -> Self {
        Self {
            notifier: Notifier::default(),
            clock: Clock::start(),
            network,
            carrier,
            keys,
            key: None,
            call: None,
            socket: Socket::None,
        }
    }

    /// Runs `driver` until its next event; `None` once it has ended.
    pub(crate) fn next_event<D: Driver>(&mut self, driver: &mut D) -> Option<D::Event> {
        loop {
            match driver.poll(self) {
                Step::Event(event) => return Some(event),
                Step::Wait => self.notifier.wait(self.clock.instant(driver.deadline())),
                Step::Yield => {} // threads share the cores by themselves
                Step::Ended => return None,
            }
        }
    }

    /// Runs `driver` to its end, dropping events.
    pub(crate) fn end<D: Driver>(&mut self, driver: &mut D) -> D::End {
        loop {
            if let Some(end) = driver.take_end() {
                return end;
            }
            self.next_event(driver);
        }
    }
}

impl Io for ThreadIo {
    fn now(&self) -> MonoTime {
        self.clock.now()
    }

    fn is_due(&mut self, deadline: Option<Deadline>) -> bool {
        self.clock.is_due(deadline)
    }

    fn is_cancelled(&self) -> bool {
        self.notifier.is_cancelled()
    }

    fn start_key(&mut self) {
        self.key = self.keys.as_ref().map(|keys| keys.ask(&self.notifier));
    }

    fn poll_key(&mut self) -> Option<KeyResult> {
        let key = self.key.as_ref()?.poll()?;
        self.key = None;
        Some(key.unwrap_or(Err(KeyUnavailable)))
    }

    fn start_call(&mut self, call: HttpCall) {
        let carrier = self.carrier.clone();
        let HttpCall {
            id,
            request,
            timeout,
            ..
        } = call;
        let job = Job::start("ra-call", &self.notifier, move |answer, stop| {
            let _ = answer.send(carrier.send_unless(request, timeout, stop));
        });
        self.call = Some((id, job));
    }

    fn poll_reply(&mut self) -> Option<(CallId, ReplyResult)> {
        let (id, job) = self.call.as_ref()?;
        let lost = |_| Err(TransportError::new(TransportErrorKind::Lost));
        let reply = (*id, job.poll()?.unwrap_or_else(lost));
        self.call = None;
        Some(reply)
    }

    fn start_socket(&mut self, request: ConnectRequest) {
        self.socket = Socket::open(self.network.clone(), request, &self.notifier);
    }

    fn poll_socket(&mut self) -> Option<SocketEvent> {
        self.socket.poll()
    }

    fn send(&mut self, text: Text) {
        self.socket.send(text);
    }

    fn close_socket(&mut self, code: Option<CloseCode>) {
        self.socket.close(code);
    }

    fn stop(&mut self) {
        self.socket = Socket::None;
        self.key = None;
        self.call = None;
    }
}

#[cfg(test)]
mod tests {
    use ra_core::Wake;

    use super::*;

    #[test]
    fn a_deadline_is_due_when_the_driver_wakes_for_it() {
        let clock = Clock::start();
        let (at, wake) = (MonoTime::from_millis(20), Wake::Handshake);
        let soon = Some(Deadline { at, wake });
        Notifier::default().wait(clock.instant(soon));
        assert!(clock.is_due(soon), "woken too early");
    }
}
