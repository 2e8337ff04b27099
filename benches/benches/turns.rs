//! Rivals that take turns before criterion sees anything; criterion is then handed the times. So a noisy minute hits each of
//! them, and ratios of a few hundredths hold, which they do not when one is measured after the other.

use std::hint::black_box;
use std::thread::sleep;
use std::time::{Duration, Instant};

use criterion::{Criterion, SamplingMode};

const WARM_UP: Duration = Duration::from_millis(1);

/// Someone to measure.
pub struct Rival<'w> {
    name: &'static str,
    /// How many calls it makes when its turn comes.
    calls: u32,
    work: Box<dyn FnMut() + 'w>,
}

pub fn rival<'w, R>(name: &'static str, calls: u32, mut work: impl FnMut() -> R + 'w) -> Rival<'w> {
    Rival {
        name,
        calls,
        work: Box::new(move || drop(black_box(work()))),
    }
}

/// Measures `rivals` as the functions of `group`: what a call takes, in so many rounds.
pub fn bench(c: &mut Criterion, group: &str, rounds: usize, mut rivals: Vec<Rival<'_>>) {
    // `cargo test` only wants to see that it runs
    let measured = std::env::args().any(|argument| argument == "--bench");
    let taken = if measured { rounds } else { 1 };
    let mut group = c.benchmark_group(group);
    group.sample_size(rounds).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(WARM_UP).measurement_time(WARM_UP);
    let names: Vec<&str> = rivals.iter().map(|rival| rival.name).collect();
    let mut turns = None; // taken when criterion asks for the first of them, if it does
    for (which, name) in names.into_iter().enumerate() {
        let mut next = 0;
        group.bench_function(name, |b| {
            let turns = turns.get_or_insert_with(|| take(taken, &mut rivals));
            b.iter_custom(|iterations| {
                sleep(WARM_UP); // which criterion looks at the clock for
                next += 1;
                turns[which][next % taken] * u32::try_from(iterations).unwrap()
            });
        });
    }
    group.finish();
}

/// For each rival what a call took, a round at a time.
fn take(rounds: usize, rivals: &mut [Rival<'_>]) -> Vec<Vec<Duration>> {
    let mut times = vec![Vec::new(); rivals.len()];
    for _ in 0..rounds {
        for (rival, times) in rivals.iter_mut().zip(&mut times) {
            let begun = Instant::now();
            (0..rival.calls).for_each(|_| (rival.work)());
            times.push(begun.elapsed() / rival.calls);
        }
    }
    times
}
