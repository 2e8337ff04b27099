//! Log lines of the drivers, with the feature `tracing`: a span for each driver, one line a step at `info`, frames at
//! `trace` by op and length. No line holds a body, a token, a ticket, the text of a frame, or who scanned.

#[cfg(feature = "tracing")]
pub(super) use on::*;

#[cfg(not(feature = "tracing"))]
pub(super) use off::*;

#[cfg(feature = "tracing")]
mod on {
    use ra_core::HttpCall;
    use ra_core::desktop::login::{Event, LoginError, Outcome};
    use ra_core::mobile::{self, MobileError};
    use ra_proto::frame::{DesktopFrame, GatewayFrame};
    use tracing::span::EnteredSpan;
    use tracing::{Level, enabled, info, info_span, trace};

    use crate::driver::{KeyResult, ReplyResult};

    /// The span of a driver's lines, a child of the span in which the driver was started.
    pub(crate) struct Span(tracing::Span);

    impl Span {
        pub(crate) fn login() -> Self {
            Self(info_span!("login"))
        }

        pub(crate) fn approval() -> Self {
            Self(info_span!("approval"))
        }

        /// Puts lines into the span until the guard is dropped.
        pub(crate) fn enter(&self) -> EnteredSpan {
            self.0.clone().entered()
        }

        /// One line in the span.
        pub(crate) fn step(&self, what: &'static str) {
            let _entered = self.enter();
            step(what);
        }
    }

    pub(crate) fn step(what: &'static str) {
        info!("{what}");
    }

    pub(crate) fn key(key: &KeyResult) {
        step(match key {
            Ok(_) => "the key is made",
            Err(_) => "no key could be made",
        });
    }

    pub(crate) fn call(call: &HttpCall) {
        info!(path = call.request.uri().path(), "calling");
    }

    pub(crate) fn reply(reply: &ReplyResult) {
        match reply {
            Ok(response) => info!(status = response.status().as_u16(), "the call was answered"),
            Err(error) => info!(%error, "the call was not answered"),
        }
    }

    pub(crate) fn event(event: &Event) {
        step(event.summary());
    }

    pub(crate) fn asked(event: &mobile::Event) {
        step(match event {
            mobile::Event::Confirm { .. } => "the person is to decide",
            mobile::Event::MfaRequired { .. } => "a second factor is asked for",
            _ => "something else is asked for",
        });
    }

    pub(crate) fn login_ended(end: &Result<Outcome, LoginError>) {
        let outcome = match end {
            Ok(Outcome::LoggedIn { .. }) => "logged in",
            Ok(Outcome::Declined) => "declined",
            Ok(_) => "cancelled",
            Err(error) => return info!(%error, "the login has ended"),
        };
        info!(outcome, "the login has ended");
    }

    pub(crate) fn approval_ended(end: &Result<mobile::Outcome, MobileError>) {
        let outcome = match end {
            Ok(mobile::Outcome::Approved) => "approved",
            Ok(mobile::Outcome::Declined) => "declined",
            Ok(_) => "given up",
            Err(error) => return info!(%error, "the approval has ended"),
        };
        info!(outcome, "the approval has ended");
    }

    pub(crate) fn frame_in(text: &str) {
        if enabled!(Level::TRACE) {
            let frame = GatewayFrame::decode(text);
            let op = frame.as_ref().map_or("unreadable", GatewayFrame::op_name);
            trace!(op, bytes = text.len(), "received");
        }
    }

    pub(crate) fn frame_out(text: &str) {
        if enabled!(Level::TRACE) {
            let frame = DesktopFrame::decode(text);
            let op = frame.as_ref().map_or("unreadable", DesktopFrame::op_name);
            trace!(op, bytes = text.len(), "sent");
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod off {
    /// No span.
    pub(crate) struct Span;

    impl Span {
        pub(crate) fn login() -> Self {
            Self
        }

        pub(crate) fn approval() -> Self {
            Self
        }

        pub(crate) fn enter(&self) -> Self {
            Self
        }

        pub(crate) fn step(&self, _: &'static str) {}
    }

    macro_rules! silent {
        ($($name:ident)+) => {
            $(pub(crate) fn $name<T: ?Sized>(_: &T) {})+
        };
    }
    silent!(step key call reply event asked login_ended approval_ended frame_in frame_out);
}
