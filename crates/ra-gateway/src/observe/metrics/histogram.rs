//! How long things take.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Durations, counted by the shortest bound that they stay within.
#[derive(Debug)]
pub(super) struct Histogram {
    bounds: &'static [u64],
    /// One for each bound, and one for what is longer than all.
    counts: Box<[AtomicU64]>,
    sum_micros: AtomicU64,
}

impl Histogram {
    /// Bounds in microseconds, from short to long.
    pub(super) fn new(bounds: &'static [u64]) -> Self {
        Self {
            bounds,
            counts: (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect(),
            sum_micros: AtomicU64::new(0),
        }
    }

    pub(super) fn observe(&self, duration: Duration) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let bucket = self.bounds.partition_point(|bound| *bound < micros);
        if let Some(count) = self.counts.get(bucket) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.sum_micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// Each bound in seconds with how many stayed within it, `None` for all; and the sum in seconds.
    pub(super) fn read(&self) -> (Vec<(Option<f64>, u64)>, f64) {
        let mut total = 0;
        let bounds = self.bounds.iter().map(|bound| Some(seconds(*bound)));
        let buckets = bounds.chain([None]).zip(&self.counts);
        let buckets = buckets.map(|(bound, count)| {
            total += count.load(Ordering::Relaxed);
            (bound, total)
        });
        (
            buckets.collect(),
            seconds(self.sum_micros.load(Ordering::Relaxed)),
        )
    }
}

#[allow(clippy::cast_precision_loss)] // 2^53 µs are 285 years
fn seconds(micros: u64) -> f64 {
    micros as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_duration_counts_for_its_bound_and_all_longer_ones() {
        let histogram = Histogram::new(&[100, 1_000]);
        for micros in [0, 100, 101, 1_000, 1_001] {
            histogram.observe(Duration::from_micros(micros));
        }
        let (buckets, sum) = histogram.read();
        assert_eq!(buckets, [(Some(0.0001), 2), (Some(0.001), 4), (None, 5)]);
        assert!((sum - 0.002_202).abs() < 1e-9);
    }
}
