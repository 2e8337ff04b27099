//! The feature `tracing`: what is logged, and that no secret is. A process of its own: whether a line is logged is
//! remembered for all threads.
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
use crate::support::bounded;

/// Writes down every event of every crate.
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

#[tokio::test]
async fn r34_steps_and_ops_are_logged_and_no_content() {
    let log = Log::default();
    let guard = subscriber::set_default(log.clone());
    let service = Service::new().await;
    let login = service.login();
    let (outcome, ()) = bounded(async {
        tokio::join!(login.outcome(), async {
            let mut gateway = service.accept().await;
            gateway
                .say(ra_proto::frame::GatewayFrame::Unknown {
                    op: "canary_op".into(),
                })
                .await;
            gateway.approve().await;
            service.answer("200 OK", &gateway.token_body()).await;
        })
    })
    .await;
    drop(guard);
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
