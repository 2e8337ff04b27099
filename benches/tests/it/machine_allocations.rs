//! Counts allocations of the bench `handshake` and of a small `crowd`.

#[path = "../../benches/frames/derived.rs"]
mod derived;
#[path = "../../benches/handshake/work.rs"]
mod work;

use std::process::Command;

use allocation_counter::{AllocationInfo, measure};
use work::{Frames, Scene, fake_key};

/// Returns the allocations of the second run: the first one may fill caches.
fn count(mut work: impl FnMut()) -> AllocationInfo {
    work();
    let counted = measure(work);
    assert_eq!(counted.bytes_current, 0, "something is kept");
    counted
}

fn assert_at_most(name: &str, counted: AllocationInfo, most: u64) {
    let AllocationInfo {
        count_total,
        bytes_total,
        ..
    } = counted;
    println!("{name}: {count_total} allocations, {bytes_total} bytes");
    assert!(
        count_total <= most,
        "{name}: {count_total} allocations, more than {most}"
    );
}

#[test]
fn a_handshake_allocates_47_times_at_most() {
    let (scene, frames) = (Scene::fake(), Frames::of_a_login());
    let alone = count(|| assert!(frames.write_and_read() > 0));
    println!(
        "its frames alone, derived: {} allocations",
        alone.count_total
    );
    let whole = count(|| assert!(scene.play(fake_key())));
    assert_at_most("a login of both machines", whole, 47);
}

/// One for the text of the frame, one for the queue in which it waits.
#[test]
fn a_heartbeat_allocates_twice_at_either_end_and_its_answer_never() {
    let scene = Scene::fake();
    let mut pair = scene.waiting(fake_key());
    let gateway = count(|| assert!(pair.gateway_heartbeat() > 0));
    assert_at_most("a heartbeat at the gateway", gateway, 2);
    let acknowledged = count(|| pair.desktop_heartbeat_ack());
    assert_at_most("heartbeat_ack at the desktop", acknowledged, 0);
    let desktop = count(|| {
        assert!(pair.desktop_heartbeat().is_some());
        pair.desktop_heartbeat_ack();
    });
    assert_at_most("a heartbeat at the desktop", desktop, 2);
}

#[test]
fn a_small_crowd_loses_nobody_and_its_work_grows_with_it() {
    let program = env!("CARGO_BIN_EXE_ra-crowd");
    let run = |options: &[&str]| Command::new(program).args(options).output().unwrap();
    let output = run(&["--sessions", "100,1000", "--rounds", "1", "--json"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let sizes = report["sizes"].as_array().unwrap();
    assert_eq!(sizes.len(), 2);
    for (size, sessions) in sizes.iter().zip([100, 1000]) {
        assert_eq!(size["sessions"], sessions);
        // minutes of them: an interval takes 41.25 s
        assert!(
            size["heartbeats"].as_u64() >= Some(13 * sessions),
            "{report}"
        );
        let bytes = size["bytes_a_session"].as_f64().unwrap();
        assert!((512.0..1_280.0).contains(&bytes), "{report}");
    }
    let table = run(&["--sessions", "50", "--rounds", "1"]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(table.contains("| of them lost | 0 |"), "{table}");
}
