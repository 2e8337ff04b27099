//! The corpus reaches what the names of its files say. A target that reaches nothing checks nothing.

use super::run;

/// Runs a file of the corpus, and returns the accounts that somebody got into.
fn let_in(name: &str) -> Vec<usize> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/pair_script/");
    let script = std::fs::read(format!("{folder}{name}")).unwrap();
    let world = run(&script);
    let mut let_in = world.oracle.let_in();
    let_in.sort_unstable();
    world.parties.finish();
    let_in
}

#[test]
fn a_yes_lets_one_desktop_in() {
    for name in [
        "approved",
        "approved_nonce_dialect",
        "second_factor",
        "captcha",
        "finish_twice",
        "two_scan_first_approves",
        "abandoned_after_yes",
        "phone_scans_again",
        "finish_reply_lost",
        "desktop_restarts",
        "gateway_restarts",
        "renewed",
        "rogue_says_yes",
        "rogue_borrows_key",
    ] {
        assert_eq!(let_in(name), [0], "{name}");
    }
}

#[test]
fn two_desktops_get_in_by_two_approvals() {
    assert_eq!(let_in("both_desktops"), [0, 1]);
    assert_eq!(let_in("crossed_accounts"), [0, 1]);
}

#[test]
fn only_the_last_scan_may_approve() {
    assert_eq!(let_in("two_scan_one_code"), [1]);
}

#[test]
fn nobody_gets_in_without_a_yes_in_time() {
    for name in [
        "declined",
        "yes_too_late",
        "yes_after_expiry",
        "ticket_too_late",
        "rogue_replays_proof",
        "rogue_steals_ticket",
        "made_up_ticket",
        "replayed_to_other",
        "forged_code",
    ] {
        assert!(let_in(name).is_empty(), "{name}");
    }
}

/// The known limit: a person who scans the adversary's code lets the adversary in.
#[test]
fn a_relayed_code_is_approved_by_a_fooled_person() {
    assert_eq!(let_in("rogue_code_approved"), [0]);
    assert_eq!(let_in("rogue_exchanges_twice"), [0], "once");
}
