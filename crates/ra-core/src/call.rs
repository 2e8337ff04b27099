//! HTTP calls that a machine asks its driver to make.

use core::time::Duration;
use ra_http::Body;

/// Identifies a call, so that a reply that comes too late is told apart and ignored.
///
/// ```
/// use ra_core::CallId;
///
/// /// A reply to any other call than the one in flight is ignored.
/// fn is_awaited(answered: CallId, under_way: Option<CallId>) -> bool {
///     under_way == Some(answered)
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallId(u32);

impl CallId {
    pub(crate) const FIRST: Self = Self(1);

    pub(crate) fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

/// One HTTP exchange: send the request, answer with `Reply(id, …)`.
///
/// A machine has at most one call under way. A call that is superseded or timed out needs no
/// reply; one that comes all the same is ignored.
///
/// ```
/// use http::{Request, Response};
/// use ra_core::HttpCall;
/// use ra_core::desktop::login::Input;
/// use ra_http::{Body, TransportError};
///
/// /// Carries a call out and brings the answer back under its number, whatever the status.
/// fn carry_out(
///     call: HttpCall,
///     send: impl Fn(Request<Body>) -> Result<Response<Body>, TransportError>,
/// ) -> Input<'static> {
///     Input::Reply(call.id, send(call.request))
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct HttpCall {
    /// Names the call in the reply.
    pub id: CallId,
    /// The request, absolute URI and body included. Its Debug shows no body and no credentials.
    pub request: http::Request<Body>,
    /// How long the whole exchange may take.
    pub timeout: Duration,
}

impl HttpCall {
    pub(crate) fn new(id: CallId, request: http::Request<Body>, timeout: Duration) -> Self {
        Self {
            id,
            request,
            timeout,
        }
    }
}
