//! Clocks that jump.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::*;

#[tokio::test]
async fn the_time_of_day_may_jump_during_a_login() {
    let time = Arc::new(AtomicU64::new(59));
    let clock = Arc::clone(&time);
    let accounts = pair(move || clock.load(Ordering::SeqCst) == 59);
    let host = host_of(Arc::new(accounts), |_| {}).await;
    let jump = |to| time.store(to, Ordering::SeqCst);
    let (mut desktop, fingerprint) = Desktop::ready(host.address, 1).await;
    jump(u64::MAX);
    let handshake = try_scan(host.address, CAROL, &fingerprint).await.json();
    desktop.expect_user().await;
    let asked = post(host.address, "finish", Some(CAROL), handshake.clone()).await;
    let ticket = asked.json()["mfa"]["ticket"].clone();
    // another time has other codes
    let wrong = answer_mfa(host.address, CAROL, &ticket, CAROL_CODE).await;
    assert_eq!(wrong.refusal(), (400, 60008));
    jump(59);
    let passed = answer_mfa(host.address, CAROL, &ticket, CAROL_CODE).await;
    let mfa = passed.json()["token"].as_str().unwrap().to_owned();
    jump(0);
    let finish = finish_with(host.address, CAROL, &handshake, &mfa).await;
    assert_eq!(finish.status, 204, "{}", finish.text);
    jump(1 << 40);
    let ticket = desktop.expect_ticket().await;
    assert_eq!(desktop.exchange(host.address, &ticket).await, "carol-token");
}

#[tokio::test]
async fn r55_after_a_jump_of_the_gateways_own_clock_all_is_expired_and_new_logins_work() {
    let host = host(|_| {}).await;
    let (mut waiting, fingerprint) = Desktop::ready(host.address, 1).await;
    let (mut scanned, other) = Desktop::ready(host.address, 2).await;
    let handshake = try_scan(host.address, ALICE, &other).await.json();
    scanned.expect_user().await;
    let (mut approved, third) = Desktop::ready(host.address, 3).await;
    let verdict = try_scan(host.address, BOB, &third).await.json();
    approved.expect_user().await;
    let finish = post(host.address, "finish", Some(BOB), verdict).await;
    assert_eq!(finish.status, 204);
    let ticket = approved.expect_ticket().await;

    // as after a suspension
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(3_600)).await;
    tokio::time::resume();
    for desktop in [&mut waiting, &mut scanned] {
        let code = desktop.expect_close().await;
        assert!([4003, 4004].contains(&code), "{code}");
    }
    host.sessions_fall_to(0).await;
    assert_eq!(
        try_scan(host.address, ALICE, &fingerprint).await.status,
        404
    );
    let late = post(host.address, "finish", Some(ALICE), handshake).await;
    assert_eq!(late.refusal(), (404, 10056));
    let body = json!({ "ticket": ticket });
    let late = post(host.address, "login", None, body).await;
    assert_eq!(late.refusal(), (400, 20042));
    login(&host, 4).await;
}
