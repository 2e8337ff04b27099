//! Both ends of a login, from `hello` to the ticket, hand to hand without a network: what the machines themselves cost.
//! A fake key keeps cryptography out. Beside it the frames alone, by what `serde` derives, and the same login with real
//! keys; then single steps: the gateway's in the handshake, and both machines' while they wait for a scan.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)] // macros of criterion; a bench may stop

mod by_hand;
#[path = "../frames/derived.rs"]
mod derived;
#[path = "../interleaved.rs"]
mod interleaved;
mod work;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use interleaved::{ROUNDS, prepared, rival, timed};
use ra_crypto::{AwsLc, Backend, SessionKey as _};
use ra_testkit::{FakeKey, SeededEntropy, vectors};
use work::{Frames, HEARTBEAT, HEARTBEAT_ACK, Scene, Texts, fake_key, gateway_answers};

/// Calls a turn: some dozen microseconds of steps, and of heartbeats.
const STEPS: u32 = 100;
const BEATS: u32 = 500;

fn handshake(c: &mut Criterion) {
    let (fake, frames) = (Scene::fake(), Frames::of_a_login());
    assert!(fake.play(fake_key()));
    let real = Scene::new(AwsLc);
    let pkcs8 = vectors::load().keys.swap_remove(0).pkcs8;
    let key = || {
        let mut entropy = SeededEntropy::new(1);
        AwsLc.session_key_from_pkcs8(&pkcs8, &mut entropy).unwrap()
    };
    assert!(real.play(key()));

    let rivals = vec![
        rival("ours", 20, || fake.play(black_box(fake_key()))),
        rival("derived_frames_alone", 20, || {
            black_box(&frames).write_and_read()
        }),
        prepared(
            "ours_with_aws_lc",
            5,
            || Some(key()),
            |key| key.take().map(|key| real.play(key)),
        ),
    ];
    interleaved::bench(c, "machines/handshake", ROUNDS, rivals);
}

fn gateway_steps(c: &mut Criterion) {
    let scene = Scene::fake();
    let Texts { init, proof, nonce } = Texts::of_a_login();
    let spki = FakeKey::new(1).public_key().to_vec();
    let challenged = || {
        let mut gateway = scene.greeted();
        gateway_answers(&mut gateway, &init);
        gateway
    };

    assert!(by_hand::challenge(&init, &nonce).is_some());
    let rivals = vec![
        prepared(
            "ours",
            STEPS,
            || scene.greeted(),
            |gateway| gateway_answers(gateway, black_box(&init)),
        ),
        rival("derived", STEPS, || {
            by_hand::challenge(black_box(&init), black_box(&nonce))
        }),
    ];
    interleaved::bench(c, "machines/gateway_init", ROUNDS, rivals);

    assert!(by_hand::admit(&proof, &nonce, &spki).is_some());
    let rivals = vec![
        prepared("ours", STEPS, challenged, |gateway| {
            gateway_answers(gateway, black_box(&proof))
        }),
        rival("derived", STEPS, || {
            by_hand::admit(black_box(&proof), black_box(&nonce), black_box(&spki))
        }),
    ];
    interleaved::bench(c, "machines/gateway_proof", ROUNDS, rivals);
}

fn heartbeats(c: &mut Criterion) {
    let scene = Scene::fake();

    let mut pair = scene.waiting(fake_key());
    let rivals = vec![
        rival("ours", BEATS, || pair.gateway_heartbeat()),
        rival("derived", BEATS, || {
            drop(serde_json::from_str::<derived::Desktop>(black_box(HEARTBEAT)).unwrap());
            serde_json::to_string(black_box(&derived::Gateway::HeartbeatAck)).unwrap()
        }),
    ];
    interleaved::bench(c, "machines/gateway_heartbeat", ROUNDS, rivals);

    let mut pair = scene.waiting(fake_key());
    let rivals = vec![
        rival("ours", BEATS, || {
            black_box(&mut pair).desktop_heartbeat_ack()
        }),
        rival("derived", BEATS, || {
            serde_json::from_str::<derived::Gateway>(black_box(HEARTBEAT_ACK)).unwrap()
        }),
    ];
    interleaved::bench(c, "machines/desktop_heartbeat_ack", ROUNDS, rivals);

    let rivals = vec![
        timed("ours", BEATS, |times| desktop_heartbeats(&scene, times)),
        rival("derived", BEATS, || {
            drop(serde_json::from_str::<derived::Gateway>(black_box(HEARTBEAT_ACK)).unwrap());
            serde_json::to_string(black_box(&derived::Desktop::Heartbeat)).unwrap()
        }),
    ];
    interleaved::bench(c, "machines/desktop_heartbeat", ROUNDS, rivals);
}

/// So many heartbeats, each acknowledged. A session is over after a few, and making the next one is not counted.
fn desktop_heartbeats(scene: &Scene, times: u32) -> Duration {
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
