//! Logins through broken networks to a real gateway.

use std::sync::Arc;
use std::time::Duration;

use ra_crypto::RustCrypto;
use ra_gateway::{Config, Gateway};
use ra_testkit::FakeOr;
use ra_testkit::parity::{Account, network_faults};

use crate::adapter::Blocking;

#[test]
fn network_faults_end_well_or_in_a_documented_error() {
    let accounts = Account::some();
    let in_memory = Account::in_memory(&accounts);
    let mut config = Config::default();
    config.session.timeout = Duration::from_secs(6);
    config.session.heartbeat_interval = Duration::from_secs(2);
    config.limits.sessions_per_address = u32::MAX;
    config.limits.calls_per_address = u32::MAX;
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let backend = Arc::new(FakeOr(Arc::new(RustCrypto)));
    let gateway = Gateway::bind(config, Arc::new(in_memory), backend);
    let gateway = runtime.block_on(gateway).unwrap();
    let address = gateway.local_addr();
    runtime.spawn(gateway.run());
    let figures = network_faults(Blocking, address, accounts, Arc::new(RustCrypto));
    assert!(figures.ends.contains_key("in"), "{figures:?}");
    runtime.shutdown_background();
}
