//! Reads and writes each frame, with rivals by serde. `docs/benchmarks.md` describes the rivals.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)] // macros of criterion; a bench may stop

mod derived;
mod flat;
#[path = "../interleaved.rs"]
mod interleaved;
mod samples;
mod visitor;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use interleaved::{ROUNDS, rival};
use ra_proto::frame::{DesktopFrame, GatewayFrame};

/// Benches the frames of one direction. The rivals read and write the same text.
macro_rules! bench_frames {
    ($c:expr, $frames:expr, $ours:ident, $rival:ident) => {
        for (name, frame) in $frames {
            let text = frame.encode();
            let derived: derived::$rival = serde_json::from_str(&text).unwrap();
            let flat: flat::$rival = serde_json::from_str(&text).unwrap();
            assert_eq!(serde_json::to_string(&derived).unwrap(), text);
            assert_eq!(serde_json::to_string(&flat).unwrap(), text);

            let text = &*text;
            let rivals = vec![
                rival("ours", CALLS, || $ours::decode(black_box(text)).unwrap()),
                rival("visitor", CALLS, || {
                    serde_json::from_str::<visitor::$rival<'_>>(black_box(text)).unwrap()
                }),
                rival("flat", CALLS, || {
                    serde_json::from_str::<flat::$rival>(black_box(text)).unwrap()
                }),
                rival("derived", CALLS, || {
                    serde_json::from_str::<derived::$rival>(black_box(text)).unwrap()
                }),
            ];
            interleaved::bench($c, &format!("frames/decode/{name}"), ROUNDS, rivals);

            let mut out = String::with_capacity(1024);
            let mut written = Vec::with_capacity(1024);
            let rivals = vec![
                rival("ours", CALLS, || {
                    out.clear();
                    black_box(&frame).encode_into(&mut out);
                    black_box(&out).len()
                }),
                rival("to_writer", CALLS, || {
                    written.clear();
                    serde_json::to_writer(&mut written, black_box(&derived)).unwrap();
                    black_box(&written).len()
                }),
                rival("flat", CALLS, || {
                    serde_json::to_string(black_box(&flat)).unwrap()
                }),
                rival("to_string", CALLS, || {
                    serde_json::to_string(black_box(&derived)).unwrap()
                }),
            ];
            interleaved::bench($c, &format!("frames/encode/{name}"), ROUNDS, rivals);
        }
    };
}

/// Calls a round; each takes nanoseconds.
const CALLS: u32 = 1000;

fn frames(c: &mut Criterion) {
    bench_frames!(c, samples::gateway(), GatewayFrame, Gateway);
    bench_frames!(c, samples::desktop(), DesktopFrame, Desktop);
}

criterion_group!(benches, frames);
criterion_main!(benches);
