//! Both ends of a login, from `hello` to the ticket, hand to hand without a network: what the machines themselves cost.
//! A fake key keeps cryptography out. Beside it the frames alone, by what `serde` derives, and the same login with real
//! keys; then single steps: the gateway's in the handshake, and both machines' while they wait for a scan.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)] // macros of criterion; a bench may stop

mod by_hand;
#[path = "../frames/derived.rs"]
mod derived;
mod work;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use ra_crypto::{AwsLc, Backend, SessionKey as _};
use ra_testkit::{FakeKey, SeededEntropy, vectors};
use work::{Frames, HEARTBEAT, HEARTBEAT_ACK, Scene, Texts, fake_key, gateway_answers};

fn handshake(c: &mut Criterion) {
    let mut group = c.benchmark_group("machines/handshake");
    let (fake, frames) = (Scene::fake(), Frames::of_a_login());
    assert!(fake.play(fake_key()));
    group.bench_function("ours", |b| b.iter(|| fake.play(black_box(fake_key()))));
    group.bench_function("derived_frames_alone", |b| {
        b.iter(|| black_box(&frames).write_and_read())
    });

    let real = Scene::new(AwsLc);
    let pkcs8 = vectors::load().keys.swap_remove(0).pkcs8;
    let key = || {
        let mut entropy = SeededEntropy::new(1);
        AwsLc.session_key_from_pkcs8(&pkcs8, &mut entropy).unwrap()
    };
    assert!(real.play(key()));
    group.bench_function("ours_with_aws_lc", |b| {
        b.iter_batched(key, |key| real.play(key), BatchSize::PerIteration);
    });
    group.finish();
}

fn gateway_steps(c: &mut Criterion) {
    let scene = Scene::fake();
    let Texts { init, proof, nonce } = Texts::of_a_login();
    let spki = FakeKey::new(1).public_key().to_vec();

    let mut group = c.benchmark_group("machines/gateway_init");
    group.bench_function("ours", |b| {
        b.iter_batched_ref(
            || scene.greeted(),
            |gateway| gateway_answers(gateway, black_box(&init)),
            BatchSize::SmallInput,
        );
    });
    assert!(by_hand::challenge(&init, &nonce).is_some());
    group.bench_function("derived", |b| {
        b.iter(|| by_hand::challenge(black_box(&init), black_box(&nonce)));
    });
    group.finish();

    let mut group = c.benchmark_group("machines/gateway_proof");
    group.bench_function("ours", |b| {
        b.iter_batched_ref(
            || {
                let mut gateway = scene.greeted();
                gateway_answers(&mut gateway, &init);
                gateway
            },
            |gateway| gateway_answers(gateway, black_box(&proof)),
            BatchSize::SmallInput,
        );
    });
    assert!(by_hand::admit(&proof, &nonce, &spki).is_some());
    group.bench_function("derived", |b| {
        b.iter(|| by_hand::admit(black_box(&proof), black_box(&nonce), black_box(&spki)));
    });
    group.finish();
}

fn heartbeats(c: &mut Criterion) {
    let scene = Scene::fake();

    let mut group = c.benchmark_group("machines/gateway_heartbeat");
    let mut pair = scene.waiting(fake_key());
    group.bench_function("ours", |b| b.iter(|| pair.gateway_heartbeat()));
    group.bench_function("derived", |b| {
        b.iter(|| {
            drop(serde_json::from_str::<derived::Desktop>(black_box(HEARTBEAT)).unwrap());
            serde_json::to_string(black_box(&derived::Gateway::HeartbeatAck)).unwrap()
        });
    });
    group.finish();

    let mut group = c.benchmark_group("machines/desktop_heartbeat_ack");
    let mut pair = scene.waiting(fake_key());
    group.bench_function("ours", |b| {
        b.iter(|| black_box(&mut pair).desktop_heartbeat_ack())
    });
    group.bench_function("derived", |b| {
        b.iter(|| serde_json::from_str::<derived::Gateway>(black_box(HEARTBEAT_ACK)).unwrap());
    });
    group.finish();

    let mut group = c.benchmark_group("machines/desktop_heartbeat");
    group.bench_function("ours", |b| {
        b.iter_custom(|times| desktop_heartbeats(&scene, times))
    });
    group.bench_function("derived", |b| {
        b.iter(|| {
            drop(serde_json::from_str::<derived::Gateway>(black_box(HEARTBEAT_ACK)).unwrap());
            serde_json::to_string(black_box(&derived::Desktop::Heartbeat)).unwrap()
        });
    });
    group.finish();
}

/// So many heartbeats, each acknowledged. A session is over after a few, and making the next one is not counted.
fn desktop_heartbeats(scene: &Scene, times: u64) -> Duration {
    let (mut taken, mut done) = (Duration::ZERO, 0);
    while done < times {
        let mut pair = scene.long_lived(fake_key());
        let start = Instant::now();
        while done < times && black_box(&mut pair).desktop_heartbeat().is_some() {
            pair.desktop_heartbeat_ack();
            done += 1;
        }
        taken += start.elapsed();
    }
    taken
}

criterion_group!(benches, handshake, gateway_steps, heartbeats);
criterion_main!(benches);
