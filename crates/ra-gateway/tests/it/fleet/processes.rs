//! Nodes as processes of their own, killed without warning in each phase.

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use ra_gateway::BackplaneConfig;

use super::*;

const REDIS: &str = "RA_TEST_NODE_OF_REDIS";
const SELF: &str = "fleet::processes::serves_as_a_node_when_told_to";

/// Not a test by itself: the program of [`Process`].
#[tokio::test]
async fn serves_as_a_node_when_told_to() {
    let Ok(url) = env::var(REDIS) else {
        return;
    };
    let node = host(|config| {
        config.backplane = BackplaneConfig::Redis(url.parse().unwrap());
    })
    .await;
    println!("\nlistening {}", node.address);
    node.running.await.unwrap();
}

/// A node in a process of its own.
pub(super) struct Process {
    child: Child,
    pub(super) address: SocketAddr,
}

impl Process {
    pub(super) fn start(redis: &RedisServer) -> Self {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", SELF, "--nocapture", "--test-threads=1"])
            .env(REDIS, redis.url())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("listening ").map(str::to_owned))
            .unwrap();
        let address = address.parse().unwrap();
        Self { child, address }
    }

    /// Its process id.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The connection is gone, without a goodbye.
async fn assert_cut(desktop: &mut Desktop) {
    use futures_util::StreamExt;
    let next = within(desktop.socket.next()).await;
    assert!(matches!(next, None | Some(Err(_))), "{next:?}");
}

#[tokio::test]
async fn r56_sessions_of_a_killed_node_are_unknown_and_others_go_on() {
    let Some(fleet) = fleet(1, |_| {}).await else {
        return;
    };
    let others = fleet.at(0);
    let (mut other, other_print) = Desktop::ready(others, 9).await;
    let doomed = Process::start(&fleet.redis);
    // one in each phase
    let mut in_handshake = Desktop::connect(doomed.address).await;
    in_handshake.challenge().await;
    let (mut waiting, waiting_print) = Desktop::ready(doomed.address, 1).await;
    let (mut scanned, scanned_print) = Desktop::ready(doomed.address, 2).await;
    let token = scan(others, ALICE, &scanned_print).await;
    scanned.expect_user().await;
    let (mut asked, asked_print) = Desktop::ready(doomed.address, 3).await;
    let carols = scan(others, CAROL, &asked_print).await;
    asked.expect_user().await;
    let question = decide(others, "finish", CAROL, &carols).await.json();
    let (mut approved, approved_print) = Desktop::ready(doomed.address, 4).await;
    let bobs = scan(doomed.address, BOB, &approved_print).await;
    approved.expect_user().await;
    let reply = decide(doomed.address, "finish", BOB, &bobs).await;
    assert_eq!(reply.status, 204);
    let ticket = approved.expect_ticket().await;

    doomed.kill();
    for desktop in [&mut in_handshake, &mut waiting, &mut scanned, &mut asked] {
        assert_cut(desktop).await;
    }
    fleet.redis.sessions_are(1).await;
    assert_eq!(
        scan_refused(others, ALICE, &waiting_print).await,
        (404, 10056)
    );
    for verdict in ["finish", "cancel"] {
        let late = decide(others, verdict, ALICE, &token).await;
        assert_eq!(late.refusal(), (404, 10056));
    }
    let again = decide(others, "finish", CAROL, &carols).await;
    assert_eq!(again.refusal(), (404, 10056), "asked in vain");
    let ticket_of_question = &question["mfa"]["ticket"];
    let right = answer_mfa(others, CAROL, ticket_of_question, CAROL_CODE).await;
    let mfa_token = right.json()["token"].as_str().unwrap().to_owned();
    let late = finish_with(others, CAROL, &carols, &mfa_token).await;
    assert_eq!(late.refusal(), (404, 10056));
    // who had the ticket in hand gets its token
    let token = approved.exchange(others, &ticket).await;
    assert!(token.starts_with("MTk2NzY5OTg2MDcxNjI1NzI4."));

    let token = scan(others, ALICE, &other_print).await;
    other.expect_user().await;
    assert_eq!(decide(others, "finish", ALICE, &token).await.status, 204);
    let ticket = other.expect_ticket().await;
    assert_eq!(other.exchange(others, &ticket).await, "alice-token");
}

#[tokio::test]
async fn r56_a_killed_node_that_only_took_calls_takes_no_session_along() {
    let Some(fleet) = fleet(2, |_| {}).await else {
        return;
    };
    let doomed = Process::start(&fleet.redis);
    let (mut first, first_print) = Desktop::ready(fleet.at(0), 1).await;
    let (mut second, second_print) = Desktop::ready(fleet.at(0), 2).await;
    scan(doomed.address, ALICE, &first_print).await;
    first.expect_user().await;
    let bobs = scan(doomed.address, BOB, &second_print).await;
    second.expect_user().await;
    doomed.kill();
    // decided elsewhere, and scanned again elsewhere
    assert_eq!(decide(fleet.at(1), "finish", BOB, &bobs).await.status, 204);
    let ticket = second.expect_ticket().await;
    second.exchange(fleet.at(1), &ticket).await;
    let token = scan(fleet.at(1), ALICE, &first_print).await;
    first.expect_user().await;
    assert_eq!(
        decide(fleet.at(1), "finish", ALICE, &token).await.status,
        204
    );
    first.expect_ticket().await;
}

#[tokio::test]
async fn r56_a_stopped_node_makes_503_and_not_a_hang() {
    let Some(fleet) = fleet(1, |_| {}).await else {
        return;
    };
    let stopped = Process::start(&fleet.redis);
    let (_desktop, waiting_print) = Desktop::ready(stopped.address, 1).await;
    let (mut scanned, scanned_print) = Desktop::ready(stopped.address, 2).await;
    let token = scan(fleet.at(0), ALICE, &scanned_print).await;
    scanned.expect_user().await;
    stop(&stopped.child);
    let body = json!({ "fingerprint": waiting_print });
    let (late_scan, late_finish) = tokio::join!(
        post(fleet.at(0), "", Some(BOB), body),
        decide(fleet.at(0), "finish", ALICE, &token),
    );
    for reply in [late_scan, late_finish] {
        assert_eq!(reply.refusal(), (503, 130_000));
        assert!(reply.retry_after() >= 1);
    }
    go_on(&stopped.child);
    // the person has said yes, and the node hears it when it wakes
    let ticket = scanned.expect_ticket().await;
    assert_eq!(redeem(fleet.at(0), &ticket).await.status, 200);
}

#[tokio::test]
async fn r56_a_session_of_a_node_that_is_not_back_yet_is_not_called_unknown() {
    let patient = |config: &mut ra_gateway::Config| {
        if let BackplaneConfig::Redis(redis) = &mut config.backplane {
            redis.within = std::time::Duration::from_secs(60);
        }
    };
    let Some(mut fleet) = fleet(1, patient).await else {
        return;
    };
    let late = Process::start(&fleet.redis);
    let (mut desktop, fingerprint) = Desktop::ready(late.address, 1).await;
    let never = fleet.at(0);
    assert_eq!(
        scan_refused(never, ALICE, &"A".repeat(43)).await,
        (404, 10056),
        "nothing was lost yet"
    );
    // both lose Redis, and one of them does not notice that it is back
    stop(&late.child);
    fleet.redis.kill();
    fleet.nodes_are_ready(false).await;
    fleet.redis.revive().await;
    fleet.nodes_are_ready(true).await;
    let body = json!({ "fingerprint": fingerprint });
    let early = post(fleet.at(0), "", Some(ALICE), body).await;
    assert_eq!(early.refusal(), (503, 130_000));
    assert!(early.retry_after() >= 1);
    go_on(&late.child);
    fleet.redis.sessions_are(1).await;
    scan(fleet.at(0), ALICE, &fingerprint).await;
    desktop.expect_user().await;
}
