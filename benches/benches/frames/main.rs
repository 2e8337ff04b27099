//! Each frame, read and written, with what `serde` derives for an enum tagged by `op` as the baseline.
#![allow(missing_docs, clippy::unwrap_used)] // macros of criterion; a bench may stop

use criterion::{Criterion, criterion_group, criterion_main};
use ra_proto::frame::{DesktopFrame, GatewayFrame, Proof};
use serde::{Deserialize, Serialize};
use std::hint::black_box;

/// The frames of both directions, as one would write them first.
#[derive(Deserialize, Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
enum Derived {
    Hello {
        timeout_ms: u64,
        heartbeat_interval: u64,
    },
    HeartbeatAck,
    NonceProof {
        #[serde(skip_serializing_if = "Option::is_none")]
        encrypted_nonce: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        proof: Option<String>,
    },
    PendingRemoteInit {
        fingerprint: String,
    },
    PendingTicket {
        encrypted_user_payload: String,
    },
    PendingLogin {
        ticket: String,
    },
    Cancel,
    Init {
        encoded_public_key: String,
    },
    Heartbeat,
}

fn gateway_frames() -> [(&'static str, GatewayFrame<'static>); 7] {
    let sealed = || "ab+/".repeat(86).into(); // about 256 bytes in base64
    [
        (
            "hello",
            GatewayFrame::Hello {
                timeout_ms: 122_801,
                heartbeat_interval: 41_250,
            },
        ),
        ("heartbeat_ack", GatewayFrame::HeartbeatAck),
        (
            "nonce_proof",
            GatewayFrame::NonceProof {
                encrypted_nonce: sealed(),
            },
        ),
        (
            "pending_remote_init",
            GatewayFrame::PendingRemoteInit {
                fingerprint: "Ab_-".repeat(11).into(),
            },
        ),
        (
            "pending_ticket",
            GatewayFrame::PendingTicket {
                encrypted_user_payload: sealed(),
            },
        ),
        (
            "pending_login",
            GatewayFrame::PendingLogin {
                ticket: "x".repeat(80).into(),
            },
        ),
        ("cancel", GatewayFrame::Cancel),
    ]
}

fn desktop_frames() -> [(&'static str, DesktopFrame<'static>); 3] {
    [
        (
            "init",
            DesktopFrame::Init {
                encoded_public_key: "ab+/".repeat(98).into(),
            },
        ),
        (
            "nonce_proof",
            DesktopFrame::NonceProof(Proof::Digest("Ab_-".repeat(11).into())),
        ),
        ("heartbeat", DesktopFrame::Heartbeat),
    ]
}

/// One frame: decode, encode, and the same as derived.
macro_rules! bench_frames {
    ($c:expr, $from:literal, $type:ident, $frames:expr) => {
        for (name, frame) in $frames {
            let text = frame.encode();
            let derived: Derived = serde_json::from_str(&text).unwrap();
            assert_eq!(serde_json::to_string(&derived).unwrap(), text);
            let mut out = String::with_capacity(1024);
            let mut group = $c.benchmark_group(format!("{} {name}", $from));
            group.bench_function("decode", |b| {
                b.iter(|| $type::decode(black_box(&text)).is_ok());
            });
            group.bench_function("baseline: decode, derived", |b| {
                b.iter(|| serde_json::from_str::<Derived>(black_box(&text)).is_ok());
            });
            group.bench_function("encode", |b| {
                b.iter(|| {
                    out.clear();
                    black_box(&frame).encode_into(&mut out);
                    out.len()
                });
            });
            group.bench_function("baseline: encode, derived", |b| {
                b.iter(|| serde_json::to_string(black_box(&derived)).unwrap().len());
            });
            group.finish();
        }
    };
}

fn frames(c: &mut Criterion) {
    bench_frames!(c, "gateway", GatewayFrame, gateway_frames());
    bench_frames!(c, "desktop", DesktopFrame, desktop_frames());
}

criterion_group!(benches, frames);
criterion_main!(benches);
