//! Spread for waits, from a seed the caller draws: so that a thousand desktops do not beat as one.

use core::time::Duration;

/// A small generator for spreading waits. Not a source of secrets: nothing that protects anybody
/// hangs on it, it only keeps many desktops from acting at the same instant.
///
/// ```
/// use ra_core::Jitter;
/// use ra_crypto::{Entropy, EntropyError};
///
/// fn jitter(entropy: &mut dyn Entropy) -> Result<Jitter, EntropyError> {
///     let mut seed = [0; 8];
///     entropy.fill(&mut seed)?;
///     Ok(Jitter::from_seed(u64::from_le_bytes(seed)))
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Jitter(u64);

impl Jitter {
    /// A generator that starts from `seed`; draw it from the system's randomness.
    ///
    /// ```
    /// use ra_core::Jitter;
    ///
    /// let repeatable = Jitter::from_seed(1); // for tests
    /// ```
    #[must_use]
    pub const fn from_seed(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number (SplitMix64).
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A wait between one millisecond and `whole`, both included.
    pub(crate) fn part_of(&mut self, whole: Duration) -> Duration {
        let millis = u64::try_from(whole.as_millis()).unwrap_or(u64::MAX).max(1);
        Duration::from_millis(self.next() % millis + 1)
    }

    /// A wait between three quarters of `about` and `about`.
    pub(crate) fn near(&mut self, about: Duration) -> Duration {
        about - self.part_of(about / 4).min(about / 4)
    }

    /// Another generator, drawn from this one.
    pub(crate) fn fork(&mut self) -> Self {
        Self(self.next())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_part_lies_within_the_whole(seed: u64, millis in 1u64..10_000_000) {
            let whole = Duration::from_millis(millis);
            let part = Jitter::from_seed(seed).part_of(whole);
            prop_assert!(part >= Duration::from_millis(1) && part <= whole);
        }

        #[test]
        fn near_stays_near(seed: u64, millis in 0u64..10_000_000) {
            let about = Duration::from_millis(millis);
            let near = Jitter::from_seed(seed).near(about);
            prop_assert!(near <= about && near >= about / 4 * 3);
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "thousands of draws")]
    fn draws_reach_both_ends() {
        let whole = Duration::from_millis(4);
        let mut jitter = Jitter::from_seed(9);
        let parts: std::collections::BTreeSet<_> =
            (0..200).map(|_| jitter.part_of(whole)).collect();
        assert_eq!(parts, [1, 2, 3, 4].map(Duration::from_millis).into());
        let about = Duration::from_millis(400);
        let near: std::vec::Vec<_> = (0..5_000).map(|_| jitter.near(about)).collect();
        let ends = (near.iter().min(), near.iter().max());
        let (least, most) = (about / 4 * 3, about - Duration::from_millis(1));
        assert_eq!(ends, (Some(&least), Some(&most)));
        let at_the_end = near.iter().filter(|wait| **wait == least).count();
        assert!(at_the_end < 200, "evenly: {at_the_end} of 5000");
    }

    #[test]
    fn a_millisecond_has_no_parts() {
        let whole = Duration::from_millis(1);
        let mut jitter = Jitter::from_seed(9);
        for _ in 0..20 {
            assert_eq!(jitter.part_of(whole), whole);
        }
        assert_eq!(jitter.part_of(Duration::ZERO), whole);
    }

    #[test]
    fn near_holds_for_waits_of_a_few_milliseconds() {
        for millis in 0..10 {
            let about = Duration::from_millis(millis);
            assert!(Jitter::from_seed(millis).near(about) >= about / 4 * 3);
        }
    }

    #[test]
    fn seeds_and_draws_differ() {
        let whole = Duration::from_secs(41);
        let mut a = Jitter::from_seed(1);
        let mut b = Jitter::from_seed(2);
        let drawn: std::vec::Vec<_> = (0..8).map(|_| a.part_of(whole)).collect();
        assert!(drawn.windows(2).any(|w| w[0] != w[1]));
        assert_ne!(
            drawn,
            (0..8)
                .map(|_| b.part_of(whole))
                .collect::<std::vec::Vec<_>>()
        );
    }

    #[test]
    fn splitmix_reference_values() {
        // First outputs of SplitMix64 from seed 1234567, as published with the algorithm.
        let mut j = Jitter::from_seed(1_234_567);
        assert_eq!(j.next(), 6_457_827_717_110_365_317);
        assert_eq!(j.next(), 3_203_168_211_198_807_973);
    }
}
