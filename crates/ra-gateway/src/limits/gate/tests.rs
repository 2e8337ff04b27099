//! Tests of the gate: admission, eviction and refusal of connections.

use super::*;
use futures_util::FutureExt;
use std::net::IpAddr;

fn address(last: u8) -> Address {
    IpAddr::from([192, 0, 2, last]).into()
}

#[test]
fn r55_connections_are_counted_by_address_and_over_all() {
    let gate = Gate::new(Limits {
        connections: 3,
        connections_per_address: 2,
        ..Limits::default()
    });
    let stays = |last| {
        let permit = gate.connect(Some(address(last))).unwrap();
        assert!(permit.stay());
        permit
    };
    let first = stays(1);
    let _second = stays(1);
    assert!(matches!(
        gate.connect(Some(address(1))),
        Err(Problem::RateLimited(_))
    ));
    let _third = stays(2);
    assert!(matches!(
        gate.connect(Some(address(2))),
        Err(Problem::Busy(_))
    ));
    drop(first);
    assert_eq!(gate.connections(), 2);
    assert!(gate.connect(Some(address(1))).is_ok());
    assert_eq!(gate.connections(), 2);
}

#[test]
fn r55_connections_of_a_proxy_count_for_their_clients() {
    let gate = Gate::new(Limits {
        connections: 3,
        connections_per_address: 1,
        ..Limits::default()
    });
    let proxies = [gate.connect(None).unwrap(), gate.connect(None).unwrap()];
    let place = gate.place(address(1)).unwrap();
    assert!(matches!(
        gate.place(address(1)),
        Err(Problem::RateLimited(_))
    ));
    assert!(matches!(
        gate.connect(Some(address(1))),
        Err(Problem::RateLimited(_))
    ));
    let last = gate.connect(Some(address(2))).unwrap();
    assert!(last.stay() && proxies.iter().all(|proxy| proxy.stay()));
    assert!(matches!(gate.connect(None), Err(Problem::Busy(_))));
    drop((place, last, proxies));
    assert_eq!(gate.connections(), 0);
    assert_eq!(lock(&gate.counters.connections).by_address.len(), 0);
}

fn of_three() -> (Gate, [Arc<ConnectionPermit>; 3]) {
    let gate = Gate::new(Limits {
        connections: 3,
        ..Limits::default()
    });
    let all = [(); 3].map(|()| gate.connect(None).unwrap());
    (gate, all)
}

fn is_asked_to_go(permit: &ConnectionPermit) -> bool {
    permit.asked_to_go().now_or_never().is_some()
}

#[test]
fn r55_with_all_places_taken_the_one_that_was_quiet_for_longest_goes() {
    let (gate, [first, second, third]) = of_three();
    // a call was answered: it is the last now
    drop(first.answering().unwrap());
    let fourth = gate.connect(None).unwrap();
    let asked = [&first, &second, &third, &fourth].map(|permit| is_asked_to_go(permit));
    assert_eq!(asked, [false, true, false, false]);
    assert!(
        second.answering().is_none(),
        "no call is begun there any more"
    );
    assert!(!second.stay());
    assert_eq!(gate.connections(), 4, "it is counted until it is gone");
    drop(second);
    let fifth = gate.connect(None).unwrap();
    assert!(is_asked_to_go(&third) && !is_asked_to_go(&fifth));
    drop((first, third, fourth, fifth));
    assert_eq!(gate.connections(), 0);
    let again = [(); 3].map(|()| gate.connect(None).unwrap());
    assert!(again.iter().all(|permit| !is_asked_to_go(permit)));
}

#[test]
fn r55_who_is_answered_or_has_proven_a_key_stays() {
    let (gate, [first, second, third]) = of_three();
    let answering = first.answering().unwrap();
    assert!(second.stay() && third.stay());
    assert!(matches!(gate.connect(None), Err(Problem::Busy(_))));
    assert_eq!(gate.connections(), 3);
    drop(answering);
    let fourth = gate.connect(None).unwrap();
    assert!(is_asked_to_go(&first));
    drop(first);
    assert!(fourth.stay());
    // its session is over
    second.may_go();
    second.may_go();
    let _fifth = gate.connect(None).unwrap();
    assert!(is_asked_to_go(&second) && !is_asked_to_go(&third));
}

#[test]
fn r55_one_of_32_connections_is_no_sessions() {
    for (connections, sessions, most) in [
        (0, 10, 0),
        (1, 10, 0),
        (2, 10, 1),
        (32, 100, 31),
        (33, 100, 31),
        (65_536, 50_000, 50_000),
        (65_536, 100_000, 64_512),
        (u32::MAX, u32::MAX, u32::MAX - 1_024),
    ] {
        let limits = Limits {
            connections,
            sessions,
            ..Limits::default()
        };
        assert_eq!(limits.most_sessions(), most, "{connections}");
    }
    let gate = Gate::new(Limits {
        connections: 2,
        ..Limits::default()
    });
    let now = MonoTime::ZERO;
    let session = gate.begin(now, address(1)).unwrap();
    assert_eq!(gate.begin(now, address(1)).err(), Some(Problem::BUSY));
    assert_eq!(gate.full(now), Some(NotReady::Sessions));
    drop(session);
    assert_eq!(gate.full(now), None);
}

#[test]
fn r55_a_node_is_full_at_its_limit_of_connections_and_one_below_it_is_not() {
    let (gate, all) = of_three();
    let now = MonoTime::ZERO;
    assert_eq!(gate.full(now), Some(NotReady::Connections));
    // one in, one out
    let fourth = gate.connect(None).unwrap();
    assert_eq!(gate.full(now), Some(NotReady::Connections));
    drop(all);
    assert_eq!(gate.full(now), None);
    drop(fourth);
}

#[test]
fn r55_a_full_node_counts_nothing_for_an_address() {
    let gate = Gate::new(Limits {
        connections: 0,
        ..Limits::default()
    });
    assert!(matches!(
        gate.connect(Some(address(1))),
        Err(Problem::Busy(_))
    ));
    assert_eq!(lock(&gate.counters.connections).by_address.len(), 0);
}

#[test]
fn r55_calls_and_scans_are_limited_by_account() {
    let gate = Gate::new(Limits {
        calls_per_account: 1,
        scans_per_account: 1,
        ..Limits::default()
    });
    let now = MonoTime::ZERO;
    for limited in [Gate::call_of, Gate::scan] {
        assert_eq!(limited(&gate, now, 1), Ok(()));
        let Err(Problem::RateLimited(wait)) = limited(&gate, now, 1) else {
            panic!("no limit")
        };
        assert_eq!(wait, Duration::from_secs(60));
        assert_eq!(limited(&gate, now, 2), Ok(()));
    }
}

#[test]
fn r55_addresses_without_connections_are_forgotten() {
    let gate = Gate::new(Limits::default());
    for last in 0..200 {
        drop(gate.connect(Some(address(last))).unwrap());
    }
    assert_eq!(lock(&gate.counters.connections).by_address.len(), 0);
}

#[test]
fn r55_sessions_are_limited_by_node_and_by_address_a_minute() {
    let limits = Limits {
        sessions: 2,
        sessions_per_address: 2,
        ..Limits::default()
    };
    let gate = Gate::new(limits);
    let now = MonoTime::ZERO;
    let first = gate.begin(now, address(1)).unwrap();
    let _second = gate.begin(now, address(1)).unwrap();
    assert_eq!(gate.begin(now, address(2)).err(), Some(Problem::BUSY));
    drop(first);
    let Err(Problem::RateLimited(wait)) = gate.begin(now, address(1)) else {
        panic!("no limit")
    };
    assert_eq!(wait, Duration::from_secs(30));
    assert_eq!(gate.sessions(), 1, "a refused session does not count");
    assert!(gate.begin(now, address(2)).is_ok());
}

#[test]
fn r43_second_factors_are_limited_by_account() {
    let gate = Gate::new(Limits {
        mfa_tries_per_account: 1,
        ..Limits::default()
    });
    assert_eq!(gate.try_mfa(MonoTime::ZERO, 1), Ok(()));
    assert!(matches!(
        gate.try_mfa(MonoTime::ZERO, 1),
        Err(Problem::RateLimited(_))
    ));
    assert_eq!(gate.try_mfa(MonoTime::ZERO, 2), Ok(()));
}

#[test]
fn r55_calls_are_limited_by_address() {
    let gate = Gate::new(Limits {
        calls_per_address: 1,
        ..Limits::default()
    });
    assert_eq!(gate.call(MonoTime::ZERO, address(1)), Ok(()));
    assert!(matches!(
        gate.call(MonoTime::ZERO, address(1)),
        Err(Problem::RateLimited(_))
    ));
}
