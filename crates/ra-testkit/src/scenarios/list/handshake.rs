//! Scenarios up to the QR: dialects, the fingerprint, malformed frames, unreachable gateways.

use super::*;

pub(super) const ALL: &[Scenario] = &[
    Scenario {
        name: "the gateway takes the nonce alone",
        gateway: Gateway {
            accept: Accept::Nonce,
            ..GATEWAY
        },
        desktop: ONE_QR,
        ..WELL
    },
    Scenario {
        name: "the gateway takes the digest alone",
        gateway: Gateway {
            accept: Accept::Digest,
            ..GATEWAY
        },
        desktop: ONE_QR,
        ..WELL
    },
    Scenario {
        name: "the desktop speaks the nonce alone",
        desktop: Desktop {
            proof: ProofPolicy::Only(Dialect::Nonce),
            ..ONE_QR
        },
        ..WELL
    },
    Scenario {
        name: "neither takes the other's dialect",
        gateway: Gateway {
            accept: Accept::Nonce,
            ..GATEWAY
        },
        desktop: Desktop {
            proof: ProofPolicy::Only(Dialect::Digest),
            ..DESKTOP
        },
        phone: NOBODY,
        log: &["failed: refused: the session with the gateway failed"],
        phone_log: &[],
        ..WELL
    },
    Scenario {
        name: "the connection drops instead of a verdict on the proof",
        gateway: faulty(&[fault(ONCE, "pending_remote_init", Does::HangUp)]),
        log: &["renewing: network", "qr", "user Nelly", IN],
        ..WELL
    },
    Scenario {
        name: "the connection drops before the challenge",
        gateway: faulty(&[fault(ONCE, "nonce_proof", Does::HangUp)]),
        log: &["renewing: network", "qr", "user Nelly", IN],
        ..WELL
    },
    Scenario {
        name: "the gateway restarts while the code is shown",
        gateway: faulty(&[fault(ONCE, "pending_ticket", Does::Close(Some(1001)))]),
        phone: MUTE,
        desktop: ONE_QR,
        log: &["qr", "failed: network: the session with the gateway failed"],
        phone_log: &["confirm", "failed: the decision came too late"],
        ..WELL
    },
    Scenario {
        name: "a wrong fingerprint once",
        gateway: faulty(&[fault(
            ONCE,
            "pending_remote_init",
            Does::Replace(OTHER_FINGERPRINT),
        )]),
        log: &["renewing: fingerprint", "qr", "user Nelly", IN],
        ..WELL
    },
    Scenario {
        name: "a wrong fingerprint always",
        desktop: Desktop {
            failures_before_qr: 2,
            ..DESKTOP
        },
        gateway: faulty(&[fault(
            ALWAYS,
            "pending_remote_init",
            Does::Replace(OTHER_FINGERPRINT),
        )]),
        phone: NOBODY,
        log: &[
            "renewing: fingerprint",
            "failed: protocol: the session with the gateway failed",
        ],
        phone_log: &[],
        ..WELL
    },
    Scenario {
        name: "no frame at all",
        gateway: faulty(&[fault(ALWAYS, "nonce_proof", Does::Replace("]"))]),
        phone: NOBODY,
        log: &["failed: protocol: the session with the gateway failed"],
        phone_log: &[],
        ..WELL
    },
    Scenario {
        name: "a frame out of turn",
        gateway: faulty(&[fault(
            ALWAYS,
            "nonce_proof",
            Does::Replace(r#"{"op":"cancel"}"#),
        )]),
        phone: NOBODY,
        log: &["failed: protocol: the session with the gateway failed"],
        phone_log: &[],
        ..WELL
    },
    Scenario {
        name: "a binary message",
        gateway: faulty(&[fault(ALWAYS, "nonce_proof", Does::Binary)]),
        phone: NOBODY,
        log: &["failed: protocol: the session with the gateway failed"],
        phone_log: &[],
        ..WELL
    },
    Scenario {
        name: "a message over the cap",
        gateway: faulty(&[fault(ALWAYS, "nonce_proof", Does::Flood(65_537))]),
        phone: NOBODY,
        log: &["failed: protocol: the session with the gateway failed"],
        phone_log: &[],
        ..WELL
    },
    Scenario {
        name: "news that this version does not know",
        gateway: faulty(&[
            fault(ALWAYS, "hello", Does::Extend(r#""extra":{"a":[1]}"#)),
            fault(ALWAYS, "pending_ticket", Does::Before(r#"{"op":"news"}"#)),
        ]),
        log: &["qr", "unknown op news", "user Nelly", IN],
        ..WELL
    },
    Scenario {
        name: "a gateway out of reach at first",
        gateway: Gateway {
            refusals: &[Refusal::HangsUp],
            ..GATEWAY
        },
        log: &["renewing: network", "qr", "user Nelly", IN],
        ..WELL
    },
    Scenario {
        name: "a gateway out of reach",
        desktop: Desktop {
            failures_before_qr: 2,
            ..DESKTOP
        },
        gateway: Gateway {
            refusals: &[Refusal::HangsUp, Refusal::HangsUp],
            ..GATEWAY
        },
        phone: NOBODY,
        log: &[
            "renewing: network",
            "failed: network: the gateway could not be reached",
        ],
        phone_log: &[],
        ..WELL
    },
    Scenario {
        name: "a gateway that asks to come later",
        gateway: Gateway {
            refusals: &[Refusal::Later(403)],
            ..GATEWAY
        },
        log: &["renewing: network", "qr", "user Nelly", IN],
        ..WELL
    },
    Scenario {
        name: "a gateway that wants nobody",
        gateway: Gateway {
            refusals: &[Refusal::Status(403)],
            ..GATEWAY
        },
        phone: NOBODY,
        log: &["failed: network: the gateway could not be reached"],
        phone_log: &[],
        ..WELL
    },
    Scenario {
        name: "the gateway closes on the proof without a word",
        desktop: ONE_QR,
        gateway: faulty(&[fault(ONCE, "pending_remote_init", Does::Close(None))]),
        ..WELL
    },
    Scenario {
        name: "frames in pieces",
        gateway: faulty(&[
            fault(ALWAYS, "hello", Does::Split),
            fault(ALWAYS, "pending_ticket", Does::Split),
            fault(ALWAYS, "pending_login", Does::Split),
        ]),
        ..WELL
    },
];
