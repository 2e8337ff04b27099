//! The examples' own flow, against the server that is inside them.

use oauth2_discord::{ClientSecret, ConfidentialClient};

use crate::{with_reqwest, with_ureq};

const LINES: [&str; 3] = [
    "application 157730590492196864, identify",
    "after revocation: ",
    "advice: StartOver",
];

fn check(lines: &[String]) {
    assert_eq!(lines.len(), LINES.len(), "{lines:?}");
    for (line, begin) in lines.iter().zip(LINES) {
        assert!(line.starts_with(begin), "{line}");
    }
}

#[test]
fn with_ureq_runs() {
    let base = with_ureq::loopback::start().unwrap();
    let id = with_ureq::loopback::CLIENT_ID.parse().unwrap();
    let right = ClientSecret::new(with_ureq::loopback::SECRET);
    check(&with_ureq::run(&base, ConfidentialClient::new(id, right)).unwrap());

    let wrong = ConfidentialClient::new(id, ClientSecret::new("wrong"));
    let error = with_ureq::run(&base, wrong).unwrap_err();
    assert!(error.to_string().contains("401"), "{error}");
}

#[tokio::test]
async fn with_reqwest_runs() {
    let base = with_reqwest::loopback::start().unwrap();
    let id = with_reqwest::loopback::CLIENT_ID.parse().unwrap();
    let right = ClientSecret::new(with_reqwest::loopback::SECRET);
    check(
        &with_reqwest::run(&base, ConfidentialClient::new(id, right))
            .await
            .unwrap(),
    );

    let wrong = ConfidentialClient::new(id, ClientSecret::new("wrong"));
    let error = with_reqwest::run(&base, wrong).await.unwrap_err();
    assert!(error.to_string().contains("401"), "{error}");
}
