//! What a gateway does by itself.

use std::sync::Mutex;

use super::*;
use crate::accounts::StaticFile;
use crate::base::lock::lock;
use crate::observe::log::{Event, Log};

/// How many were refused, for each time that it was told.
#[derive(Debug, Default)]
struct Refused(Mutex<Vec<u64>>);

impl Log for Refused {
    fn record(&self, event: &Event) {
        if let Event::Refused { count, .. } = event {
            lock(&self.0).push(*count);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_gateway_to_which_nothing_more_happens_tells_a_burst_in_full() {
    let kept = Arc::new(Refused::default());
    let log: Arc<dyn Log> = Arc::<Refused>::clone(&kept);
    let config = Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        log: Some(log),
        ..Config::default()
    };
    let file = "[[account]]\nauthorization = \"a\"\nid = 1\nusername = \"u\"";
    let accounts: StaticFile = file.parse().unwrap();
    let backend = Arc::new(ra_testkit::Fake);
    let gateway = Gateway::bind(config, Arc::new(accounts), backend);
    let gateway = gateway.await.unwrap();
    let (shared, handle) = (Arc::clone(&gateway.shared), gateway.handle());
    let running = tokio::spawn(gateway.run());
    for _ in 0..100 {
        shared.metrics.journal.refused("busy");
    }
    // the clock of the test: it goes on when there is nothing left to do
    tokio::time::sleep(Duration::from_secs(11)).await;
    assert_eq!(*lock(&kept.0), [1, 99]);
    shared.metrics.journal.refused("busy");
    handle.shut_down();
    running.await.unwrap();
    assert_eq!(*lock(&kept.0), [1, 99, 1]);
}
