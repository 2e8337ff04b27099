//! Accounts that are slow, gone or wrong, and a machine without randomness.

use std::sync::Arc;
use std::time::Duration;

use ra_gateway::accounts::{Account, AccountsError, AccountsErrorKind, Answer};
use ra_gateway::{Accounts, EntropySource};
use ra_proto::rest::MfaMethod;
use ra_proto::{MfaAnswerText, Token, User};
use ra_testkit::NoEntropy;
use serde_json::json;

use crate::support::*;
use AccountsErrorKind::Unavailable;

/// Knows everybody as Zoe, and does as it is told otherwise.
#[derive(Debug)]
struct Stub {
    authenticate: Does,
    mint: Does,
}

#[derive(Clone, Debug)]
enum Does {
    Answer(&'static str),
    Fail(AccountsErrorKind),
    Hang,
}

impl Does {
    async fn run(&self) -> Result<String, AccountsError> {
        match self {
            Self::Answer(text) => Ok((*text).to_owned()),
            Self::Fail(kind) => Err(AccountsError::new(*kind).with_source("canary")),
            Self::Hang => std::future::pending().await,
        }
    }
}

impl Accounts for Stub {
    fn authenticate<'a>(&'a self, _: &'a Token) -> Answer<'a, Option<Account>> {
        Box::pin(async {
            let username = self.authenticate.run().await?;
            Ok(Some(Account::new(User::new(9, 0, None, username).unwrap())))
        })
    }

    fn mint_token<'a>(&'a self, _: &'a User) -> Answer<'a, Token> {
        Box::pin(async { Ok(Token::new(self.mint.run().await?)) })
    }

    fn verify_mfa<'a>(
        &'a self,
        _: &'a User,
        _: &'a MfaMethod,
        _: &'a MfaAnswerText,
    ) -> Answer<'a, bool> {
        Box::pin(async { Ok(false) })
    }
}

async fn stubbed(authenticate: Does, mint: Does) -> Host {
    host_of(Arc::new(Stub { authenticate, mint }), |config| {
        config.limits.accounts_within = Duration::from_millis(100);
    })
    .await
}

#[tokio::test]
async fn r57_accounts_that_fail_or_hang_make_503() {
    for does in [Does::Fail(Unavailable), Does::Hang] {
        let host = stubbed(does, Does::Fail(Unavailable)).await;
        let reply = post(host.address, "", Some("x"), json!({"fingerprint": "x"})).await;
        assert_eq!(reply.refusal(), (503, 130_000));
        assert!(reply.retry_after() >= 1);
        assert!(!reply.text.contains("canary"));
    }
}

/// Approves a login whose minting behaves like this, and returns the answer.
async fn approve_with(mint: Does) -> (Reply, Desktop, Host) {
    let host = stubbed(Does::Answer("zoe"), mint).await;
    let (mut desktop, fingerprint) = Desktop::ready(host.address, 1).await;
    let reply = post(
        host.address,
        "",
        Some("x"),
        json!({ "fingerprint": fingerprint }),
    )
    .await;
    assert_eq!(desktop.expect_user().await, "9:0:0:zoe");
    let body = json!({ "handshake_token": reply.json()["handshake_token"] });
    let reply = post(host.address, "finish", Some("x"), body).await;
    (reply, desktop, host)
}

#[tokio::test]
async fn r57_tokens_that_cannot_be_minted_or_sealed_are_no_success() {
    assert_eq!(
        approve_with(Does::Fail(Unavailable)).await.0.refusal(),
        (503, 130_000)
    );
    assert_eq!(approve_with(Does::Hang).await.0.refusal(), (503, 130_000));
    let long: &'static str = "t".repeat(191).leak();
    for token in ["", long] {
        assert_eq!(
            approve_with(Does::Answer(token)).await.0.refusal(),
            (500, 0)
        );
    }
    let (reply, mut desktop, host) = approve_with(Does::Answer(&long[1..])).await;
    assert_eq!(reply.status, 204);
    let ticket = desktop.expect_ticket().await;
    assert_eq!(desktop.exchange(host.address, &ticket).await, long[1..]);
}

#[tokio::test]
async fn r57_accounts_that_say_no_make_401_403_and_502() {
    use AccountsErrorKind::{Broken, Forbidden, Unknown};
    for (kind, status) in [(Unknown, 401), (Forbidden, 403), (Broken, 502)] {
        let host = stubbed(Does::Fail(kind), Does::Hang).await;
        let reply = post(host.address, "", Some("x"), json!({"fingerprint": "x"})).await;
        assert_eq!(reply.refusal(), (status, 0));
        assert!(!reply.text.contains("canary"));
        let (reply, _desktop, host) = approve_with(Does::Fail(kind)).await;
        assert_eq!(reply.refusal(), (status, 0));
        assert_eq!(host.handle.sessions(), 1, "nothing is used up");
    }
}

#[tokio::test]
async fn r57_a_token_that_cannot_be_minted_uses_nothing_up() {
    let (reply, mut desktop, host) = approve_with(Does::Fail(Unavailable)).await;
    assert_eq!(reply.status, 503);
    assert_eq!(host.handle.sessions(), 1);
    desktop.send(json!({"op": "heartbeat"})).await;
    desktop.expect("heartbeat_ack").await;
}

#[tokio::test]
async fn without_randomness_nothing_is_handed_out() {
    let host = host(|config| config.entropy = EntropySource::new(|| Box::new(NoEntropy))).await;
    let mut desktop = Desktop::connect(host.address).await;
    desktop.expect("hello").await;
    let init = desktop.init();
    desktop.send(init).await;
    assert_eq!(desktop.expect_close().await, 1011);
}
