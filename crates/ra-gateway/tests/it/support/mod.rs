//! A gateway on loopback, and those who talk to it.

mod accounts;
mod desktop;
mod log;
mod metrics;
mod phone;
#[cfg(feature = "redis")]
mod redis;
mod rest;
mod tcp;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ra_crypto::Backend;
use ra_gateway::{Accounts, Config, Gateway, Handle};
use ra_testkit::Fake;
use ra_testkit::accounts::InMemory;
use tokio::task::JoinHandle;

pub(crate) use accounts::Silent;
pub(crate) use desktop::Desktop;
pub(crate) use log::{Guard as KeptGuard, Kept};
pub(crate) use metrics::{counted, until};
pub(crate) use phone::{
    answer_mfa, approve, approved, decide, finish_with, redeem, scan, try_scan,
};
#[cfg(feature = "redis")]
pub(crate) use redis::{Fleet, RedisServer, fleet, fleet_on, go_on, stop};
pub(crate) use rest::{Reply, call, get, post};
pub(crate) use tcp::{Tcp, masked, upgrade};

pub(crate) const ALICE: &str = "alice-authorization";
pub(crate) const BOB: &str = "bob-authorization";
pub(crate) const CAROL: &str = "carol-authorization";

pub(crate) const ALICE_PAYLOAD: &str =
    "852892297661906993:0:05145cc5646fbcba277b6d5ea2030610:alice";
pub(crate) const BOB_PAYLOAD: &str = "196769986071625728:1212:0:bo:b";
/// Carol's one-time code.
pub(crate) const CAROL_CODE: &str = "287082";

/// A running gateway.
pub(crate) struct Host {
    pub(crate) address: SocketAddr,
    pub(crate) handle: Handle,
    pub(crate) running: JoinHandle<()>,
}

/// Alice, Bob and Carol (who has a second factor).
fn accounts() -> InMemory {
    InMemory::default()
        .with(ALICE, ALICE_PAYLOAD, Some("alice-token"))
        .with(BOB, BOB_PAYLOAD, None)
        .with(CAROL, "3:0:0:carol", Some("carol-token"))
        .with_code(CAROL_CODE, || true)
}

/// A gateway with fake keys.
pub(crate) async fn host(change: impl FnOnce(&mut Config)) -> Host {
    host_with(Arc::new(Fake), change).await
}

/// A gateway on this backend.
pub(crate) async fn host_with(backend: Arc<dyn Backend>, change: impl FnOnce(&mut Config)) -> Host {
    run(Arc::new(accounts()), backend, change).await
}

/// A gateway with these accounts.
pub(crate) async fn host_of(accounts: Arc<dyn Accounts>, change: impl FnOnce(&mut Config)) -> Host {
    run(accounts, Arc::new(Fake), change).await
}

async fn run(
    accounts: Arc<dyn Accounts>,
    backend: Arc<dyn Backend>,
    change: impl FnOnce(&mut Config),
) -> Host {
    let mut config = Config::default();
    // nothing here waits for a client's goodbye
    config.limits.linger = Duration::from_millis(500);
    change(&mut config);
    let gateway = Gateway::bind(config, accounts, backend).await.unwrap();
    let (address, handle) = (gateway.local_addr(), gateway.handle());
    Host {
        address,
        handle,
        running: tokio::spawn(gateway.run()),
    }
}

/// No wait of a test is without an end. Not a timing assertion: far longer than anything takes.
pub(crate) async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(20), future)
        .await
        .expect("this never came")
}

impl Host {
    /// Resolves once no more than this many sessions are left.
    pub(crate) async fn sessions_fall_to(&self, count: u32) {
        within(async {
            while self.handle.sessions() > count {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
}
