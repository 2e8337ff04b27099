//! What a gateway has told its host.

use std::sync::Mutex;

use ra_gateway::{Event, Level, Log, Value};

use super::within;

/// Keeps all lines, as a host would write them.
#[derive(Debug, Default)]
pub(crate) struct Kept(Mutex<Vec<(Level, String)>>);

impl Log for Kept {
    fn record(&self, event: &Event) {
        let fields = event.fields().into_iter().map(|(name, value)| match value {
            Value::Number(number) => format!(" {name}={number}"),
            Value::Word(word) => format!(" {name}={word}"),
            other => panic!("{other:?}"),
        });
        let line = format!("{}{}", event.name(), fields.collect::<String>());
        assert!(!format!("{event:?}").is_empty());
        self.0.lock().unwrap().push((event.level(), line));
    }
}

impl Kept {
    pub(crate) fn lines(&self) -> Vec<String> {
        let kept = self.0.lock().unwrap();
        kept.iter().map(|(_, line)| line.clone()).collect()
    }

    /// How much a line matters that begins so.
    pub(crate) fn level(&self, start: &str) -> Level {
        let kept = self.0.lock().unwrap();
        let found = kept.iter().find(|(_, line)| line.starts_with(start));
        found.unwrap().0
    }

    /// Waits for a line that begins so, and gives what follows.
    pub(crate) async fn line(&self, start: &str) -> String {
        within(async {
            loop {
                let found = self
                    .lines()
                    .into_iter()
                    .find(|line| line.starts_with(start));
                if let Some(line) = found {
                    return line[start.len()..].to_owned();
                }
                tokio::task::yield_now().await;
            }
        })
        .await
    }
}
