//! Log lines, if the feature `tracing` is on: one a step at `info`, frames at `trace` by op and length. Never a body, a
//! token, a ticket or the text of a frame.

#[cfg(feature = "tracing")]
pub(crate) use on::{call, event, frame_in, frame_out, reply, step};

#[cfg(not(feature = "tracing"))]
pub(crate) use off::{call, event, frame_in, frame_out, reply, step};

#[cfg(feature = "tracing")]
mod on {
    use http::Response;
    use ra_core::HttpCall;
    use ra_core::desktop::login::Event;
    use ra_http::{Body, TransportError};
    use ra_proto::frame::{DesktopFrame, GatewayFrame};
    use tracing::{Level, enabled, info, trace};

    pub(crate) fn step(what: &'static str) {
        info!("{what}");
    }

    pub(crate) fn call(call: &HttpCall) {
        info!(path = call.request.uri().path(), "calling");
    }

    pub(crate) fn reply(reply: &Result<Response<Body>, TransportError>) {
        match reply {
            Ok(response) => info!(status = response.status().as_u16(), "the call was answered"),
            Err(error) => info!(%error, "the call was not answered"),
        }
    }

    pub(crate) fn event(event: &Event) {
        info!(
            "{}",
            match event {
                Event::Qr { .. } => "a code can be shown",
                Event::User(_) => "the code was scanned",
                Event::Captcha(_) => "a captcha is asked for",
                Event::Renewing { .. } => "starting anew",
                _ => "the gateway said something unknown",
            }
        );
    }

    pub(crate) fn frame_in(text: &str) {
        if enabled!(Level::TRACE) {
            let frame = GatewayFrame::decode(text);
            let op = match &frame {
                Ok(GatewayFrame::Unknown { .. }) => "unknown", // the peer's own word
                Ok(frame) => frame.op(),
                Err(_) => "unreadable",
            };
            trace!(op, bytes = text.len(), "received");
        }
    }

    pub(crate) fn frame_out(text: &str) {
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
    use ra_core::desktop::login::Event;
    use ra_http::{Body, TransportError};

    pub(crate) fn step(_: &'static str) {}
    pub(crate) fn call(_: &HttpCall) {}
    pub(crate) fn reply(_: &Result<Response<Body>, TransportError>) {}
    pub(crate) fn event(_: &Event) {}
    pub(crate) fn frame_in(_: &str) {}
    pub(crate) fn frame_out(_: &str) {}
}
