//! What both drivers need beside their machine: the one call under way.

pub(crate) mod approval;
pub(crate) mod login;
pub(crate) mod options;
mod socket;

use http::{HeaderValue, Response};
use ra_carrier::trace;
use ra_core::{CallId, HttpCall};
use ra_http::{Body, TransportError, TransportErrorKind};

use crate::bell::Bell;
use crate::job::Job;
use crate::{HttpCarrier, Network};

/// What came of a call.
type Reply = Result<Response<Body>, TransportError>;

/// The HTTP call under way. Machines have at most one; a newer one replaces it.
pub(crate) struct Calls {
    carrier: HttpCarrier,
    under_way: Option<(CallId, Job<Reply>)>,
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

    /// Breaks off what is under way.
    pub(crate) fn stop(&mut self) {
        self.under_way = None;
    }

    pub(crate) fn start(&mut self, call: HttpCall, bell: &Bell) {
        trace::call(&call);
        let carrier = self.carrier.clone();
        let HttpCall {
            id,
            request,
            timeout,
            ..
        } = call;
        let job = Job::start("ra-call", bell, move |answer, stop| {
            let _ = answer.send(carrier.send_unless(request, timeout, stop));
        });
        self.under_way = Some((id, job));
    }

    pub(crate) fn poll(&mut self) -> Option<(CallId, Reply)> {
        let (id, job) = self.under_way.as_ref()?;
        let lost = |_| Err(TransportError::new(TransportErrorKind::Lost));
        let reply = (*id, job.poll()?.unwrap_or_else(lost));
        self.under_way = None;
        trace::reply(&reply.1);
        Some(reply)
    }
}

#[cfg(test)]
mod tests {
    use ra_carrier::Clock;
    use ra_core::{Deadline, MonoTime, Wake};

    use super::*;

    #[test]
    fn a_deadline_is_due_when_the_driver_wakes_for_it() {
        let clock = Clock::start();
        let (at, wake) = (MonoTime::from_millis(20), Wake::Handshake);
        let soon = Some(Deadline { at, wake });
        Bell::default().wait(clock.instant(soon));
        assert!(clock.is_due(soon), "woken too early");
    }
}
