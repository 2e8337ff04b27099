//! The driver's `Io` on tokio: keys on blocking workers, calls and sockets as futures, and a timer.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use ra_carrier::SocketEvent;
use ra_carrier::driver::{Driver, Io, KeyResult, ReplyResult, Step};
use ra_core::desktop::login::ConnectRequest;
use ra_core::{CallId, Deadline, HttpCall, MonoTime, Text};
use ra_proto::CloseCode;
use tokio::runtime::Handle;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::socket::Socket;
use crate::{HttpCarrier, Keys, Network, StartError};

type Pending<T> = Option<Pin<Box<dyn Future<Output = T> + Send>>>;

/// Work in flight for one driver.
pub(crate) struct TaskIo {
    clock: Clock,
    network: Network,
    carrier: HttpCarrier,
    /// `None` for an approval, which needs no keys.
    keys: Option<Keys>,
    key: Pending<KeyResult>,
    call: Pending<(CallId, ReplyResult)>,
    socket: Socket,
}

impl TaskIo {
    /// # Errors
    /// [`StartError::NoRuntime`] outside of a runtime.
    pub(crate) fn new(
        network: Network,
        carrier: HttpCarrier,
        keys: Option<Keys>,
    ) -> Result<Self, StartError> {
        Handle::try_current().map_err(|_| StartError::NoRuntime)?;
        Ok(Self {
            clock: Clock::new(),
            network,
            carrier,
            keys,
            key: None,
            call: None,
            socket: Socket::None,
        })
    }

    pub(crate) fn now(&self) -> MonoTime {
        self.clock.now()
    }

    /// Runs `driver` until its next event; `None` once it has ended.
    pub(crate) fn poll_event<D: Driver>(
        &mut self,
        driver: &mut D,
        cx: &mut Context<'_>,
    ) -> Poll<Option<D::Event>> {
        match driver.poll(&mut Polled { io: self, cx }) {
            Step::Event(event) => Poll::Ready(Some(event)),
            Step::Ended => Poll::Ready(None),
            Step::Wait => Poll::Pending,
            Step::Yield => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    /// Runs `driver` to its end, dropping events.
    pub(crate) async fn end<D: Driver>(&mut self, driver: &mut D) -> D::End {
        loop {
            if let Some(end) = driver.take_end() {
                return end;
            }
            poll_fn(|cx| self.poll_event(driver, cx)).await;
        }
    }
}

/// [`TaskIo`] while its task is polled.
struct Polled<'a, 'b> {
    io: &'a mut TaskIo,
    cx: &'a mut Context<'b>,
}

/// Polls a future, and drops it once it is ready.
fn take<T>(pending: &mut Pending<T>, cx: &mut Context<'_>) -> Option<T> {
    match pending.as_mut()?.as_mut().poll(cx) {
        Poll::Pending => None,
        Poll::Ready(ready) => {
            *pending = None;
            Some(ready)
        }
    }
}

impl Io for Polled<'_, '_> {
    fn now(&self) -> MonoTime {
        self.io.now()
    }

    fn is_due(&mut self, deadline: Option<Deadline>) -> bool {
        self.io.clock.poll_due(self.cx, deadline).is_ready()
    }

    fn start_key(&mut self) {
        self.io.key = self.io.keys.as_ref().map(Keys::ask);
    }

    fn poll_key(&mut self) -> Option<KeyResult> {
        take(&mut self.io.key, self.cx)
    }

    fn start_call(&mut self, call: HttpCall) {
        let carrier = self.io.carrier.clone();
        let HttpCall {
            id,
            request,
            timeout,
            ..
        } = call;
        let reply = async move { (id, carrier.send(request, timeout).await) };
        self.io.call = Some(Box::pin(reply));
    }

    fn poll_reply(&mut self) -> Option<(CallId, ReplyResult)> {
        take(&mut self.io.call, self.cx)
    }

    fn start_socket(&mut self, request: ConnectRequest) {
        self.io.socket = Socket::open(self.io.network.clone(), request);
    }

    fn poll_socket(&mut self) -> Option<SocketEvent> {
        match self.io.socket.poll(self.cx) {
            Poll::Ready(event) => Some(event),
            Poll::Pending => None,
        }
    }

    fn send(&mut self, text: Text) {
        self.io.socket.send(text, self.cx);
    }

    fn close_socket(&mut self, code: Option<CloseCode>) {
        self.io.socket.close(code);
    }

    fn stop(&mut self) {
        self.io.socket = Socket::None;
        self.io.key = None;
        self.io.call = None;
    }
}

/// The machines' time: milliseconds since the driver started.
#[derive(Debug)]
struct Clock {
    start: Instant,
    /// Set to the machine's deadline.
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Clock {
    fn new() -> Self {
        Self {
            start: Instant::now(),
            sleep: None,
        }
    }

    fn now(&self) -> MonoTime {
        let millis = self.start.elapsed().as_millis();
        MonoTime::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
    }

    /// Returns whether the deadline has passed; wakes the task when it passes.
    fn poll_due(&mut self, cx: &mut Context<'_>, deadline: Option<Deadline>) -> Poll<()> {
        let Some(deadline) = deadline else {
            return Poll::Pending;
        };
        if deadline.at <= self.now() {
            return Poll::Ready(());
        }
        // a deadline beyond what the clock can hold never comes
        let ahead = deadline.at.saturating_since(MonoTime::ZERO);
        let Some(at) = self.start.checked_add(ahead) else {
            return Poll::Pending;
        };
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(at)));
        if sleep.deadline() != at {
            sleep.as_mut().reset(at);
        }
        sleep.as_mut().poll(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ra_core::Wake;

    use super::*;

    fn at(millis: u64) -> Option<Deadline> {
        let at = MonoTime::from_millis(millis);
        Some(Deadline {
            at,
            wake: Wake::Handshake,
        })
    }

    async fn is_due(clock: &mut Clock, deadline: Option<Deadline>) -> bool {
        poll_fn(|cx| Poll::Ready(clock.poll_due(cx, deadline).is_ready())).await
    }

    #[tokio::test(start_paused = true)]
    async fn the_clock_wakes_at_the_deadline_and_not_before() {
        let mut clock = Clock::new();
        poll_fn(|cx| clock.poll_due(cx, at(1500))).await;
        assert_eq!(clock.now().as_millis(), 1500);
        assert!(is_due(&mut clock, at(1500)).await && is_due(&mut clock, at(0)).await);
        assert!(!is_due(&mut clock, at(1501)).await);
        // a deadline that moves, forth and back, is followed
        assert!(!is_due(&mut clock, at(90_000)).await);
        poll_fn(|cx| clock.poll_due(cx, at(2000))).await;
        assert_eq!(clock.now().as_millis(), 2000);
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_that_never_comes_is_waited_for_without_harm() {
        let mut clock = Clock::new();
        for never in [None, at(u64::MAX), at(u64::MAX / 1000)] {
            assert!(!is_due(&mut clock, never).await);
        }
        tokio::time::advance(Duration::from_secs(3600)).await;
        assert_eq!(clock.now().as_millis(), 3_600_000);
        assert!(!is_due(&mut clock, at(u64::MAX)).await);
    }
}
