//! Checks a world, prints its size, and prints a run to each goal that was reached and to each property that was
//! broken. `cargo run --release -p ra-model --example check -- [MISHAPS [TRICKS [SCANS]]]`, 1 by default; SCANS is 1 or
//! 2.

use std::process::ExitCode;
use std::time::Instant;

use ra_model::World;
use stateright::{Checker as _, Expectation, Model as _};

fn main() -> ExitCode {
    let mut numbers = std::env::args().skip(1).map(|number| number.parse());
    let mut number = || numbers.next().unwrap_or(Ok(1));
    let (Ok(mishaps), Ok(tricks), Ok(scans), None) = (number(), number(), number(), numbers.next())
    else {
        eprintln!("usage: check [MISHAPS [TRICKS [SCANS]]], each a number up to 255");
        return ExitCode::from(2);
    };
    let Some(world) = World::new(mishaps, tricks).scanning(scans) else {
        eprintln!("SCANS is 1 or 2, not {scans}");
        return ExitCode::from(2);
    };
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get());
    let start = Instant::now();
    let checker = world.checker().threads(threads).spawn_bfs().join();
    println!(
        "{mishaps} mishaps, {tricks} tricks, {scans} scans a phone: {} states, {} steps, depth {}, {:.0} s",
        checker.unique_state_count(),
        checker.state_count(),
        checker.max_depth(),
        start.elapsed().as_secs_f64()
    );
    let mut found = checker.discoveries();
    let mut holds = true;
    for property in world.properties() {
        let path = found.remove(property.name);
        let must_be_found = property.expectation == Expectation::Sometimes;
        let is_well = path.is_some() == must_be_found;
        holds &= is_well;
        let mark = if is_well { "ok" } else { "WRONG" };
        println!("{mark}: {:?} {}", property.expectation, property.name);
        for action in path.map(|path| path.into_actions()).unwrap_or_default() {
            println!("    {action:?}");
        }
    }
    ExitCode::from(u8::from(!holds))
}
