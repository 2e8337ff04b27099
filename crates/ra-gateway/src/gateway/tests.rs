//! Tests of a gateway without clients.

use super::*;
use crate::accounts::NoAccounts;
use crate::observe::log::Failure;
use crate::observe::log::tests::kept::Kept;
use crate::observe::reason::Refusal;

#[tokio::test(start_paused = true)]
async fn a_gateway_to_which_nothing_more_happens_tells_a_burst_in_full() {
    let (kept, _guard) = Kept::start();
    let config = Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        ..Config::default()
    };
    let backend = Arc::new(ra_testkit::Fake);
    let gateway = Gateway::bind(config, Arc::new(NoAccounts), backend);
    let gateway = gateway.await.unwrap();
    let (shared, handle) = (Arc::clone(&gateway.shared), gateway.handle());
    let running = tokio::spawn(gateway.run());
    let busy = Failure::Refused(Refusal::Busy);
    for _ in 0..100 {
        shared.metrics.log.failed(busy);
    }
    let refused = || {
        let lines = kept.lines().into_iter();
        lines
            .filter(|line| line.starts_with("refused"))
            .collect::<Vec<_>>()
    };
    let told = [1, 99, 1].map(|count| format!("refused reason=busy count={count}"));
    // the clock of the test: it goes on when there is nothing left to do
    tokio::time::sleep(Duration::from_secs(11)).await;
    assert_eq!(refused(), told[..2]);
    shared.metrics.log.failed(busy);
    handle.shut_down();
    running.await.unwrap();
    assert_eq!(refused(), told);
}
