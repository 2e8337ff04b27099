//! Keeps what a gateway logs on this thread.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry;

/// Log lines such as `session_ended session=0 phase=waiting`, with their levels.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept(Arc<Mutex<Vec<(tracing::Level, String)>>>);

/// Ends keeping when it is dropped.
pub(crate) type Guard = tracing::subscriber::DefaultGuard;

impl<S: tracing::Subscriber> Layer<S> for Kept {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "ra_gateway" {
            let mut line = String::new();
            event.record(&mut Line(&mut line));
            let mut kept = self.0.lock().unwrap();
            kept.push((*event.metadata().level(), line));
        }
    }
}

struct Line<'a>(&'a mut String);

impl tracing::field::Visit for Line<'_> {
    fn record_str(&mut self, field: &tracing::field::Field, value: &str) {
        match field.name() {
            "event" => self.0.push_str(value),
            name => write!(self.0, " {name}={value}").unwrap(),
        }
    }

    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Kept {
    /// Keeps all that is logged on this thread until the guard is dropped.
    pub(crate) fn start() -> (Self, Guard) {
        let kept = Self::default();
        let guard = tracing::subscriber::set_default(registry().with(kept.clone()));
        (kept, guard)
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        let kept = self.0.lock().unwrap();
        kept.iter().map(|(_, line)| line.clone()).collect()
    }

    /// Level of the first line that begins so.
    pub(crate) fn level(&self, start: &str) -> tracing::Level {
        let kept = self.0.lock().unwrap();
        let found = kept.iter().find(|(_, line)| line.starts_with(start));
        found.unwrap().0
    }

    /// Waits for a line that begins so, and returns its rest.
    pub(crate) async fn line(&self, start: &str) -> String {
        let found = async {
            loop {
                let lines = self.lines();
                if let Some(rest) = lines.iter().find_map(|line| line.strip_prefix(start)) {
                    return rest.to_owned();
                }
                tokio::task::yield_now().await;
            }
        };
        let limit = std::time::Duration::from_secs(20);
        tokio::time::timeout(limit, found)
            .await
            .expect("no such line")
    }
}
