//! The race with racers whose moves are known, and what becomes of the primes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Barrier};
use std::vec::Vec;

use chacha20::rand_core::SeedableRng;
use rsa::traits::{PrivateKeyParts, PublicKeyParts};

use super::*;

/// A racer: which one, what it holds while it runs, and how often it has searched.
struct Racer {
    id: u32,
    _alive: Arc<()>,
    searched: u32,
}

/// The caller's racer, number 0, the `others`, and a count of those that are alive.
fn racers(others: u32) -> (Racer, Vec<Racer>, Arc<()>) {
    let alive = Arc::new(());
    let racer = |id| Racer {
        id,
        _alive: alive.clone(),
        searched: 0,
    };
    (racer(0), (1..=others).map(racer).collect(), alive)
}

/// Searches until another thread wins, like a real search. It is bounded: a race that never ends fails the test.
fn until_over<P>(over: &AtomicBool) -> Option<P> {
    for _ in 0..100_000_000_u64 {
        if over.load(Relaxed) {
            return None;
        }
        thread::yield_now();
    }
    panic!("the race is never over");
}

#[test]
fn one_thread_may_find_both_and_the_other_is_told() {
    for winner in [0, 1] {
        let (mut own, mut others, _) = racers(1);
        let found = first_two(&mut own, &mut others, |racer, over| {
            if racer.id != winner {
                return until_over(over);
            }
            racer.searched += 1;
            Some(racer.searched)
        });
        assert_eq!(found, Ok([1, 2]), "thread {winner}");
    }
}

#[test]
fn each_thread_may_find_one() {
    let (mut own, mut others, _) = racers(1);
    let found = first_two(&mut own, &mut others, |racer, over| {
        racer.searched += 1;
        match racer.searched {
            1 => Some(racer.id),
            _ => until_over(over),
        }
    });
    let mut found = found.unwrap();
    found.sort_unstable();
    assert_eq!(found, [0, 1]);
}

#[test]
fn a_third_that_is_found_at_the_same_moment_is_dropped() {
    let (mut own, mut others, _) = racers(2);
    let all_have_found = Barrier::new(3);
    let found = first_two(&mut own, &mut others, |racer, over| {
        racer.searched += 1;
        if racer.searched > 1 {
            return until_over(over);
        }
        all_have_found.wait();
        Some(racer.id)
    });
    let [first, second] = found.unwrap();
    assert!(first != second && first.max(second) < 3);
}

#[test]
fn a_thread_that_panics_ends_the_race_without_a_key() {
    for others in 1..4 {
        let (mut own, mut racers, alive) = racers(others);
        let found = first_two(&mut own, &mut racers, |racer, over| match racer.id {
            1 => panic!("a search that panics"),
            _ => until_over::<u32>(over),
        });
        assert_eq!(found, Err(GenerateError::Backend));
        drop((own, racers));
        assert_eq!(Arc::strong_count(&alive), 1);
    }
}

#[test]
fn a_key_that_was_found_beside_a_panic_is_not_used() {
    let (mut own, mut others, _) = racers(1);
    let found = first_two(&mut own, &mut others, |racer, over| match racer.id {
        0 => Some(7),
        // after the caller's thread has won
        _ => until_over(over).or_else(|| panic!("a search that panics")),
    });
    assert_eq!(found, Err(GenerateError::Backend));
}

#[test]
fn a_panic_of_the_callers_own_search_ends_the_others_and_is_the_callers() {
    let (mut own, mut others, alive) = racers(2);
    let race = AssertUnwindSafe(|| {
        first_two(&mut own, &mut others, |racer, over| match racer.id {
            0 => panic!("a search that panics"),
            _ => until_over::<u32>(over),
        })
    });
    assert!(catch_unwind(race).is_err());
    drop((own, others));
    assert_eq!(Arc::strong_count(&alive), 1);
}

#[test]
fn searches_that_find_nothing_make_no_key() {
    let (mut own, mut others, _) = racers(2);
    let found = first_two(&mut own, &mut others, |_, _| None::<u32>);
    assert_eq!(found, Err(GenerateError::Backend));
    // one prime is no key either
    let found = first_two(&mut own, &mut [], |racer, _| {
        racer.searched += 1;
        (racer.searched == 1).then_some(1)
    });
    assert_eq!(found, Err(GenerateError::Backend));
}

#[test]
fn without_another_thread_the_callers_finds_both() {
    let (mut own, _, _) = racers(0);
    let found = first_two(&mut own, &mut [], |racer, _| {
        racer.searched += 1;
        Some(racer.searched)
    });
    assert_eq!(found, Ok([1, 2]));
}

fn found(seed: u8) -> Prime {
    let mut rng = ChaCha20Rng::from_seed([seed; 32]);
    prime(&mut rng, &AtomicBool::new(false)).unwrap()
}

#[test]
fn primes_are_prime_have_their_highest_bits_and_depend_on_the_seed() {
    let [first, second] = [1, 2].map(found);
    for prime in [&first, &second] {
        assert!(is_prime(Flavor::Any, &**prime));
        assert_eq!(prime.bit_width(), 1024);
        assert!(prime.to_be_bytes()[0] >= 0xc0);
    }
    assert_ne!(*first, *second);
    assert_eq!(*first, *found(1));
}

#[test]
fn nothing_is_looked_for_once_the_race_is_over() {
    let mut rng = ChaCha20Rng::from_seed([1; 32]);
    assert!(prime(&mut rng, &AtomicBool::new(true)).is_none());
}

/// 2¹⁰²³ + 2^`bit` + `more`.
fn number(bit: usize, more: u8) -> Prime {
    let mut bytes = [0; 128];
    bytes[0] = 0x80;
    bytes[127 - bit / 8] |= 1 << (bit % 8);
    bytes[127] += more;
    Zeroizing::new(BoxedUint::from_be_slice(&bytes, PRIME_BITS).unwrap())
}

#[test]
fn primes_that_are_near_each_other_make_no_key() {
    let low = number(0, 0);
    for (high, expected) in [
        (number(925, 1), true),  // 2⁹²⁵
        (number(925, 0), false), // 2⁹²⁵ − 1
        (number(924, 0), false),
        (number(8, 0), false),
        (low.clone(), false),
    ] {
        assert_eq!(far_apart(&high, &low), expected);
        assert_eq!(far_apart(&low, &high), expected);
    }
}

/// The next prime: `rsa` would make a key of the two.
fn next(prime: &BoxedUint) -> Prime {
    let later = (1..100_000_u64).map(|step| prime.wrapping_add(BoxedUint::from(2 * step)));
    let mut primes = later.filter(|number| is_prime(Flavor::Any, number));
    Zeroizing::new(primes.next().unwrap())
}

#[test]
fn pairs_that_make_no_key_are_passed_over() {
    let [first, second] = [3, 4].map(found);
    // 65537 × 2¹⁰⁰⁷ + 1: the exponent has no inverse
    let unfit = number(1007, 1);
    let mut pairs = Vec::from([
        [first.clone(), second.clone()],
        [first.clone(), unfit.clone()],
        [unfit, second.clone()],
        [first.clone(), next(&first)],
        [first.clone(), first.clone()],
    ]);
    let key = key_from(|| pairs.pop().ok_or(GenerateError::Backend)).unwrap();
    assert!(pairs.is_empty());
    assert_eq!(key.primes().len(), 2);
    assert!(*key.primes()[0] == *first && *key.primes()[1] == *second);
    assert_eq!(key.n().bit_width(), 2048);
    assert_eq!(*key.e(), BoxedUint::from(65537_u64));
    assert!(key.dp().is_some() && key.dq().is_some() && key.qinv().is_some());
    assert_eq!(key.validate(), Ok(()));
}

#[test]
fn pairs_are_asked_for_a_limited_number_of_times() {
    let first = found(3);
    let mut asked = 0;
    let key = key_from(|| {
        asked += 1;
        Ok([first.clone(), first.clone()])
    });
    assert_eq!((key.is_err(), asked), (true, 8));
    let failed = key_from(|| Err(GenerateError::Backend));
    assert_eq!(failed.unwrap_err(), GenerateError::Backend);
}
