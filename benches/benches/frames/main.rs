//! Each frame, read and written, beside what one would write with serde: `docs/benchmarks.md` tells the rivals apart.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)] // macros of criterion; a bench may stop

mod derived;
mod flat;
mod samples;
mod visitor;

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use ra_proto::frame::{DesktopFrame, GatewayFrame};

/// Frames of one direction. The rivals read the same text, and write it.
macro_rules! bench_frames {
    ($c:expr, $frames:expr, $ours:ident, $rival:ident) => {
        for (name, frame) in $frames {
            let text = frame.encode();
            let derived: derived::$rival = serde_json::from_str(&text).unwrap();
            let flat: flat::$rival = serde_json::from_str(&text).unwrap();
            assert_eq!(serde_json::to_string(&derived).unwrap(), text);
            assert_eq!(serde_json::to_string(&flat).unwrap(), text);

            let text = &*text;
            let mut group = $c.benchmark_group(format!("frames/decode/{name}"));
            group.bench_function("ours", |b| {
                b.iter(|| $ours::decode(black_box(text)).unwrap())
            });
            group.bench_function("visitor", |b| {
                b.iter(|| serde_json::from_str::<visitor::$rival<'_>>(black_box(text)).unwrap());
            });
            group.bench_function("flat", |b| {
                b.iter(|| serde_json::from_str::<flat::$rival>(black_box(text)).unwrap());
            });
            group.bench_function("derived", |b| {
                b.iter(|| serde_json::from_str::<derived::$rival>(black_box(text)).unwrap());
            });
            group.finish();

            let mut group = $c.benchmark_group(format!("frames/encode/{name}"));
            let mut out = String::with_capacity(1024);
            group.bench_function("ours", |b| {
                b.iter(|| {
                    out.clear();
                    black_box(&frame).encode_into(&mut out);
                    black_box(&out).len()
                });
            });
            let mut out = Vec::with_capacity(1024);
            group.bench_function("to_writer", |b| {
                b.iter(|| {
                    out.clear();
                    serde_json::to_writer(&mut out, black_box(&derived)).unwrap();
                    black_box(&out).len()
                });
            });
            group.bench_function("flat", |b| {
                b.iter(|| serde_json::to_string(black_box(&flat)).unwrap());
            });
            group.bench_function("to_string", |b| {
                b.iter(|| serde_json::to_string(black_box(&derived)).unwrap());
            });
            group.finish();
        }
    };
}

fn frames(c: &mut Criterion) {
    bench_frames!(c, samples::gateway(), GatewayFrame, Gateway);
    bench_frames!(c, samples::desktop(), DesktopFrame, Desktop);
}

criterion_group! {
    name = benches;
    // Nanoseconds each: this is enough of them, and keeps rivals close to each other in time.
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800));
    targets = frames
}
criterion_main!(benches);
