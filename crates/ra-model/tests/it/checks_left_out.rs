//! Leaves out each check: without it, a property breaks.

use std::collections::{BTreeMap, BTreeSet};

use ra_model::World;
use ra_model::check::Check;
use stateright::{Checker as _, Expectation, HasDiscoveries, Model as _};

const YES: &str = "a token is given only after its user approved that session";
const FOOLED: &str = "a person who is not deceived logs in only their own desktop";
const ONE_DESKTOP: &str = "an approval reaches at most one desktop";
const HOLDER: &str = "an approval reaches only the holder of the scanned key";
const SEALED: &str = "the data of a scan is sealed to the scanned key";
const SHOWN: &str = "a desktop gets the token of the user it shows";
const ONE_VERDICT: &str = "a handshake token brings at most one verdict";
const WITHDRAWN: &str = "a withdrawn scan decides nothing";
const ONE_EXCHANGE: &str = "a ticket is redeemed at most once";
const ONE_END: &str = "a login ends at most once";
const NOTHING_AFTER: &str = "nothing happens after an end";

/// Each check, the mishaps and tricks needed to miss it, and the properties that break without it.
const LEFT_OUT: [(Check, u8, u8, &[&str]); 13] = [
    (Check::Proof, 0, 1, &[HOLDER, ONE_DESKTOP]),
    (Check::OwnFingerprint, 0, 1, &[FOOLED]),
    (Check::Asked, 0, 0, &[YES]),
    (Check::ScannedKey, 0, 1, &[SEALED]),
    (Check::Leave, 0, 0, &[WITHDRAWN]),
    (Check::LastScan, 0, 0, &[WITHDRAWN]),
    (Check::Account, 0, 1, &[YES, SHOWN]),
    (Check::BoundKey, 0, 1, &[SEALED]),
    (Check::OneVerdict, 1, 0, &[ONE_VERDICT]),
    (Check::OneExchange, 0, 1, &[ONE_EXCHANGE]),
    (Check::Sealed, 0, 1, &[YES, FOOLED, SHOWN]),
    (Check::DesktopEnded, 1, 0, &[NOTHING_AFTER, ONE_END]),
    (Check::SessionEnded, 1, 0, &[NOTHING_AFTER]),
];

/// Returns the broken properties, in the first states that show them.
fn broken(world: World, expected: &[&'static str]) -> BTreeSet<&'static str> {
    let enough = HasDiscoveries::AllOf(expected.iter().copied().collect());
    let checker = world.checker().finish_when(enough).spawn_bfs().join();
    let found: BTreeSet<_> = checker.discoveries().into_keys().collect();
    always().intersection(&found).copied().collect()
}

fn always() -> BTreeSet<&'static str> {
    let properties = World::new(1, 1).properties().into_iter();
    let always = properties.filter(|property| property.expectation == Expectation::Always);
    always.map(|property| property.name).collect()
}

#[test]
fn without_any_one_check_something_breaks() {
    for (check, mishaps, tricks, expected) in LEFT_OUT {
        let broken = broken(World::new(mishaps, tricks).without(check), expected);
        for property in expected {
            assert!(
                broken.contains(property),
                "without {check:?}: {property} holds"
            );
        }
    }
}

#[test]
fn every_check_is_left_out_and_everything_that_must_hold_can_break() {
    let left_out: BTreeSet<_> = LEFT_OUT.iter().map(|(check, ..)| *check).collect();
    assert_eq!(left_out, BTreeSet::from(Check::ALL));
    let broken: BTreeSet<_> = LEFT_OUT
        .iter()
        .flat_map(|(.., broken)| *broken)
        .copied()
        .collect();
    assert_eq!(broken, always());
}

#[test]
fn the_page_says_what_breaks_without_each_check() {
    let mut written = BTreeMap::new();
    for row in crate::page::table("What holds in every state") {
        let properties: BTreeSet<_> = row[1].split("; ").map(str::to_owned).collect();
        let is_new = written.insert(row[0].clone(), properties).is_none();
        assert!(is_new, "{} twice", row[0]);
    }
    let found = LEFT_OUT.iter().map(|(check, .., broken)| {
        let broken = broken.iter().map(|property| (*property).to_owned());
        (format!("`{check:?}`"), broken.collect())
    });
    assert_eq!(written, found.collect());
}
