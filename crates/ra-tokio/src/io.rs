//! What both drivers need beside their machine: a clock, a timer, and the one call under way.

pub(crate) mod approval;
pub(crate) mod login;
pub(crate) mod options;
mod socket;

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{HeaderValue, Response};
use ra_carrier::trace;
use ra_core::{CallId, Deadline, HttpCall, MonoTime};
use ra_http::{Body, TransportError};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::{HttpCarrier, Network};

/// A reply as the machines take it.
pub(crate) type Reply = (CallId, Result<Response<Body>, TransportError>);

/// The machines' time: milliseconds since the driver started.
#[derive(Debug)]
pub(crate) struct Clock {
    start: Instant,
    /// Armed for the machine's deadline.
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
            sleep: None,
        }
    }

    pub(crate) fn now(&self) -> MonoTime {
        let millis = self.start.elapsed().as_millis();
        MonoTime::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
    }

    /// Whether the deadline has come; wakes the task when it does.
    pub(crate) fn poll_due(
        &mut self,
        cx: &mut Context<'_>,
        deadline: Option<Deadline>,
    ) -> Poll<()> {
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

/// The HTTP call under way. Machines have at most one; a newer one replaces it.
pub(crate) struct Calls {
    carrier: HttpCarrier,
    under_way: Option<Pin<Box<dyn Future<Output = Reply> + Send>>>,
}

impl Calls {
    pub(crate) fn new(network: Network, user_agent: Option<HeaderValue>) -> Self {
        let carrier = HttpCarrier::new(network);
        let carrier = match user_agent {
            Some(user_agent) => carrier.with_user_agent(user_agent),
            None => carrier,
        };
        Self {
            carrier,
            under_way: None,
        }
    }

    pub(crate) fn stop(&mut self) {
        self.under_way = None;
    }

    pub(crate) fn start(&mut self, call: HttpCall) {
        trace::call(&call);
        let carrier = self.carrier.clone();
        let HttpCall {
            id,
            request,
            timeout,
            ..
        } = call;
        self.under_way = Some(Box::pin(async move {
            (id, carrier.send(request, timeout).await)
        }));
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Reply> {
        let Some(call) = &mut self.under_way else {
            return Poll::Pending;
        };
        let reply = ready!(call.as_mut().poll(cx));
        self.under_way = None;
        trace::reply(&reply.1);
        Poll::Ready(reply)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
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
