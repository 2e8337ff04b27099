//! Replays the committed corpora on stable Rust: each file, and a number of deterministic mutations of it.
//!
//! `RA_FUZZ_SEED` (default 1) and `RA_FUZZ_COUNT` (mutations a file, default 200) choose the mutations. With
//! `RA_FUZZ_SECONDS`, each target goes on for that time.
#![forbid(unsafe_code)]
#![cfg(test)]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ra_testkit::SeededEntropy;

type Target = fn(&[u8]);

/// Most files of a corpus: .ci/recipes/fuzz-corpus.sh leaves no more.
const MOST: usize = 50;

/// Defines a test for each target, with the name of its corpus.
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
        .map(|(file, _)| {
            let mix = |sum: u64, byte: u8| sum.wrapping_mul(31).wrapping_add(byte.into());
            SeededEntropy::new(file.bytes().fold(seed, mix))
        })
        .collect();
    corpus
        .iter()
        .for_each(|(file, input)| run(name, file, target, input));
    let (mut rounds, mut runs) = (0, corpus.len());
    while rounds < count || Instant::now() < until {
        for ((file, input), dice) in corpus.iter().zip(&mut dice) {
            let other = &corpus[below(dice, corpus.len())].1;
            run(name, file, target, &mutate(input, other, dice));
        }
        (rounds, runs) = (rounds + 1, runs + corpus.len());
    }
    println!("{name}: {runs} runs");
}

/// Runs a target, and prints the input if it panics.
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

/// Makes one to four changes: flipped bits, meaningful bytes, cuts, doublings, pieces of another input.
fn mutate(input: &[u8], other: &[u8], dice: &mut SeededEntropy) -> Vec<u8> {
    const MEANINGFUL: &[u8] = b"\"\\{}[],:/?#@%=-_0179eE.+ \n\0\x7f\xc3\xff";
    let mut bytes = input.to_vec();
    for _ in 0..=below(dice, 4) {
        let at = below(dice, bytes.len() + 1);
        let to = at + below(dice, bytes.len() + 1 - at);
        match below(dice, 6) {
            0 => bytes
                .iter_mut()
                .skip(at)
                .take(1)
                .for_each(|byte| *byte ^= 1 << below(dice, 8)),
            1 => bytes.insert(at, MEANINGFUL[below(dice, MEANINGFUL.len())]),
            2 => bytes.truncate(at),
            3 => drop(bytes.drain(at..to)),
            4 => bytes.extend_from_within(at..to),
            _ => {
                let from = below(dice, other.len() + 1);
                bytes.truncate(at);
                bytes.extend(&other[from..]);
            }
        }
    }
    bytes
}

/// Returns a number below `end`, the same on every machine.
fn below(dice: &mut SeededEntropy, end: usize) -> usize {
    usize::try_from(dice.below(end as u64)).unwrap()
}
