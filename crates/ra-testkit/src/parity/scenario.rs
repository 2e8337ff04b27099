//! All scenarios at once, as most of each is waiting.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use super::Adapter;
use crate::Fake;
use crate::net::serve;
use crate::scenarios::{DesktopPerson, PhonePerson, Scenario, all};

/// A scenario takes a few seconds; what takes longer than this hangs.
const HANGS: Duration = Duration::from_secs(60);

/// Runs every scenario through an adapter and compares the logs.
///
/// # Panics
///
/// With the differences, if there are any, and with the names of the scenarios that hang.
pub fn every_scenario(adapter: impl Adapter) {
    let adapter = Arc::new(adapter);
    let (done, ends) = mpsc::channel();
    let mut running: Vec<&str> = Vec::new();
    for scenario in all() {
        let (adapter, done) = (adapter.clone(), done.clone());
        running.push(scenario.name);
        thread::spawn(move || {
            let (log, phone_log) = run(scenario, &*adapter);
            let _ = done.send((scenario, log, phone_log));
        });
    }
    drop(done);
    let until = Instant::now() + HANGS;
    let mut differences = Vec::new();
    while !running.is_empty() {
        match ends.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok((scenario, log, phone_log)) => {
                running.retain(|name| *name != scenario.name);
                differences.extend(scenario.diff(&log, &phone_log));
            }
            Err(RecvTimeoutError::Timeout) => panic!("these hang: {running:?}"),
            Err(RecvTimeoutError::Disconnected) => panic!("these panicked: {running:?}"),
        }
    }
    assert!(
        differences.is_empty(),
        "{} scenarios end otherwise:\n{}",
        differences.len(),
        differences.join("\n")
    );
}

fn run(scenario: &'static Scenario, adapter: &impl Adapter) -> (Vec<String>, Vec<String>) {
    let service = serve(scenario.service(0));
    let address = service.address().to_string();
    let mut person = DesktopPerson::of(scenario);
    let owner = Mutex::new(PhonePerson::of(&scenario.phone));
    let (scan, scanned) = mpsc::channel();
    thread::scope(|scope| {
        let (owner, address) = (&owner, &address);
        scope.spawn(move || {
            let Ok(fingerprint) = scanned.recv() else {
                return; // nobody scans
            };
            let config = scenario.approval(address);
            let mut owner = owner.lock().expect("no other holder");
            let end = adapter.approve(config, fingerprint, &mut |event| owner.sees(event));
            owner.ended(&end);
        });
        let end = adapter.login(scenario.login(address), Arc::new(Fake), &mut |event| {
            let act = person.sees(event);
            if let Some(fingerprint) = person.take_scan() {
                let _ = scan.send(fingerprint);
            }
            act
        });
        person.ended(&end);
        drop(scan);
    });
    let owner = owner.into_inner().expect("no holder left");
    (person.log, owner.log)
}
