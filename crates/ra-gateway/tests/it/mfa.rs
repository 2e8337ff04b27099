//! A second factor before `finish`.

use http::Request;
use serde_json::{Value, json};

use crate::support::*;

async fn finish(host: &Host, who: &str, handshake: &Value, mfa_token: Option<&str>) -> Reply {
    let mut request = Request::post("/api/v9/users/@me/remote-auth/finish")
        .header("host", "gateway")
        .header("authorization", who);
    if let Some(token) = mfa_token {
        request = request.header("X-Discord-MFA-Authorization", token);
    }
    call(host.address, request.body(handshake.to_string()).unwrap()).await
}

async fn answer(host: &Host, who: &str, ticket: &Value, method: &str, code: &str) -> Reply {
    let body = json!({"ticket": ticket, "mfa_type": method, "data": code});
    let request = Request::post("/api/v9/mfa/finish")
        .header("host", "gateway")
        .header("authorization", who)
        .body(body.to_string());
    call(host.address, request.unwrap()).await
}

/// Carol has scanned and said yes: she is asked.
async fn asked(host: &Host) -> (Desktop, Value, Value) {
    let (mut desktop, fingerprint) = Desktop::ready(host.address, 1).await;
    let handshake = try_scan(host.address, CAROL, &fingerprint).await.json();
    desktop.expect_user().await;
    let question = finish(host, CAROL, &handshake, None).await;
    assert_eq!(question.refusal(), (401, 60003));
    let question = question.json();
    assert_eq!(question["mfa"]["methods"], json!([{"type": "totp"}]));
    (desktop, handshake, question["mfa"]["ticket"].clone())
}

#[tokio::test]
async fn r43_wrong_code_then_right_code_then_finish() {
    let host = host(|_| {}).await;
    let (mut desktop, handshake, ticket) = asked(&host).await;
    assert_eq!(
        answer(&host, CAROL, &ticket, "totp", "000000")
            .await
            .refusal(),
        (400, 60008)
    );
    let right = answer(&host, CAROL, &ticket, "totp", CAROL_CODE).await;
    assert_eq!(right.status, 200, "{}", right.text);
    let token = right.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(
        finish(&host, CAROL, &handshake, Some(&token)).await.status,
        204
    );
    let ticket = desktop.expect_ticket().await;
    assert_eq!(desktop.exchange(host.address, &ticket).await, "carol-token");
}

#[tokio::test]
async fn r43_without_a_good_mfa_token_she_is_asked_again() {
    let host = host(|_| {}).await;
    let (_desktop, handshake, ticket) = asked(&host).await;
    let ticket = ticket.as_str().unwrap();
    for token in [None, Some(""), Some("made-up"), Some(ticket)] {
        let reply = finish(&host, CAROL, &handshake, token).await;
        assert_eq!(reply.refusal(), (401, 60003), "{token:?}");
    }
}

#[tokio::test]
async fn r43_ticket_and_token_are_the_accounts_own() {
    let host = host(|_| {}).await;
    let (_desktop, _, ticket) = asked(&host).await;
    // Bob has no second factor to answer with, and Alice's tickets are none of Carol's
    assert_eq!(
        answer(&host, BOB, &ticket, "totp", CAROL_CODE)
            .await
            .refusal(),
        (400, 50035)
    );
    let unknown = answer(&host, CAROL, &json!("made-up"), "totp", CAROL_CODE).await;
    assert_eq!(unknown.refusal(), (400, 60006));
    for method in ["backup", "password", "sms", ""] {
        let reply = answer(&host, CAROL, &ticket, method, CAROL_CODE).await;
        assert_eq!(reply.refusal(), (400, 50035), "{method}");
    }
}

#[tokio::test]
async fn r43_guesses_are_counted_by_ticket() {
    let host = host(|_| {}).await;
    let (_desktop, _, ticket) = asked(&host).await;
    for _ in 0..5 {
        assert_eq!(
            answer(&host, CAROL, &ticket, "totp", "000000")
                .await
                .refusal(),
            (400, 60008)
        );
    }
    let late = answer(&host, CAROL, &ticket, "totp", CAROL_CODE).await;
    assert_eq!(late.refusal(), (400, 60006), "even the right code");
}

#[tokio::test]
async fn r43_guesses_are_counted_by_account_over_all_tickets() {
    let host = host(|config| config.limits.mfa_tries_per_account = 6).await;
    let (_desktop, handshake, first) = asked(&host).await;
    let second = finish(&host, CAROL, &handshake, None).await.json()["mfa"]["ticket"].clone();
    for ticket in [&first, &first, &first, &second, &second, &second] {
        assert_eq!(
            answer(&host, CAROL, ticket, "totp", "000000")
                .await
                .refusal(),
            (400, 60008)
        );
    }
    let late = answer(&host, CAROL, &second, "totp", CAROL_CODE).await;
    assert_eq!(late.status, 429);
    assert!(late.retry_after() >= 1);
}

#[tokio::test]
async fn r43_a_code_is_right_once() {
    let host = host(|_| {}).await;
    let (_desktop, handshake, first) = asked(&host).await;
    let second = finish(&host, CAROL, &handshake, None).await.json()["mfa"]["ticket"].clone();
    assert_eq!(
        answer(&host, CAROL, &first, "totp", CAROL_CODE)
            .await
            .status,
        200
    );
    assert_eq!(
        answer(&host, CAROL, &second, "totp", CAROL_CODE)
            .await
            .refusal(),
        (400, 60008)
    );
}

#[tokio::test]
async fn r43_nobody_is_asked_in_vain() {
    let host = host(|_| {}).await;
    let unknown = finish(&host, CAROL, &json!({"handshake_token": "made-up"}), None).await;
    assert_eq!(unknown.refusal(), (404, 10056));
}

#[tokio::test]
async fn r43_declining_needs_no_second_factor() {
    let host = host(|_| {}).await;
    let (mut desktop, handshake, _) = asked(&host).await;
    assert_eq!(
        post(host.address, "cancel", Some(CAROL), handshake)
            .await
            .status,
        204
    );
    desktop.expect("cancel").await;
}
