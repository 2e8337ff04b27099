//! The phone's second factor.

use super::*;

pub(super) const ALL: &[Scenario] = &[
    Scenario {
        name: "a second factor",
        rest: Rest {
            mfa: Some("123456"),
            ..REST
        },
        phone: Phone {
            codes: &["123456"],
            ..PHONE
        },
        phone_log: &["confirm", "second factor", "approved"],
        ..WELL
    },
    Scenario {
        name: "a second factor, wrong and right",
        rest: Rest {
            mfa: Some("123456"),
            ..REST
        },
        phone: Phone {
            codes: &["000000", "123456"],
            ..PHONE
        },
        phone_log: &[
            "confirm",
            "second factor",
            "second factor again",
            "approved",
        ],
        ..WELL
    },
    Scenario {
        name: "a second factor, wrong too often",
        rest: Rest {
            mfa: Some("123456"),
            ..REST
        },
        desktop: ONE_QR,
        gateway: Gateway {
            timeouts: &[2_000],
            ..GATEWAY
        },
        phone: Phone {
            codes: &["000000"; 3],
            ..PHONE
        },
        log: &[
            "qr",
            "user Nelly",
            "failed: expired: the session with the gateway failed",
        ],
        phone_log: &[
            "confirm",
            "second factor",
            "second factor again",
            "second factor again",
            "failed: too many wrong codes for the second factor",
        ],
    },
    Scenario {
        name: "a second factor, and no after all",
        rest: Rest {
            mfa: Some("123456"),
            ..REST
        },
        log: &["qr", "user Nelly", "declined"],
        phone_log: &["confirm", "second factor", "declined"],
        ..WELL
    },
];
