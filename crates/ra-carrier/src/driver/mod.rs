//! The loops that run the machines of `ra-core`: which input comes first, what each output asks for, and the log lines.
//! The adapters bring bytes, keys, calls and time through the trait [`Io`].

mod approval;
mod login;
#[cfg(test)]
mod tests;
mod trace;

use http::Response;
use ra_core::desktop::login::{ConnectRequest, KeyUnavailable};
use ra_core::{CallId, Deadline, HttpCall, MonoTime};
use ra_crypto::SessionKey;
use ra_http::{Body, TransportError};
use ra_proto::CloseCode;

use crate::SocketEvent;

pub use approval::ApprovalDriver;
pub use login::LoginDriver;

/// A session key, or the news that none could be made.
pub type KeyResult = Result<Box<dyn SessionKey>, KeyUnavailable>;

/// The reply to a call, or why there is none.
pub type ReplyResult = Result<Response<Body>, TransportError>;

/// Interface of a driver to its adapter. No method blocks: `poll_*` returns `None` if there is nothing, and the adapter
/// polls the driver again once there is.
///
/// There is at most one key, one call and one socket at a time. Starting another one replaces it. An approval uses
/// neither keys nor sockets.
pub trait Io {
    /// The time now.
    fn now(&self) -> MonoTime;
    /// Returns whether the deadline has passed. The adapter wakes the driver when it passes.
    fn is_due(&mut self, deadline: Option<Deadline>) -> bool;
    /// Returns whether the caller has cancelled from another thread.
    fn is_cancelled(&self) -> bool {
        false
    }
    /// Starts to make a key.
    fn start_key(&mut self);
    /// Takes the key once it is made.
    fn poll_key(&mut self) -> Option<KeyResult>;
    /// Starts a call.
    fn start_call(&mut self, call: HttpCall);
    /// Takes the reply to the call.
    fn poll_reply(&mut self) -> Option<(CallId, ReplyResult)>;
    /// Starts to open a socket.
    fn start_socket(&mut self, request: ConnectRequest);
    /// Takes what the socket has brought.
    fn poll_socket(&mut self) -> Option<SocketEvent>;
    /// Sends a text over the socket, or keeps it until there is room.
    fn send(&mut self, text: ra_core::Text);
    /// Closes the socket without waiting, with this code if there is one, and drops it.
    fn close_socket(&mut self, code: Option<CloseCode>);
    /// Drops the key, the call and the socket. The driver has ended.
    fn stop(&mut self);
}

/// Instruction to the owner of a driver.
#[derive(Debug)]
pub enum Step<E> {
    /// Show this event, then poll again.
    Event(E),
    /// Poll again when the [`Io`] has something new or the deadline has come.
    Wait,
    /// Poll again, but let others run first: many socket events came in a row.
    Yield,
    /// Take the end.
    Ended,
}

/// A loop around one machine. Adapters poll it with their [`Io`].
pub trait Driver {
    /// Events for the person.
    type Event;
    /// Result of the machine.
    type End;

    /// Runs until there is an event, nothing to do, or the end.
    fn poll(&mut self, io: &mut impl Io) -> Step<Self::Event>;
    /// When to poll again at the latest.
    fn deadline(&self) -> Option<Deadline>;
    /// Takes the end, once, after [`Step::Ended`].
    fn take_end(&mut self) -> Option<Self::End>;
}
