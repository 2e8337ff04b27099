//! Replays the committed corpora on stable Rust: each file as it is, and a bounded number of
//! deterministic mutations of it.
//!
//! `RA_FUZZ_SEED` (default 1) and `RA_FUZZ_COUNT` (mutations a file, default 200) choose others. With
//! `RA_FUZZ_SECONDS` each target goes on for so long, however many mutations that comes to.
#![forbid(unsafe_code)]
#![cfg(test)]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

type Target = fn(&[u8]);

/// So many files has a corpus at most: .ci/recipes/fuzz-corpus.sh leaves no more.
const MOST: usize = 50;

/// A test for each target, which has the name of its corpus.
macro_rules! targets {
    ($($name:ident)*) => {
        const TARGETS: &[&str] = &[$(stringify!($name)),*];
        $(
            #[test]
            fn $name() {
                replay(stringify!($name), ra_fuzz::$name);
            }
        )*
    };
}

targets! {
    gateway_frame
    desktop_frame
    scan_url
    user_payload
    desktop_script
    pair_script
    http_response
    oauth2_callback
    oauth2_token
    oauth2_error
    oauth2_fragment
    oauth2_jwks
    oauth2_id_token
}

#[test]
fn each_corpus_has_a_target() {
    for entry in fs::read_dir(corpora()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            TARGETS.contains(&name.as_str()),
            "fuzz/corpus/{name} belongs to no target: {TARGETS:?}"
        );
    }
}

fn replay(name: &str, target: Target) {
    let corpus = corpus(name);
    assert!(
        (5..=MOST).contains(&corpus.len()),
        "fuzz/corpus/{name} holds {} files and not 5 to {MOST}; if more, take a found_* out or run \
         .ci/recipes/fuzz-corpus.sh {name}",
        corpus.len()
    );
    let seed = setting("RA_FUZZ_SEED", 1);
    let count = setting("RA_FUZZ_COUNT", 200);
    let until = Instant::now() + Duration::from_secs(setting("RA_FUZZ_SECONDS", 0));
    let mut dice: Vec<_> = corpus
        .iter()
        .map(|(file, _)| Dice::new(seed, file))
        .collect();
    corpus
        .iter()
        .for_each(|(file, input)| run(name, file, target, input));
    let (mut rounds, mut runs) = (0, corpus.len());
    while rounds < count || Instant::now() < until {
        for ((file, input), dice) in corpus.iter().zip(&mut dice) {
            let other = &corpus[dice.below(corpus.len())].1;
            run(name, file, target, &mutate(input, other, dice));
        }
        (rounds, runs) = (rounds + 1, runs + corpus.len());
    }
    println!("{name}: {runs} runs");
}

/// Runs a target; where it panics, says how to get there again.
fn run(name: &str, file: &str, target: Target, input: &[u8]) {
    let outcome = catch_unwind(AssertUnwindSafe(|| target(input)));
    assert!(
        outcome.is_ok(),
        "{name}: {file} or a mutation of it: b\"{}\"",
        input.escape_ascii()
    );
}

fn corpora() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn corpus(name: &str) -> Vec<(String, Vec<u8>)> {
    let read = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry.unwrap();
        let file = entry.file_name().into_string().unwrap();
        assert!(
            entry.path().is_file(),
            "fuzz/corpus/{name}/{file} is no file"
        );
        (file, fs::read(entry.path()).unwrap())
    };
    let mut corpus: Vec<_> = fs::read_dir(corpora().join(name))
        .unwrap_or_else(|why| panic!("fuzz/corpus/{name}: {why}"))
        .map(read)
        .collect();
    corpus.sort();
    corpus
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| {
        text.parse()
            .unwrap_or_else(|_| panic!("{name} wants a whole number from 0 up, not {text:?}"))
    })
}

/// One to four small damages: flipped bits, bytes of meaning, cuts, doublings, pieces of another input.
fn mutate(input: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    const MEANINGFUL: &[u8] = b"\"\\{}[],:/?#@%=-_0179eE.+ \n\0\x7f\xc3\xff";
    let mut bytes = input.to_vec();
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len() + 1);
        let to = at + dice.below(bytes.len() + 1 - at);
        match dice.below(6) {
            0 => bytes
                .iter_mut()
                .skip(at)
                .take(1)
                .for_each(|byte| *byte ^= 1 << dice.below(8)),
            1 => bytes.insert(at, MEANINGFUL[dice.below(MEANINGFUL.len())]),
            2 => bytes.truncate(at),
            3 => drop(bytes.drain(at..to)),
            4 => bytes.extend_from_within(at..to),
            _ => {
                let from = dice.below(other.len() + 1);
                bytes.truncate(at);
                bytes.extend(&other[from..]);
            }
        }
    }
    bytes
}

/// Numbers that are the same on every machine (SplitMix64).
struct Dice(u64);

impl Dice {
    fn new(seed: u64, file: &str) -> Self {
        Self(file.bytes().fold(seed, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(byte.into())
        }))
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let mixed = mixed ^ (mixed >> 31);
        usize::try_from(mixed % end as u64).unwrap()
    }
}
