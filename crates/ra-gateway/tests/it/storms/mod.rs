//! Many at once, slow ones, those that vanish and those that guess: what they take is given back,
//! and whoever logs in beside them gets in.

mod bytes;
mod clocks;
#[cfg(target_os = "linux")]
mod full;
#[cfg(target_os = "linux")]
mod many;
mod others;
#[cfg(target_os = "linux")]
mod process;

use std::net::SocketAddr;
use std::time::Duration;

use ra_gateway::Config;
use serde_json::{Value, json};

use ra_testkit::accounts::InMemory;

use crate::support::*;

const DAVE: &str = "dave-authorization";

/// Carol and Dave, whose second factor is the same code.
fn pair(is_valid: impl Fn() -> bool + Clone + Send + Sync + 'static) -> InMemory {
    InMemory::default()
        .with(CAROL, "3:0:0:carol", Some("carol-token"))
        .with_code(CAROL_CODE, is_valid.clone())
        .with(DAVE, "4:0:0:dave", Some("dave-token"))
        .with_code(CAROL_CODE, is_valid)
}

fn generous(config: &mut Config) {
    config.limits.sessions_per_address = u32::MAX;
    config.limits.calls_per_address = u32::MAX;
    config.limits.calls_per_account = u32::MAX;
    config.limits.scans_per_account = u32::MAX;
}

/// Alice's, from the first byte to the opened token.
async fn login(host: &Host, id: u64) {
    let (mut desktop, ticket) = approved(host.address, id).await;
    assert_eq!(desktop.exchange(host.address, &ticket).await, "alice-token");
}

#[tokio::test]
async fn r55_desktops_that_vanish_without_a_word_are_given_back() {
    const MANY: u64 = 40;
    let host = host(|config| {
        generous(config);
        config.session.heartbeat_interval = Duration::from_secs(1);
        config.session.heartbeat_grace = Duration::from_millis(50);
    })
    .await;
    // each holds its socket open, and neither reads nor writes any more
    let mut vanished = Vec::new();
    for id in 0..MANY {
        let (desktop, fingerprint) = Desktop::ready(host.address, id).await;
        if id % 2 == 0 {
            assert_eq!(
                try_scan(host.address, ALICE, &fingerprint).await.status,
                200
            );
        }
        vanished.push(desktop);
    }
    until(|| counted(&host, "connections") == 0 && host.handle.sessions() == 0).await;
    let missed = "sessions_ended_total{outcome=\"heartbeat_missed\"}";
    assert_eq!(counted(&host, missed), MANY);
    for (id, desktop) in vanished.iter_mut().enumerate() {
        if id % 2 == 0 {
            desktop.expect_user().await;
        }
        assert_eq!(desktop.expect_close().await, 4004);
    }
}
