//! Desktop × gateway × phone on one virtual clock: whole logins, good and bad networks, liars.

use std::time::Duration;

use ra_core::desktop::login::{LoginErrorKind, Outcome, ProofPolicy, Renewal};
use ra_core::desktop::session::Dialect;
use ra_core::{gateway, mobile};
use ra_testkit::SeededEntropy;
use ra_testkit::scenarios::Act;
use ra_testkit::service::{Canned, Does, Fault};
use ra_testkit::world::{Network, Person, Report, World};

const HOUR: u64 = 3_600_000;

fn run(change: impl FnOnce(&mut World)) -> Report {
    let mut world = World::new(11);
    change(&mut world);
    world.run(HOUR)
}

const HAPPY: [&str; 3] = ["qr", "user Nelly", "logged in as Nelly with desktop-token"];

#[test]
fn r01_to_r13_a_login() {
    let report = run(|_| {});
    assert_eq!(report.log, HAPPY);
    assert_eq!((report.connections, report.keys), (1, 1));
    assert!(matches!(report.phone, Some(Ok(mobile::Outcome::Approved))));
    assert_eq!(report.gateway_ends, [Ok(gateway::Outcome::Approved)]);
}

#[test]
fn r14_a_no() {
    let report = run(|world| world.person = Person::Declines(1_000));
    assert_eq!(report.log, ["qr", "user Nelly", "declined"]);
    assert!(matches!(report.phone, Some(Ok(mobile::Outcome::Declined))));
}

#[test]
fn r21_the_second_qr_is_scanned() {
    let report = run(|world| world.person = Person::ApprovesQr(1));
    assert_eq!(report.log[..2], ["qr", "renewing: expired"]);
    assert_eq!(report.log[2..], HAPPY);
    assert_eq!(
        (report.connections, report.keys),
        (2, 2),
        "a fresh key for the second QR"
    );
}

#[test]
fn r21_nobody_scans_and_the_limit_is_reached() {
    let report = run(|world| {
        world.person = Person::Ignores;
        world.login.renewal = Renewal::Limit(2);
    });
    let log = ["qr", "renewing: expired", "qr", "renewing: expired", "qr"];
    assert_eq!(report.log[..5], log);
    assert_eq!(
        report.end.unwrap().unwrap_err().kind(),
        LoginErrorKind::Expired
    );
    assert_eq!(report.keys, 3);
}

#[test]
fn r07_either_side_may_speak_one_dialect_only() {
    for (accept, connections) in [(gateway::Accept::Digest, 1), (gateway::Accept::Nonce, 2)] {
        let report = run(|world| {
            world.service.gateway.accept = accept;
            world.login.renewal = Renewal::Limit(0);
        });
        assert_eq!(report.log, HAPPY);
        assert_eq!(report.connections, connections);
    }
    for (accept, dialect) in [
        (gateway::Accept::Digest, Dialect::Nonce),
        (gateway::Accept::Nonce, Dialect::Digest),
    ] {
        let report = run(|world| {
            world.service.gateway.accept = accept;
            world.login.proof = ProofPolicy::Only(dialect);
        });
        assert_eq!(
            report.end.unwrap().unwrap_err().kind(),
            LoginErrorKind::Refused
        );
        assert_eq!(
            report.gateway_ends,
            [Err(gateway::SessionError::ProofRefused)]
        );
    }
}

#[test]
fn r31_a_captcha_answered_and_not() {
    let report = run(|world| {
        world.service.host.captcha = Some("solved".into());
        world.acts = vec![("captcha", Act::Solve("solved"))];
    });
    assert_eq!(
        report.log,
        ["qr", "user Nelly", "captcha hcaptcha", HAPPY[2]]
    );
    let report = run(|world| world.service.host.captcha = Some("solved".into()));
    assert_eq!(
        report.end.unwrap().unwrap_err().kind(),
        LoginErrorKind::Captcha
    );
    let report = run(|world| {
        world.service.host.captcha = Some("solved".into());
        world.acts = vec![("captcha", Act::Solve("wrong"))];
    });
    assert_eq!(
        report
            .log
            .iter()
            .filter(|line| line.starts_with("captcha"))
            .count(),
        3
    );
    assert_eq!(
        report.end.unwrap().unwrap_err().kind(),
        LoginErrorKind::Captcha
    );
}

#[test]
fn r43_a_second_factor_on_the_phone() {
    let report = run(|world| {
        world.service.host.accounts[0].mfa = Some("123456".into());
        world.mfa_answers = vec!["000000".into(), "123456".into()];
    });
    assert_eq!(report.log, HAPPY);
    let report = run(|world| world.service.host.accounts[0].mfa = Some("123456".into()));
    assert_eq!(
        report.log,
        ["qr", "user Nelly", "declined"],
        "the owner has no code and says no"
    );
}

#[test]
fn r32_a_busy_service_is_waited_for() {
    let report = run(|world| {
        let busy = |headers, body| Canned {
            status: 429,
            headers,
            body,
        };
        world.service.host.misbehave = [
            busy(&[("retry-after", "2")], b""),
            busy(&[], br#"{"retry_after": 1.5}"#),
        ]
        .into();
    });
    assert_eq!(report.log, HAPPY);
}

#[test]
fn r19_a_silent_gateway_ends_the_login_in_bounded_time() {
    let report = run(|world| {
        world.service.faults = vec![Fault {
            sockets: u32::MAX,
            op: "hello",
            does: Does::Swallow,
        }];
    });
    assert_eq!(
        report.end.unwrap().unwrap_err().kind(),
        LoginErrorKind::Network
    );
    assert!(report.took < 60_000, "{}", report.took);
}

#[test]
fn r10_a_gateway_that_never_acknowledges_heartbeats_is_left() {
    let report = run(|world| {
        world.person = Person::Ignores;
        world.login.renewal = Renewal::Limit(0);
        world.service.gateway.timeout = Duration::from_secs(900);
        world.service.liar = Some(Box::new(|text, _| {
            if text.contains("heartbeat_ack") {
                vec![]
            } else {
                vec![text]
            }
        }));
    });
    assert_eq!(report.log[0], "qr");
    assert_eq!(
        report.end.unwrap().unwrap_err().kind(),
        LoginErrorKind::Network
    );
    assert!(report.took < 2 * 41_250 + 1_000);
}

#[test]
fn r10_heartbeats_keep_a_long_session_alive() {
    let report = run(|world| {
        world.service.gateway.timeout = Duration::from_secs(900);
        world.person = Person::Approves(400_000);
        world.service.gateway.heartbeat_grace = Duration::from_millis(100);
    });
    // the phone's owner is too slow for the handshake token, not for the session
    assert!(matches!(
        report.phone,
        Some(Err(mobile::MobileError::TooLate))
    ));
    let heartbeats = report
        .desktop_sent
        .iter()
        .filter(|text| text.contains("heartbeat"))
        .count();
    assert!(heartbeats > 18, "{heartbeats}");
    assert_eq!(report.log[0], "qr");
}

#[test]
fn r08_a_gateway_in_between_never_gets_a_qr_onto_the_screen() {
    let report = run(|world| {
        world.service.liar = Some(Box::new(|text, _| {
            let other = ra_crypto::fingerprint(b"another key");
            match text.contains("pending_remote_init") {
                true => vec![format!(
                    r#"{{"op":"pending_remote_init","fingerprint":"{other}"}}"#
                )],
                false => vec![text],
            }
        }));
    });
    assert_eq!(
        report.log[..2],
        ["renewing: fingerprint", "renewing: fingerprint"]
    );
    assert_eq!(
        report.end.unwrap().unwrap_err().kind(),
        LoginErrorKind::Protocol
    );
}

#[test]
fn r03_a_chatty_gateway_does_no_harm() {
    let report = run(|world| {
        world.service.liar = Some(Box::new(|text, _| {
            vec![
                r#"{"op":"news","deep":[[{}]]}"#.into(),
                text.replacen('{', r#"{"extra":{"a":[1]},"#, 1),
            ]
        }));
    });
    let log: Vec<_> = report
        .log
        .iter()
        .filter(|line| !line.starts_with("unknown"))
        .collect();
    assert_eq!(log, HAPPY);
    assert!(report.log.contains(&"unknown op news".into()));
}

/// Under every fault of the network a login ends correctly or with a documented error, in bounded time, and never with
/// a wrong token.
#[test]
fn r19_r21_many_bad_networks() {
    let mut ends = std::collections::BTreeMap::new();
    for seed in 0..400 {
        let mut rng = SeededEntropy::new(seed);
        let mut world = World::new(seed);
        world.network = Network {
            latency: (1, 1 + rng.below(4_000)),
            cut: rng.below(80),
            duplicate: rng.below(60),
            reorder: rng.below(60),
            refuse_connects: rng.below(3) as u32,
        };
        world.key_takes = rng.below(5_000);
        world.login.renewal = Renewal::Limit(20);
        world.person = match rng.below(4) {
            0 => Person::Declines(1_000 + rng.below(60_000)),
            1 => Person::Ignores,
            _ => Person::Approves(1_000 + rng.below(50_000)),
        };
        let report = world.run(HOUR);
        let end = match report
            .end
            .unwrap_or_else(|| panic!("seed {seed} never ends: {:?}", report.log))
        {
            Ok(Outcome::LoggedIn { token, .. }) => {
                assert_eq!(token.expose(), "desktop-token", "seed {seed}");
                "in"
            }
            Ok(_) => "no",
            Err(error) => error.kind().as_str(),
        };
        *ends.entry(end).or_insert(0) += 1;
    }
    for end in ["in", "no", "expired", "network", "protocol"] {
        assert!(ends.contains_key(end), "no run ended so: {ends:?}");
    }
}

/// A gateway that changes one character of what it says anywhere: never a wrong token, never a panic.
#[test]
fn a_gateway_that_garbles() {
    let mut logged_in = 0;
    for seed in 0..400 {
        let mut world = World::new(seed);
        world.login.renewal = Renewal::Limit(2);
        world.service.liar = Some(Box::new(|text, rng| {
            if rng.below(6) > 0 {
                return vec![text];
            }
            let mut chars: Vec<char> = text.chars().collect();
            let at = rng.below(chars.len() as u64) as usize;
            chars[at] = char::from(33 + rng.below(90) as u8);
            vec![chars.into_iter().collect()]
        }));
        let report = world.run(HOUR);
        if let Some(Ok(Outcome::LoggedIn { token, .. })) = &report.end {
            assert_eq!(token.expose(), "desktop-token");
            logged_in += 1;
        }
        assert!(
            report.end.is_some(),
            "seed {seed} never ends: {:?}",
            report.log
        );
    }
    assert!(logged_in > 50, "{logged_in}");
}

#[test]
fn the_same_seed_is_the_same_world() {
    let twice = [0, 1].map(|_| {
        run(|world| {
            world.network.cut = 30;
            world.network.latency = (1, 3_000);
        })
    });
    assert_eq!(twice[0].log, twice[1].log);
    assert_eq!(twice[0].took, twice[1].took);
    assert_eq!(twice[0].desktop_sent, twice[1].desktop_sent);
}
