//! The feature `tracing`: what is logged, and that no secret is. A process of its own: whether a line is logged is
//! remembered for all threads, and the subscriber is that of all of them.
#![cfg(feature = "tracing")]
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

#[path = "it/gateway.rs"]
mod gateway;
#[path = "it/support.rs"]
mod support;

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use ra_core::desktop::login::Outcome;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber, subscriber};

use crate::gateway::Service;
use crate::support::watchdog;

/// Writes down every event of every crate and thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push_str(&(line.0 + "\n"));
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

#[test]
fn r34_steps_and_ops_are_logged_and_no_content() {
    let _watchdog = watchdog();
    let log = Log::default();
    subscriber::set_global_default(log.clone()).unwrap();
    let service = Service::new();
    let login = service.login();
    let gateway = std::thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.say(ra_proto::frame::GatewayFrame::Unknown {
            op: "canary_op".into(),
        });
        gateway.approve();
        service.answer("200 OK", &gateway.token_body());
    });
    let outcome = login.outcome();
    gateway.join().unwrap();
    assert!(matches!(outcome, Ok(Outcome::LoggedIn { .. })));
    let log = log.0.lock().unwrap();
    for line in [
        "INFO message=connecting",
        "INFO message=connected",
        "TRACE message=received op=\"unknown\"",
        "TRACE message=received op=\"hello\" bytes=",
        "TRACE message=sent op=\"init\" bytes=",
        "INFO message=a code can be shown",
        "INFO message=the code was scanned",
        "INFO message=calling path=\"/api/v9/users/@me/remote-auth/login\"",
        "INFO message=the call was answered status=200",
        "INFO message=the login has ended",
    ] {
        assert!(log.contains(line), "{line} is not in:\n{log}");
    }
    assert!(!log.contains("canary"), "{log}");
}
