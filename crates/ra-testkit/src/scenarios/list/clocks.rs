//! Scenarios about time: expiry, heartbeats, silence.

use super::*;

pub(super) const ALL: &[Scenario] = &[
    Scenario {
        name: "the code expires and the next one is scanned",
        gateway: Gateway {
            timeouts: &[1_500],
            ..GATEWAY
        },
        phone: Phone {
            scans: Some(1),
            ..PHONE
        },
        log: &["qr", "renewing: expired", "qr", "user Nelly", IN],
        ..WELL
    },
    Scenario {
        name: "the only code expires",
        desktop: ONE_QR,
        gateway: Gateway {
            timeouts: &[1_500],
            ..GATEWAY
        },
        phone: NOBODY,
        log: &["qr", "failed: expired: the session with the gateway failed"],
        phone_log: &[],
        ..WELL
    },
    Scenario {
        name: "the gateway says that the time is over",
        gateway: faulty(&[fault(ONCE, "pending_ticket", Does::Close(Some(4003)))]),
        desktop: ONE_QR,
        phone: MUTE,
        log: &["qr", "failed: expired: the session with the gateway failed"],
        phone_log: &["confirm", "failed: the decision came too late"],
        ..WELL
    },
    Scenario {
        name: "heartbeats are not acknowledged",
        desktop: ONE_QR,
        gateway: Gateway {
            faults: &[fault(ALWAYS, "heartbeat_ack", Does::Swallow)],
            heartbeat_interval: 1_500,
            ..GATEWAY
        },
        phone: NOBODY,
        log: &["qr", "failed: network: the session with the gateway failed"],
        phone_log: &[],
        ..WELL
    },
    Scenario {
        name: "heartbeats are not acknowledged on the first socket",
        gateway: Gateway {
            faults: &[fault(ONCE, "heartbeat_ack", Does::Swallow)],
            heartbeat_interval: 1_500,
            ..GATEWAY
        },
        phone: Phone {
            scans: Some(1),
            ..PHONE
        },
        log: &["qr", "renewing: dead", "qr", "user Nelly", IN],
        ..WELL
    },
    Scenario {
        name: "a gateway that says nothing",
        desktop: Desktop {
            failures_before_qr: 1,
            ..IMPATIENT
        },
        gateway: faulty(&[fault(ALWAYS, "hello", Does::Swallow)]),
        phone: NOBODY,
        log: &["failed: network: the session with the gateway failed"],
        phone_log: &[],
        ..WELL
    },
];
