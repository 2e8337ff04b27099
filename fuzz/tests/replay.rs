//! Replays the committed corpora on stable Rust: each file as it is, and a bounded number of
//! deterministic mutations of it.
//!
//! `RA_FUZZ_SEED` (default 1) and `RA_FUZZ_COUNT` (mutations a file, default 200) choose others. With
//! `RA_FUZZ_SECONDS` each target goes on for so long, however many mutations that comes to.
#![forbid(unsafe_code)]
#![cfg(test)]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

type Target = fn(&[u8]);

#[test]
fn gateway_frame() {
    replay("gateway_frame", ra_fuzz::gateway_frame);
}

#[test]
fn desktop_frame() {
    replay("desktop_frame", ra_fuzz::desktop_frame);
}

#[test]
fn scan_url() {
    replay("scan_url", ra_fuzz::scan_url);
}

#[test]
fn user_payload() {
    replay("user_payload", ra_fuzz::user_payload);
}

#[test]
fn desktop_script() {
    replay("desktop_script", ra_fuzz::desktop_script);
}

#[test]
fn pair_script() {
    replay("pair_script", ra_fuzz::pair_script);
}

#[test]
fn http_response() {
    replay("http_response", ra_fuzz::http_response);
}

#[test]
fn oauth2_callback() {
    replay("oauth2_callback", ra_fuzz::oauth2_callback);
}

#[test]
fn oauth2_token() {
    replay("oauth2_token", ra_fuzz::oauth2_token);
}

#[test]
fn oauth2_error() {
    replay("oauth2_error", ra_fuzz::oauth2_error);
}

#[test]
fn oauth2_fragment() {
    replay("oauth2_fragment", ra_fuzz::oauth2_fragment);
}

#[test]
fn oauth2_jwks() {
    replay("oauth2_jwks", ra_fuzz::oauth2_jwks);
}

#[test]
fn oauth2_id_token() {
    replay("oauth2_id_token", ra_fuzz::oauth2_id_token);
}

fn replay(name: &str, target: Target) {
    let corpus = corpus(name);
    assert!(
        (5..=50).contains(&corpus.len()),
        "{name}: {} corpus files",
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

fn corpus(name: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name);
    let read = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry.unwrap();
        let file = entry.file_name().into_string().unwrap();
        (file, fs::read(entry.path()).unwrap())
    };
    let mut corpus: Vec<_> = fs::read_dir(folder).unwrap().map(read).collect();
    corpus.sort();
    corpus
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
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
