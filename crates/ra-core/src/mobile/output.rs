//! Outputs of a phone's approval: actions for the driver, and the outcome.

use alloc::vec::Vec;

use ra_proto::Fingerprint;
use ra_proto::rest::MfaMethod;

use super::error::MobileError;
use crate::HttpCall;

/// The next action, or the end.
///
/// ```
/// use ra_core::HttpCall;
/// use ra_core::mobile::Output;
///
/// fn to_send(output: Output) -> Option<HttpCall> {
///     match output {
///         Output::Call(call) => Some(call),
///         _ => None,
///     }
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant)] // lives for one turn of the driver's loop
pub enum Output {
    /// Carry out an HTTP exchange and answer with `Input::Reply`.
    Call(HttpCall),
    /// Something for the person.
    Event(Event),
    /// The approval is over. Comes once, last.
    End(Result<Outcome, MobileError>),
}

/// An event for the person with the phone.
///
/// ```
/// use ra_core::mobile::Event;
///
/// fn question(event: &Event) -> &'static str {
///     match event {
///         Event::Confirm { .. } => "a device shows your account on its screen: let it in?",
///         Event::MfaRequired { retry: true, .. } => "that was wrong; the code of your authenticator?",
///         Event::MfaRequired { .. } => "the code of your authenticator?",
///         _ => "say no",
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The code is good and the device that shows it now sees who they are: ask whether to let it
    /// in.
    Confirm {
        /// Which login.
        fingerprint: Fingerprint,
    },
    /// The account asks for a second factor: answer with `answer_mfa`, or decline.
    MfaRequired {
        /// Any one of these will do.
        methods: Vec<MfaMethod>,
        /// The last answer was wrong.
        retry: bool,
    },
}

/// How an approval ended when nothing went wrong.
///
/// ```
/// use ra_core::mobile::Outcome;
///
/// fn told(outcome: Outcome) -> &'static str {
///     match outcome {
///         Outcome::Approved => "the device is in",
///         _ => "the device stays out",
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The device is in.
    Approved,
    /// The device has been told no.
    Declined,
    /// The caller gave up. What the person had decided by then stands; without a yes the device stays out, and finds
    /// out when its code expires.
    Abandoned,
}
