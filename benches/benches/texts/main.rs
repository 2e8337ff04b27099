//! What the QR code holds, beside the crate `url`; who scanned it, beside splitting and parsing without checks.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)] // macros of criterion; a bench may stop

mod rivals;

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use ra_proto::{Fingerprint, ScanPrefix, ScanUrl, User};
use url::Url;

const SCANNED: &str = "https://discord.com/ra/vyi-sEoOgaCPNUGkpUcVUbGNSIBgugQSiWnx0nGySIg";
const PAYLOAD: &[u8] = b"196769986071625728:1212:d0900b8fe361c755549ab0beadb35075:Mary";

fn scan_url(c: &mut Criterion) {
    let ours: ScanUrl = SCANNED.parse().unwrap();
    let (theirs, bytes) = rivals::read_scan_url(SCANNED).unwrap();
    assert_eq!(ours.as_str(), theirs.as_str());
    assert_eq!(ours.fingerprint().as_bytes(), &bytes);

    let mut group = c.benchmark_group("texts/scan_url/parse");
    group.bench_function("ours", |b| {
        b.iter(|| black_box(SCANNED).parse::<ScanUrl>().unwrap());
    });
    group.bench_function("url", |b| {
        b.iter(|| rivals::read_scan_url(black_box(SCANNED)).unwrap());
    });
    group.finish();

    let (prefix, fingerprint) = (ScanPrefix::default(), Fingerprint::from_bytes(bytes));
    let base = Url::parse(prefix.as_str()).unwrap();
    let built = rivals::build_scan_url(&base, &bytes).unwrap();
    assert_eq!(ScanUrl::new(&prefix, fingerprint).as_str(), built.as_str());

    let mut group = c.benchmark_group("texts/scan_url/build");
    group.bench_function("ours", |b| {
        b.iter(|| ScanUrl::new(black_box(&prefix), black_box(fingerprint)));
    });
    group.bench_function("url", |b| {
        b.iter(|| rivals::build_scan_url(black_box(&base), black_box(&bytes)).unwrap());
    });
    group.finish();
}

fn user(c: &mut Criterion) {
    let ours = User::parse(PAYLOAD).unwrap();
    let theirs = rivals::read_user(PAYLOAD).unwrap();
    assert_eq!(
        (ours.id, ours.discriminator),
        (theirs.id, theirs.discriminator)
    );
    assert_eq!(
        (&ours.avatar, &ours.username),
        (&theirs.avatar, &theirs.username)
    );
    assert_eq!(ours.encode(), rivals::write_user(&theirs));

    let mut group = c.benchmark_group("texts/user/parse");
    group.bench_function("ours", |b| {
        b.iter(|| User::parse(black_box(PAYLOAD)).unwrap());
    });
    group.bench_function("naive", |b| {
        b.iter(|| rivals::read_user(black_box(PAYLOAD)).unwrap());
    });
    group.finish();

    let mut group = c.benchmark_group("texts/user/encode");
    group.bench_function("ours", |b| b.iter(|| black_box(&ours).encode()));
    group.bench_function("naive", |b| {
        b.iter(|| rivals::write_user(black_box(&theirs)));
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800));
    targets = scan_url, user
}
criterion_main!(benches);
