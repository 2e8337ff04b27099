//! Measures rivals in interleaved rounds, then hands the times to criterion. A busy minute slows all rivals, so
//! ratios are accurate to a few hundredths. They are not if one rival is measured after the other.

use std::hint::black_box;
use std::thread::sleep;
use std::time::{Duration, Instant};

use criterion::{Criterion, SamplingMode};

/// Number of turns of each.
pub const ROUNDS: usize = 300;

/// So many calls are believed to take so long, whatever they take: criterion decides by it how many it wants.
const MANY: u64 = 4096;
const NAP: Duration = Duration::from_millis(1);

/// Someone to measure.
pub struct Rival<'w> {
    name: &'static str,
    /// Number of calls in a turn, enough for some dozen microseconds or more.
    calls: u32,
    /// Makes this many calls and returns how long they took.
    work: Box<dyn FnMut(u32) -> Duration + 'w>,
}

pub fn rival<'w, R>(name: &'static str, calls: u32, mut work: impl FnMut() -> R + 'w) -> Rival<'w> {
    timed(name, calls, move |calls| {
        let begun = Instant::now();
        for _ in 0..calls {
            black_box(work());
        }
        begun.elapsed()
    })
}

/// One whose calls each want something new, the making and dropping of which does not count.
#[allow(dead_code)] // not every bench has such
pub fn prepared<'w, T, R>(
    name: &'static str,
    calls: u32,
    mut prepare: impl FnMut() -> T + 'w,
    mut work: impl FnMut(&mut T) -> R + 'w,
) -> Rival<'w> {
    timed(name, calls, move |calls| {
        let mut all: Vec<T> = (0..calls).map(|_| prepare()).collect();
        let begun = Instant::now();
        for one in &mut all {
            black_box(work(one));
        }
        begun.elapsed()
    })
}

/// One that looks at the clock itself.
pub fn timed<'w>(
    name: &'static str,
    calls: u32,
    work: impl FnMut(u32) -> Duration + 'w,
) -> Rival<'w> {
    let work = Box::new(work);
    Rival { name, calls, work }
}

/// Measures `rivals` as the functions of `group`, ours first.
pub fn bench(c: &mut Criterion, group: &str, rounds: usize, mut rivals: Vec<Rival<'_>>) {
    // `cargo test` only wants to see that it runs
    let measured = std::env::args().any(|argument| argument == "--bench");
    let taken = if measured { rounds } else { 1 };
    let mut group = c.benchmark_group(group);
    group.sample_size(rounds).sampling_mode(SamplingMode::Flat);
    group
        .warm_up_time(NAP)
        .measurement_time(NAP * u32::try_from(rounds).unwrap());
    let names: Vec<&str> = rivals.iter().map(|rival| rival.name).collect();
    let mut rounds_taken = None; // taken when criterion asks for the first of them, if it does
    for (which, name) in names.into_iter().enumerate() {
        let mut next = 0;
        group.bench_function(name, |b| {
            let rounds_taken =
                rounds_taken.get_or_insert_with(|| take(taken, measured, &mut rivals));
            b.iter_custom(|iterations| {
                if iterations >= MANY {
                    sleep(NAP);
                }
                next += 1;
                Duration::from_secs_f64(rounds_taken[which][next % taken] * iterations as f64)
            });
        });
    }
    group.finish();
}

/// For each rival how many seconds a call took, a round at a time.
fn take(rounds: usize, measured: bool, rivals: &mut [Rival<'_>]) -> Vec<Vec<f64>> {
    let mut times = vec![Vec::new(); rivals.len()];
    for _ in 0..rounds {
        for (rival, times) in rivals.iter_mut().zip(&mut times) {
            let calls = if measured { rival.calls } else { 1 };
            times.push((rival.work)(calls).as_secs_f64() / f64::from(calls));
        }
    }
    times
}
