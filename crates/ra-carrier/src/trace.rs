//! Log lines, if the feature `tracing` is on: a span for each driver, one line a step at `info`, frames at `trace` by op
//! and length. Never a body, a token, a ticket, the text of a frame, or who scanned.

#[cfg(feature = "tracing")]
pub use on::{
    Span, approval_ended, asked, call, event, frame_in, frame_out, key, login_ended, reply, step,
};

#[cfg(not(feature = "tracing"))]
pub use off::{
    Span, approval_ended, asked, call, event, frame_in, frame_out, key, login_ended, reply, step,
};

#[cfg(feature = "tracing")]
mod on {
    use http::Response;
    use ra_core::HttpCall;
    use ra_core::desktop::login::{Event, LoginError, Outcome};
    use ra_core::mobile::{self, MobileError};
    use ra_http::{Body, TransportError};
    use ra_proto::frame::{DesktopFrame, GatewayFrame};
    use tracing::span::EnteredSpan;
    use tracing::{Level, enabled, info, info_span, trace};

    /// What a driver's lines stand in; a child of the span in which the driver was started.
    #[derive(Debug)]
    pub struct Span(tracing::Span);

    impl Span {
        /// Of a login.
        #[must_use]
        pub fn login() -> Self {
            Self(info_span!("login"))
        }

        /// Of an approval.
        #[must_use]
        pub fn approval() -> Self {
            Self(info_span!("approval"))
        }

        /// Lines stand in it until what this answers is dropped.
        pub fn enter(&self) -> EnteredSpan {
            self.0.clone().entered()
        }
    }

    /// A step that has no content.
    pub fn step(what: &'static str) {
        info!("{what}");
    }

    /// Whether there is a key.
    pub fn key<T, E>(key: &Result<T, E>) {
        step(match key {
            Ok(_) => "the key is made",
            Err(_) => "no key could be made",
        });
    }

    /// A call goes out: its path.
    pub fn call(call: &HttpCall) {
        info!(path = call.request.uri().path(), "calling");
    }

    /// How a call was answered: its status.
    pub fn reply(reply: &Result<Response<Body>, TransportError>) {
        match reply {
            Ok(response) => info!(status = response.status().as_u16(), "the call was answered"),
            Err(error) => info!(%error, "the call was not answered"),
        }
    }

    /// What the login tells.
    pub fn event(event: &Event) {
        step(event.summary());
    }

    /// What the phone asks.
    pub fn asked(event: &mobile::Event) {
        step(match event {
            mobile::Event::Confirm { .. } => "the person is to decide",
            mobile::Event::MfaRequired { .. } => "a second factor is asked for",
            _ => "something else is asked for",
        });
    }

    /// How a login ended.
    pub fn login_ended(end: &Result<Outcome, LoginError>) {
        let outcome = match end {
            Ok(Outcome::LoggedIn { .. }) => "logged in",
            Ok(Outcome::Declined) => "declined",
            Ok(_) => "cancelled",
            Err(error) => return info!(%error, "the login has ended"),
        };
        info!(outcome, "the login has ended");
    }

    /// How an approval ended.
    pub fn approval_ended(end: &Result<mobile::Outcome, MobileError>) {
        let outcome = match end {
            Ok(mobile::Outcome::Approved) => "approved",
            Ok(mobile::Outcome::Declined) => "declined",
            Ok(_) => "given up",
            Err(error) => return info!(%error, "the approval has ended"),
        };
        info!(outcome, "the approval has ended");
    }

    /// A frame of the gateway: op and length.
    pub fn frame_in(text: &str) {
        if enabled!(Level::TRACE) {
            let frame = GatewayFrame::decode(text);
            let op = frame.as_ref().map_or("unreadable", GatewayFrame::op_name);
            trace!(op, bytes = text.len(), "received");
        }
    }

    /// A frame of ours: op and length.
    pub fn frame_out(text: &str) {
        if enabled!(Level::TRACE) {
            let frame = DesktopFrame::decode(text);
            trace!(
                op = frame.as_ref().map_or("unreadable", DesktopFrame::op),
                bytes = text.len(),
                "sent"
            );
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod off {
    use http::Response;
    use ra_core::HttpCall;
    use ra_core::desktop::login::{Event, LoginError, Outcome};
    use ra_core::mobile::{self, MobileError};
    use ra_http::{Body, TransportError};

    /// Nothing.
    #[derive(Debug)]
    pub struct Span;

    impl Span {
        /// Of a login.
        #[must_use]
        pub fn login() -> Self {
            Self
        }

        /// Of an approval.
        #[must_use]
        pub fn approval() -> Self {
            Self
        }

        /// Nothing.
        #[must_use]
        pub fn enter(&self) -> Self {
            Self
        }
    }

    /// A step that has no content.
    pub fn step(_: &'static str) {}
    /// Whether there is a key.
    pub fn key<T, E>(key: &Result<T, E>) {
        step(match key {
            Ok(_) => "the key is made",
            Err(_) => "no key could be made",
        });
    }

    /// A call goes out: its path.
    pub fn call(_: &HttpCall) {}
    /// How a call was answered: its status.
    pub fn reply(_: &Result<Response<Body>, TransportError>) {}
    /// What the login tells.
    pub fn event(_: &Event) {}
    /// What the phone asks.
    pub fn asked(_: &mobile::Event) {}
    /// How a login ended.
    pub fn login_ended(_: &Result<Outcome, LoginError>) {}
    /// How an approval ended.
    pub fn approval_ended(_: &Result<mobile::Outcome, MobileError>) {}
    /// A frame of the gateway: op and length.
    pub fn frame_in(_: &str) {}
    /// A frame of ours: op and length.
    pub fn frame_out(_: &str) {}
}
