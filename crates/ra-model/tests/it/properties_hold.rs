//! Checks every state of a world with one mishap and one trick: properties hold, and goals are reachable.

use std::time::Instant;

use ra_model::World;
use stateright::{Checker as _, Model as _};

#[test]
fn with_one_mishap_and_one_trick_all_holds_that_must() {
    let start = Instant::now();
    let checker = World::new(1, 1).checker().threads(2).spawn_bfs().join();
    checker.assert_properties();
    assert!(checker.is_done());
    let size = [checker.unique_state_count(), checker.state_count()];
    assert_eq!(size, crate::page::size("1", "1", "1"));
    println!(
        "{} states, {} steps, {:.0} s",
        size[0],
        size[1],
        start.elapsed().as_secs_f64()
    );
}
