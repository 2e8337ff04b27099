//! Log of a gateway: enough to see what goes on, and no secret.

use serde_json::json;

use crate::support::*;

async fn logged() -> (Host, Kept, KeptGuard) {
    let (kept, guard) = Kept::start();
    (host(|_| {}).await, kept, guard)
}

#[tokio::test]
async fn r54_no_line_of_a_login_holds_anything_that_somebody_said() {
    let (host, kept, _guard) = logged().await;
    let (mut desktop, fingerprint) = Desktop::ready(host.address, 1).await;
    let asked = try_scan(host.address, CAROL, &fingerprint).await.json();
    let payload = desktop.expect_user().await;
    let handshake = asked["handshake_token"].as_str().unwrap().to_owned();
    let question = post(host.address, "finish", Some(CAROL), asked)
        .await
        .json();
    let mfa_ticket = question["mfa"]["ticket"].as_str().unwrap().to_owned();
    post(
        host.address,
        "cancel",
        Some(ALICE),
        json!({"handshake_token": "sentinel-1"}),
    )
    .await;
    post(
        host.address,
        "login",
        Some("sentinel-2"),
        json!({"ticket": "sentinel-3"}),
    )
    .await;
    get(host.address, "/sentinel-4?sentinel-5").await;
    let (mut other, print) = Desktop::ready(host.address, 2).await;
    let token = try_scan(host.address, ALICE, &print).await;
    other.expect_user().await;
    post(host.address, "finish", Some(ALICE), token.json()).await;
    let ticket = other.expect_ticket().await;
    assert_eq!(other.exchange(host.address, &ticket).await, "alice-token");
    other.key.public_key();
    let (mut rude, _) = Desktop::ready(host.address, 3).await;
    rude.send_text("sentinel-6").await;
    rude.expect_close().await;
    drop(desktop);
    kept.line("session_ended session=0 ").await;
    kept.line("session_ended session=2 ").await;
    host.handle.shut_down();
    within(host.running).await.unwrap();

    let all = kept.lines().join("\n");
    for secret in [
        ALICE,
        CAROL,
        "alice",
        "carol",
        "852892297661906993",
        "127.0.0.1",
        "sentinel",
        &fingerprint,
        &print,
        &payload,
        &handshake,
        &mfa_ticket,
        &ticket,
    ] {
        assert!(!secret.is_empty() && !all.contains(secret), "{all}");
    }
    // each word is one of few, each field a number or one of them
    for line in all.lines() {
        for word in line.split([' ', '=']) {
            let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
            let is_word = word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            assert!(is_number || is_word && word.len() < 24, "{line}");
        }
    }
    assert!(all.contains("answered call=finish status=401"), "{all}");
}

#[tokio::test]
async fn each_end_of_a_session_is_one_line_with_phase_and_outcome() {
    let (host, kept, _guard) = logged().await;
    let mut beginner = Desktop::connect(host.address).await;
    beginner.expect("hello").await;
    let (waiting, _) = Desktop::ready(host.address, 1).await;
    let (mut scanned, fingerprint) = Desktop::ready(host.address, 2).await;
    let token = try_scan(host.address, ALICE, &fingerprint).await.json();
    scanned.expect_user().await;
    drop(beginner);
    let line = kept.line("session_ended session=0 ").await;
    assert!(
        line.starts_with("phase=handshake outcome=left ms="),
        "{line}"
    );
    drop(waiting);
    let line = kept.line("session_ended session=1 ").await;
    assert!(line.starts_with("phase=waiting outcome=left ms="), "{line}");
    post(host.address, "finish", Some(ALICE), token).await;
    scanned.expect_ticket().await;
    let line = kept.line("session_ended session=2 ").await;
    assert!(
        line.starts_with("phase=scanned outcome=approved ms="),
        "{line}"
    );

    let (_last, fingerprint) = Desktop::ready(host.address, 3).await;
    try_scan(host.address, ALICE, &fingerprint).await;
    host.handle.drain();
    host.handle.drain();
    host.handle.shut_down();
    let line = kept.line("session_ended session=3 ").await;
    assert!(
        line.starts_with("phase=scanned outcome=shut_down ms="),
        "{line}"
    );
    within(host.running).await.unwrap();
    let lines = kept.lines();
    let of = |name: &str| lines.iter().filter(|line| line.starts_with(name)).count();
    assert_eq!(of("session_began"), 4);
    assert_eq!(of("session_ended"), 4);
    assert!(
        lines.contains(&"draining sessions=1 tickets=1".to_owned()),
        "{lines:?}"
    );
    assert_eq!((of("draining"), of("closing")), (1, 1));
    assert_eq!(kept.level("session_began"), tracing::Level::DEBUG);
    assert_eq!(kept.level("answered"), tracing::Level::DEBUG);
    assert_eq!(kept.level("session_ended"), tracing::Level::INFO);
}

#[tokio::test]
async fn refusals_are_told_by_reason_and_not_each() {
    let (host, kept, _guard) = logged().await;
    for _ in 0..50 {
        get(host.address, "/nothing").await;
        post(host.address, "finish", None, json!({})).await;
    }
    host.handle.shut_down();
    within(host.running).await.unwrap();
    let lines = kept.lines();
    let refused: Vec<&str> = lines
        .iter()
        .filter_map(|line| line.strip_prefix("refused reason="))
        .collect();
    let told: u64 = refused
        .iter()
        .map(|line| line.rsplit_once('=').unwrap().1.parse::<u64>().unwrap())
        .sum();
    assert_eq!(told, 100, "{refused:?}");
    assert!(refused.len() < 20, "{refused:?}");
}
