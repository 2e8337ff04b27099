//! The scenarios on the virtual clock: the hand-written loop of the world, over good and slow networks.

use std::collections::BTreeSet;

use ra_testkit::scenarios;
use ra_testkit::world::World;

const HOUR: u64 = 3_600_000;

#[test]
fn every_scenario_by_the_hand_written_loop() {
    let mut differences = Vec::new();
    for seed in 0..20 {
        for scenario in scenarios::all() {
            let report = World::of(scenario, seed).run(HOUR);
            let diff = scenario.diff(&report.log, &report.phone_log);
            differences.extend(diff.map(|diff| format!("seed {seed}, {diff}")));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn the_names_tell_the_scenarios_apart() {
    let names: BTreeSet<&str> = scenarios::all().map(|scenario| scenario.name).collect();
    assert_eq!(names.len(), scenarios::all().count());
    assert!(names.len() > 40, "{}", names.len());
}

#[test]
fn a_difference_is_shown() {
    let scenario = scenarios::all().next().unwrap_or_else(|| panic!("none"));
    let lines = |lines: &[&str]| lines.iter().map(ToString::to_string).collect::<Vec<_>>();
    let (log, phone_log) = (lines(scenario.log), lines(scenario.phone_log));
    assert_eq!(scenario.diff(&log, &phone_log), None);
    let diff = scenario.diff(&log, &phone_log[..1]).unwrap_or_default();
    assert!(
        diff.contains("phone 1: expected approved\n  phone 1:      got (end)"),
        "{diff}"
    );
    let mut more = log.clone();
    more.push("qr".into());
    assert!(scenario.diff(&more, &phone_log).is_some());
}
