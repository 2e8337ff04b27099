//! Scenarios about the two persons: verdicts, captchas, second thoughts.

use super::*;

pub(super) const ALL: &[Scenario] = &[
    WELL,
    Scenario {
        name: "no",
        phone: Phone {
            says: Says::No,
            ..PHONE
        },
        log: &["qr", "user Nelly", "declined"],
        phone_log: &["confirm", "declined"],
        ..WELL
    },
    Scenario {
        name: "the owner says nothing in time",
        desktop: ONE_QR,
        gateway: Gateway {
            timeouts: &[2_000],
            ..GATEWAY
        },
        phone: MUTE,
        log: &[
            "qr",
            "user Nelly",
            "failed: expired: the session with the gateway failed",
        ],
        phone_log: &["confirm", "failed: the decision came too late"],
        ..WELL
    },
    Scenario {
        name: "a phone that is not logged in",
        desktop: ONE_QR,
        gateway: Gateway {
            timeouts: &[1_500],
            ..GATEWAY
        },
        phone: Phone {
            authorization: "nobody",
            ..PHONE
        },
        log: &["qr", "failed: expired: the session with the gateway failed"],
        phone_log: &["failed: the service did not take the code"],
        ..WELL
    },
    Scenario {
        name: "a captcha, answered",
        rest: Rest {
            captcha: Some("solved"),
            ..REST
        },
        desktop: Desktop {
            acts: &[("captcha", Act::Solve("solved"))],
            ..DESKTOP
        },
        log: &["qr", "user Nelly", "captcha hcaptcha", IN],
        ..WELL
    },
    Scenario {
        name: "a captcha, answered wrongly",
        rest: Rest {
            captcha: Some("solved"),
            ..REST
        },
        desktop: Desktop {
            acts: &[("captcha", Act::Solve("guessed"))],
            ..DESKTOP
        },
        log: &[
            "qr",
            "user Nelly",
            "captcha hcaptcha",
            "captcha hcaptcha",
            "captcha hcaptcha",
            "failed: captcha: the service asks for a captcha and nobody answered it",
        ],
        ..WELL
    },
    Scenario {
        name: "a captcha, given up",
        rest: Rest {
            captcha: Some("solved"),
            ..REST
        },
        desktop: Desktop {
            acts: &[("captcha", Act::GiveUp)],
            ..DESKTOP
        },
        log: &[
            "qr",
            "user Nelly",
            "captcha hcaptcha",
            "failed: captcha: the service asks for a captcha and nobody answered it",
        ],
        ..WELL
    },
    Scenario {
        name: "a captcha, not answered in time",
        rest: Rest {
            captcha: Some("solved"),
            ..REST
        },
        desktop: Desktop {
            captcha_within: Some(300),
            ..DESKTOP
        },
        log: &[
            "qr",
            "user Nelly",
            "captcha hcaptcha",
            "failed: captcha: the service asks for a captcha and nobody answered it",
        ],
        ..WELL
    },
    Scenario {
        name: "a captcha, and the person cancels",
        rest: Rest {
            captcha: Some("solved"),
            ..REST
        },
        desktop: Desktop {
            acts: &[("captcha", Act::Cancel)],
            ..DESKTOP
        },
        log: &["qr", "user Nelly", "captcha hcaptcha", "cancelled"],
        ..WELL
    },
    Scenario {
        name: "the phone is put away without a word",
        desktop: ONE_QR,
        phone: Phone {
            says: Says::PutsAway,
            ..PHONE
        },
        gateway: Gateway {
            timeouts: &[2_000],
            ..GATEWAY
        },
        log: &[
            "qr",
            "user Nelly",
            "failed: expired: the session with the gateway failed",
        ],
        phone_log: &["confirm", "abandoned"],
        ..WELL
    },
    Scenario {
        name: "the person cancels at the code",
        desktop: Desktop {
            acts: &[("qr", Act::Cancel)],
            ..DESKTOP
        },
        phone: NOBODY,
        log: &["qr", "cancelled"],
        phone_log: &[],
        ..WELL
    },
    Scenario {
        name: "the person cancels once somebody has scanned",
        desktop: Desktop {
            acts: &[("user", Act::Cancel)],
            ..DESKTOP
        },
        phone: MUTE,
        log: &["qr", "user Nelly", "cancelled"],
        phone_log: &["confirm", "failed: the decision came too late"],
        ..WELL
    },
    Scenario {
        name: "the person cancels between two tries",
        desktop: Desktop {
            acts: &[("renewing", Act::Cancel)],
            ..DESKTOP
        },
        gateway: faulty(&[fault(ALWAYS, "hello", Does::HangUp)]),
        phone: NOBODY,
        log: &["renewing: network", "cancelled"],
        phone_log: &[],
        ..WELL
    },
];
