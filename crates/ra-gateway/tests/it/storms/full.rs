//! At the node's own limits: who has to go, who gets in nevertheless, and no files left to open.

use std::cell::Cell;
use std::collections::VecDeque;
use std::fs::File;
use std::os::fd::AsRawFd;
use std::sync::Arc;

use ra_gateway::Gateway;
use ra_testkit::{Fake, FakeKey};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio_tungstenite::tungstenite::Error;

use super::process::*;
use super::*;

/// Connections that have shown nothing: no byte, half a head, half a body, a socket without a
/// proof.
fn shows_nothing(how: usize) -> String {
    match how % 4 {
        0 => String::new(),
        1 => upgrade("")[..60].to_owned(),
        2 => "POST /api/v9/users/@me/remote-auth HTTP/1.1\r\nHost: gateway\r\nContent-Length: 99\r\n\r\n{"
            .to_owned(),
        _ => upgrade(""),
    }
}

/// New connections from many addresses without a pause, each kept for as long as it may. The most
/// connections that the gateway had meanwhile.
async fn flood(host: &Host, held: usize, first: u8, is_over: &Cell<bool>) -> u64 {
    let mut kept: VecDeque<Tcp> = VecDeque::new();
    let mut most = 0;
    for how in 0.. {
        if is_over.get() {
            break;
        }
        let last = first + u8::try_from(how % 20).unwrap();
        let mut tcp = from(last, host.address).await;
        tcp.send(shows_nothing(how).as_bytes()).await;
        kept.push_back(tcp);
        if kept.len() > held {
            kept.pop_front();
        }
        most = most.max(counted(host, "connections"));
        tokio::task::yield_now().await;
    }
    most
}

#[test]
fn r55_logins_go_on_beside_a_flood_at_the_nodes_own_limit() {
    /// So many at a time, and twice as many who want to be in.
    const PLACES: u32 = 400;
    const FLOODS: usize = 8;
    const EACH: usize = 100;
    if !runs_alone("storms::full::r55_logins_go_on_beside_a_flood_at_the_nodes_own_limit") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let host = host(|config| {
            generous(config);
            config.limits.connections = PLACES;
        })
        .await;
        let at_rest = || counted(&host, "connections") == 0 && host.handle.sessions() == 0;
        let round = async |first: u64| {
            let is_over = Cell::new(false);
            let logins = async {
                until(|| counted(&host, "connections") >= u64::from(PLACES)).await;
                for id in first..first + 25 {
                    login(&host, id).await;
                }
                is_over.set(true);
            };
            let floods = (0..FLOODS).map(|number| {
                let first = 2 + 20 * u8::try_from(number).unwrap();
                flood(&host, EACH, first, &is_over)
            });
            let (most, ()) = tokio::join!(futures_util::future::join_all(floods), logins);
            until(at_rest).await;
            most.into_iter().max().unwrap()
        };
        login(&host, 0).await;
        until(at_rest).await;
        let files = descriptors();
        round(1_000).await;
        until(|| descriptors() == files).await;
        let memory = resident();
        let most = round(2_000).await;
        // those asked to go are still there for a moment
        assert!(most <= u64::from(PLACES) + 64, "{most}");
        until(|| descriptors() == files).await;
        let now = resident();
        assert!(now < memory + 4 * 1024, "{memory} KiB, {now} KiB");
        assert!(counted(&host, "refusals_total{reason=\"shed\"}") > 1_000);
        let approved = counted(&host, "sessions_ended_total{outcome=\"approved\"}");
        assert_eq!(approved, 51);
    });
}

#[tokio::test]
async fn r55_who_has_shown_nothing_makes_room_and_a_proven_session_stays() {
    let host = host(|config| {
        generous(config);
        config.limits.connections = 5;
    })
    .await;
    let (mut first, print) = Desktop::ready(host.address, 1).await;
    let (mut idle, mut young) = (Vec::new(), Vec::new());
    for how in 0..4 {
        let mut tcp = Tcp::connect(host.address).await;
        tcp.send(shows_nothing(how).as_bytes()).await;
        idle.push(tcp);
        let there = 2 + how as u64;
        until(|| counted(&host, "connections") == there).await;
    }
    // its hello is out
    assert!(idle[3].read_head().await.starts_with("HTTP/1.1 101 "));
    for (gone, tcp) in idle.iter_mut().enumerate().take(3) {
        let newcomer = get(host.address, "/healthz").await;
        assert_eq!(newcomer.status, 200);
        assert_eq!(tcp.read_to_end().await, b"", "{gone} was there for longest");
        until(|| counted(&host, "connections") < 5).await;
        // the place that is free again is taken by one that comes later
        young.push(Tcp::connect(host.address).await);
        until(|| counted(&host, "connections") == 5).await;
    }
    let mut newcomer = Tcp::connect(host.address).await;
    newcomer
        .send(b"GET /healthz HTTP/1.1\r\nHost: gateway\r\n\r\n")
        .await;
    assert!(newcomer.read_answer().await.starts_with("HTTP/1.1 200 "));
    assert_eq!(idle[3].read_close().await, 1001, "told to come back");
    assert_eq!(counted(&host, "refusals_total{reason=\"shed\"}"), 4);
    // one of them was a session
    until(|| counted(&host, "sessions_ended_total{outcome=\"shed\"}") == 1).await;
    assert_eq!(counted(&host, "sessions_ended_total"), 1);
    let scanned = try_scan(host.address, ALICE, &print).await;
    assert_eq!(scanned.status, 200, "{}", scanned.text);
    first.expect_user().await;
}

#[tokio::test]
async fn r55_sessions_take_no_place_that_calls_need() {
    let host = host(|config| {
        generous(config);
        config.limits.connections = 4;
    })
    .await;
    let mut ready = Vec::new();
    for id in 0..3 {
        ready.push(Desktop::ready(host.address, id).await);
    }
    let full = Desktop::connect_to(host.address, "/?v=2", Box::new(FakeKey::new(9))).await;
    match full {
        Err(Error::Http(response)) => assert_eq!(response.status(), 503),
        _ => panic!("let in"),
    }
    for (mut desktop, print) in ready {
        let token = try_scan(host.address, ALICE, &print).await;
        assert_eq!(token.status, 200, "{}", token.text);
        desktop.expect_user().await;
        let finish = post(host.address, "finish", Some(ALICE), token.json()).await;
        assert_eq!(finish.status, 204, "{}", finish.text);
        let ticket = desktop.expect_ticket().await;
        assert_eq!(desktop.exchange(host.address, &ticket).await, "alice-token");
    }
}

/// The number of the file that would be opened next.
fn next_free() -> u64 {
    let file = File::open("/dev/null").unwrap();
    u64::try_from(file.as_raw_fd()).unwrap()
}

#[test]
fn r55_without_files_to_open_it_says_so_and_goes_on_when_there_are_some() {
    const QUEUED: usize = 20;
    if !runs_alone(
        "storms::full::r55_without_files_to_open_it_says_so_and_goes_on_when_there_are_some",
    ) {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (kept, _guard) = Kept::start();
        let accounts = pair(|| true);
        let gateway = Gateway::bind(Config::default(), Arc::new(accounts), Arc::new(Fake));
        let gateway = gateway.await.unwrap();
        let host = Host {
            address: gateway.local_addr(),
            handle: gateway.handle(),
            running: tokio::spawn(std::future::pending()),
        };
        // they wait in the queue of the system until somebody takes them
        let mut queued = Vec::new();
        for _ in 0..QUEUED {
            let mut tcp = Tcp::connect(host.address).await;
            tcp.send(b"GET /healthz HTTP/1.1\r\nHost: gateway\r\n\r\n")
                .await;
            queued.push(tcp);
        }
        let before = getrlimit(Resource::Nofile);
        let none_left = Rlimit {
            current: Some(next_free()),
            ..before
        };
        setrlimit(Resource::Nofile, none_left).unwrap();
        let running = tokio::spawn(gateway.run());
        let reason = "refusals_total{reason=\"no_files\"}";
        // each try after a longer pause: this many cannot come at once
        until(|| counted(&host, reason) >= 4).await;
        assert_eq!(counted(&host, "connections"), 0);
        assert_eq!(counted(&host, "ready"), 0);
        assert_eq!(counted(&host, "not_ready{reason=\"files\"}"), 1);
        setrlimit(Resource::Nofile, before).unwrap();
        for tcp in &mut queued {
            assert!(tcp.read_answer().await.starts_with("HTTP/1.1 200 "));
        }
        assert_eq!(counted(&host, "ready"), 1);
        assert_eq!(kept.line("refused reason=no_files count=").await, "1");
        assert_eq!(kept.level("refused reason=no_files"), tracing::Level::WARN);
        let tries = counted(&host, reason);
        drop(queued);
        until(|| counted(&host, "connections") == 0).await;
        assert_eq!(counted(&host, reason), tries);
        host.handle.shut_down();
        within(running).await.unwrap();
        // by and by, and at the end
        let told = kept.lines();
        let told = told.iter().filter_map(|line| {
            let count = line.strip_prefix("refused reason=no_files count=")?;
            Some(count.parse::<u64>().unwrap())
        });
        assert_eq!(told.sum::<u64>(), tries);
    });
}
