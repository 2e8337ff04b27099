//! A captcha before the ticket exchange.

use http::Request;
use ra_testkit::captcha::Captcha;
use serde_json::json;

use crate::support::*;

#[tokio::test]
async fn r31_the_ticket_survives_until_the_captcha_is_solved() {
    let host = host(|config| config.captcha = Some(std::sync::Arc::new(Captcha::new("42")))).await;
    let (mut desktop, ticket) = approved(host.address, 1).await;

    let challenge = redeem(host.address, &ticket).await;
    assert_eq!(challenge.status, 400);
    let challenge = challenge.json();
    assert!(challenge["captcha_key"].is_array());
    assert_eq!(challenge["captcha_service"], "hcaptcha");

    let exchange = async |solution: &str| {
        let request = Request::post("/api/v9/users/@me/remote-auth/login")
            .header("host", "gateway")
            .header("X-Captcha-Key", solution)
            .header(
                "X-Captcha-Rqtoken",
                challenge["captcha_rqtoken"].as_str().unwrap(),
            )
            .header(
                "X-Captcha-Session-Id",
                challenge["captcha_session_id"].as_str().unwrap(),
            );
        let body = json!({ "ticket": ticket }).to_string();
        call(host.address, request.body(body).unwrap()).await
    };
    let wrong = exchange("41").await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.json()["captcha_key"].is_array());
    let solved = exchange("42").await;
    assert_eq!(solved.status, 200, "{}", solved.text);
    assert_eq!(
        desktop.open(&solved.json()["encrypted_token"]),
        b"alice-token"
    );
    assert_eq!(exchange("42").await.refusal(), (400, 20042));
}
