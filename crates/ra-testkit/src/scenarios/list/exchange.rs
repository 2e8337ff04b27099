//! From the ticket to the token.

use super::*;

pub(super) const ALL: &[Scenario] = &[
    Scenario {
        name: "429 with its wait in the header",
        rest: answering(&[canned(429, &[("retry-after", "0.5")], b"")]),
        ..WELL
    },
    Scenario {
        name: "429 with its wait in the body",
        rest: answering(&[canned(429, &[], br#"{"retry_after": 0.5}"#)]),
        ..WELL
    },
    Scenario {
        name: "429 with a wait that no ticket outlives",
        rest: answering(&[canned(429, &[("retry-after", "600")], b"")]),
        log: &[
            "qr",
            "user Nelly",
            "failed: network: the ticket could not be exchanged for a token",
        ],
        ..WELL
    },
    Scenario {
        name: "429 over and over",
        rest: answering(&[canned(429, &[("retry-after", "0.1")], b""); 3]),
        log: &[
            "qr",
            "user Nelly",
            "failed: network: the ticket could not be exchanged for a token",
        ],
        ..WELL
    },
    Scenario {
        name: "the service refuses the ticket",
        rest: answering(&[canned(400, &[], br#"{"message":"no","code":50035}"#)]),
        log: &[
            "qr",
            "user Nelly",
            "failed: refused: the ticket could not be exchanged for a token",
        ],
        ..WELL
    },
    Scenario {
        name: "the exchange is answered with a page",
        rest: answering(&[canned(200, &[("content-type", "text/html")], b"<html>")]),
        log: &[
            "qr",
            "user Nelly",
            "failed: protocol: the ticket could not be exchanged for a token",
        ],
        ..WELL
    },
    Scenario {
        name: "the exchange leads elsewhere",
        rest: answering(&[canned(302, &[("location", "http://127.0.0.1:1/")], b"")]),
        log: &[
            "qr",
            "user Nelly",
            "failed: network: the ticket could not be exchanged for a token",
        ],
        ..WELL
    },
    Scenario {
        name: "the exchange brings more than is read",
        rest: answering(&[canned(200, &[], &[b' '; (1 << 20) + 1])]),
        log: &[
            "qr",
            "user Nelly",
            "failed: network: the ticket could not be exchanged for a token",
        ],
        ..WELL
    },
    Scenario {
        name: "a token that is sealed to nobody",
        rest: answering(&[canned(200, &[], br#"{"encrypted_token":"AAAA"}"#)]),
        log: &[
            "qr",
            "user Nelly",
            "failed: protocol: the token cannot be opened with the session's key",
        ],
        ..WELL
    },
];
