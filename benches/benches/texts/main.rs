//! Scan URLs, with the crate `url` as rival, and user payloads, with a rival that checks nothing.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)] // macros of criterion; a bench may stop

#[path = "../interleaved.rs"]
mod interleaved;
mod rivals;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use interleaved::{ROUNDS, rival};
use ra_proto::{Fingerprint, ScanPrefix, ScanUrl, User};
use url::Url;

/// Calls a round; each takes some hundred nanoseconds.
const CALLS: u32 = 300;
const SCANNED: &str = "https://discord.com/ra/vyi-sEoOgaCPNUGkpUcVUbGNSIBgugQSiWnx0nGySIg";
const PAYLOAD: &[u8] = b"196769986071625728:1212:d0900b8fe361c755549ab0beadb35075:Mary";

fn scan_url(c: &mut Criterion) {
    let ours: ScanUrl = SCANNED.parse().unwrap();
    let (theirs, bytes) = rivals::read_scan_url(SCANNED).unwrap();
    assert_eq!(ours.as_str(), theirs.as_str());
    assert_eq!(ours.fingerprint().as_bytes(), &bytes);

    let rivals = vec![
        rival("ours", CALLS, || {
            black_box(SCANNED).parse::<ScanUrl>().unwrap()
        }),
        rival("url", CALLS, || {
            rivals::read_scan_url(black_box(SCANNED)).unwrap()
        }),
    ];
    interleaved::bench(c, "texts/scan_url/parse", ROUNDS, rivals);

    let (prefix, fingerprint) = (ScanPrefix::default(), Fingerprint::from_bytes(bytes));
    let base = Url::parse(prefix.as_str()).unwrap();
    let built = rivals::build_scan_url(&base, &bytes).unwrap();
    assert_eq!(ScanUrl::new(&prefix, fingerprint).as_str(), built.as_str());

    let rivals = vec![
        rival("ours", CALLS, || {
            ScanUrl::new(black_box(&prefix), black_box(fingerprint))
        }),
        rival("url", CALLS, || {
            rivals::build_scan_url(black_box(&base), black_box(&bytes)).unwrap()
        }),
    ];
    interleaved::bench(c, "texts/scan_url/build", ROUNDS, rivals);
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

    let rivals = vec![
        rival("ours", CALLS, || User::parse(black_box(PAYLOAD)).unwrap()),
        rival("naive", CALLS, || {
            rivals::read_user(black_box(PAYLOAD)).unwrap()
        }),
    ];
    interleaved::bench(c, "texts/user/parse", ROUNDS, rivals);

    let rivals = vec![
        rival("ours", CALLS, || black_box(&ours).encode()),
        rival("naive", CALLS, || rivals::write_user(black_box(&theirs))),
    ];
    interleaved::bench(c, "texts/user/encode", ROUNDS, rivals);
}

criterion_group!(benches, scan_url, user);
criterion_main!(benches);
