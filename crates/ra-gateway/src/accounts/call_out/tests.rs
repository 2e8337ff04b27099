//! Tests of the questions to the host's server and the effect of its answers (R-57).

mod failures;

use std::collections::VecDeque;
use std::sync::Mutex;

use super::*;

type Scripted = Result<Response<Body>, TransportErrorKind>;

/// Answers as the script says, keeps what was sent, and refuses more than that.
#[derive(Debug, Default)]
struct Script {
    answers: Mutex<VecDeque<Scripted>>,
    heard: Mutex<Vec<Request<Body>>>,
    hangs: bool,
}

impl Carrier for Script {
    fn send(&self, request: Request<Body>, within: Duration) -> Carried<'_> {
        assert_eq!(within, Duration::from_secs(2));
        self.heard.lock().unwrap().push(request);
        let answer = self.answers.lock().unwrap().pop_front();
        Box::pin(async move {
            match answer {
                Some(answer) => answer.map_err(TransportError::new),
                None if self.hangs => std::future::pending().await,
                None => Err(TransportError::new(TransportErrorKind::NotAllowed)),
            }
        })
    }
}

fn reply(status: u16, body: &str) -> Scripted {
    let mut response = Response::new(Body::from(body.as_bytes().to_vec()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    Ok(response)
}

fn asking(answers: impl IntoIterator<Item = Scripted>) -> (HttpCallOut, Arc<Script>) {
    let answers: VecDeque<_> = answers.into_iter().collect();
    let script = Arc::new(Script {
        hangs: answers.is_empty(),
        answers: Mutex::new(answers),
        ..Script::default()
    });
    let base = "https://accounts.example/gateway".parse().unwrap();
    let call_out = HttpCallOut::new(base, Arc::clone(&script) as Arc<dyn Carrier>);
    (call_out, script)
}

fn phone() -> Token {
    Token::new("canary-phone".to_owned())
}

fn user() -> User {
    User::new(7, 0, None, "alice".to_owned()).unwrap()
}

const ALICE: &str = r#"{"user":{"id":"7","username":"alice"}}"#;

use http::StatusCode;

async fn whose(answer: Scripted) -> Result<Option<Account>, AccountsError> {
    asking([answer]).0.authenticate(&phone()).await
}

async fn minted(answer: Scripted) -> Result<Token, AccountsError> {
    asking([answer]).0.mint_token(&user()).await
}

#[tokio::test]
async fn r57_the_three_questions_are_as_documented() {
    let answers = [
        reply(
            200,
            r#"{"user":{"id":"18446744073709551615","username":"bo:b","discriminator":"0042","avatar":"a_01"},
                "mfa":["totp","backup"],"more":1}"#,
        ),
        reply(200, r#"{"token":"canary-token"}"#),
        reply(200, r#"{"valid":true}"#),
    ];
    let (call_out, script) = asking(answers);
    let call_out = call_out.with_secret("canary-secret").unwrap();
    let account = call_out.authenticate(&phone()).await.unwrap().unwrap();
    assert_eq!(account.user.encode(), "18446744073709551615:0042:a_01:bo:b");
    assert_eq!(account.mfa, [MfaMethod::Totp, MfaMethod::Backup]);
    assert_eq!(
        call_out.mint_token(&user()).await.unwrap().expose(),
        "canary-token"
    );
    let code = MfaAnswerText::new("12\"3\n".to_owned());
    let verdict = call_out
        .verify_mfa(&user(), &MfaMethod::Backup, &code)
        .await;
    assert!(verdict.unwrap());

    let heard = script.heard.lock().unwrap();
    let paths: Vec<_> = heard.iter().map(|r| r.uri().to_string()).collect();
    let base = "https://accounts.example/gateway";
    let asked = ["authenticate", "token", "mfa"].map(|path| format!("{base}/{path}"));
    assert_eq!(paths, asked);
    for request in heard.iter() {
        assert_eq!(request.method(), "POST");
        assert_eq!(request.headers()["content-type"], "application/json");
        assert_eq!(request.headers()["x-ra-secret"], "canary-secret");
        assert!(!format!("{request:?}").contains("canary"), "{request:?}");
    }
    // the phone's header goes with the first question alone
    assert_eq!(heard[0].headers()["authorization"], "canary-phone");
    assert!(!heard[1].headers().contains_key("authorization"));
    let bodies: Vec<Value> = heard
        .iter()
        .map(|r| serde_json::from_slice(r.body().as_bytes()).unwrap())
        .collect();
    assert_eq!(bodies[0], serde_json::json!({}));
    assert_eq!(bodies[1], serde_json::json!({"user_id": "7"}));
    let mfa = serde_json::json!({"user_id": "7", "mfa_type": "backup", "data": "12\"3\n"});
    assert_eq!(bodies[2], mfa);
}

use serde_json::Value;

#[tokio::test]
async fn r57_each_status_has_its_meaning() {
    use AccountsErrorKind as Kind;
    assert_eq!(whose(reply(401, ALICE)).await.unwrap(), None);
    for (status, kind) in [
        (403, Kind::Forbidden),
        (201, Kind::Broken),
        (204, Kind::Broken),
        (301, Kind::Broken),
        (307, Kind::Broken),
        (400, Kind::Broken),
        (404, Kind::Broken),
        (418, Kind::Broken),
    ] {
        assert_eq!(
            whose(reply(status, ALICE)).await.unwrap_err().kind(),
            kind,
            "{status}"
        );
        let token = minted(reply(status, r#"{"token":"t"}"#)).await;
        assert_eq!(token.unwrap_err().kind(), kind, "{status}");
    }
    assert_eq!(
        minted(reply(401, "{}")).await.unwrap_err().kind(),
        Kind::Unknown
    );
    for status in [429, 500, 502, 503, 504] {
        let error = minted(reply(status, "canary")).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Unavailable, "{status}");
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}

#[tokio::test]
async fn r57_a_wait_is_passed_on_and_not_cut_short_by_asking_again() {
    let mut answer = reply(503, "").unwrap();
    answer
        .headers_mut()
        .insert("retry-after", "30".parse().unwrap());
    let (call_out, script) = asking([Ok(answer)]);
    let error = call_out.authenticate(&phone()).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    assert_eq!(script.heard.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn r57_replies_that_make_no_sense_are_nobodys_account() {
    let long = "a".repeat(33);
    let large = format!(
        r#"{{"user":{{"id":1,"username":"u"}},"pad":"{}"}}"#,
        "x".repeat(70_000)
    );
    let deep = format!("{{\"user\":{}", "[".repeat(60_000));
    for body in [
        "",
        "null",
        "[]",
        "not json",
        "{}",
        r#"{"user":null}"#,
        r#"{"user":"7"}"#,
        r#"{"user":{"id":"7"}}"#,
        r#"{"user":{"username":"u"}}"#,
        r#"{"user":{"id":0,"username":"u"}}"#,
        r#"{"user":{"id":-1,"username":"u"}}"#,
        r#"{"user":{"id":1.5,"username":"u"}}"#,
        r#"{"user":{"id":"+1","username":"u"}}"#,
        r#"{"user":{"id":"","username":"u"}}"#,
        r#"{"user":{"id":"18446744073709551616","username":"u"}}"#,
        r#"{"user":{"id":1,"username":""}}"#,
        r#"{"user":{"id":1,"username":"a\u0007"}}"#,
        r#"{"user":{"id":1,"username":5}}"#,
        r#"{"user":{"id":1,"username":"u","discriminator":10000}}"#,
        r#"{"user":{"id":1,"username":"u","discriminator":null}}"#,
        r#"{"user":{"id":1,"username":"u","avatar":"../x"}}"#,
        r#"{"user":{"id":1,"username":"u","avatar":7}}"#,
        r#"{"user":{"id":1,"username":"u"},"mfa":"totp"}"#,
        r#"{"user":{"id":1,"username":"u"},"mfa":[1]}"#,
        r#"{"user":{"id":1,"username":"u"},"mfa":["TOTP\n"]}"#,
        &format!(r#"{{"user":{{"id":1,"username":"{long}"}}}}"#),
        &format!(r#"{{"user":{{"id":1,"username":"u"}},"mfa":["{long}"]}}"#),
        &format!(
            r#"{{"user":{{"id":1,"username":"u","avatar":"{}"}}}}"#,
            "a".repeat(200)
        ),
        &format!(
            r#"{{"user":{{"id":1,"username":"u"}},"mfa":[{}"totp"]}}"#,
            "\"totp\",".repeat(16)
        ),
        &large,
        &deep,
    ] {
        let error = whose(reply(200, body)).await.expect_err(body);
        assert_eq!(error.kind(), AccountsErrorKind::Broken, "{body}");
    }
    assert!(whose(reply(200, ALICE)).await.unwrap().is_some());
}

#[tokio::test]
async fn r57_tokens_that_cannot_be_one_are_refused() {
    let long = "t".repeat(191);
    for body in [
        "{}".to_owned(),
        r#"{"token":null}"#.to_owned(),
        r#"{"token":1}"#.to_owned(),
        r#"{"token":""}"#.to_owned(),
        r#"{"token":"two words"}"#.to_owned(),
        r#"{"token":"line\n"}"#.to_owned(),
        r#"{"token":"tökén"}"#.to_owned(),
        format!(r#"{{"token":"{long}"}}"#),
    ] {
        let error = minted(reply(200, &body)).await.expect_err(&body);
        assert_eq!(error.kind(), AccountsErrorKind::Broken);
    }
    let longest = format!(r#"{{"token":"{}"}}"#, &long[1..]);
    assert_eq!(
        minted(reply(200, &longest)).await.unwrap().expose(),
        &long[1..]
    );
}

#[tokio::test]
async fn r43_only_a_clear_yes_is_a_right_answer() {
    let verdict = |body: &'static str| async move {
        let (call_out, _) = asking([reply(200, body)]);
        let code = MfaAnswerText::new("1".to_owned());
        call_out.verify_mfa(&user(), &MfaMethod::Totp, &code).await
    };
    assert!(!verdict(r#"{"valid":false}"#).await.unwrap());
    for body in [
        "{}",
        "",
        "true",
        r#"{"valid":"true"}"#,
        r#"{"valid":1}"#,
        r#"{"valid":null}"#,
    ] {
        assert_eq!(
            verdict(body).await.unwrap_err().kind(),
            AccountsErrorKind::Broken,
            "{body}"
        );
    }
}

#[tokio::test]
async fn r55_more_questions_than_places_are_not_queued() {
    let (call_out, script) = asking([]);
    let call_out = Arc::new(call_out.with_at_a_time(1));
    let hanging = tokio::spawn({
        let call_out = Arc::clone(&call_out);
        async move { drop(call_out.authenticate(&phone()).await) }
    });
    while script.heard.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    let long = Duration::from_secs(20);
    let phone = phone();
    let second = tokio::time::timeout(long, call_out.authenticate(&phone));
    let error = second.await.expect("this was queued").unwrap_err();
    assert_eq!(error.kind(), AccountsErrorKind::Unavailable);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
    // a question that nobody waits for any more gives its place back
    hanging.abort();
    assert!(hanging.await.unwrap_err().is_cancelled());
    script.answers.lock().unwrap().push_back(reply(200, ALICE));
    assert!(call_out.authenticate(&phone).await.unwrap().is_some());
}

#[test]
fn r34_secrets_that_fit_no_header_are_refused_and_none_is_shown() {
    for bad in [
        "",
        " ",
        "two words",
        "canary\r\nx: y",
        "ü",
        &"s".repeat(513),
    ] {
        assert_eq!(
            asking([]).0.with_secret(bad).err(),
            Some(InvalidSecret),
            "{bad:?}"
        );
    }
    let call_out = asking([]).0.with_secret("canary").unwrap();
    assert!(!format!("{call_out:?}").contains("canary"));
}

#[tokio::test]
async fn r57_what_fits_no_header_is_nobodys() {
    let (call_out, script) = asking([]);
    let split = Token::new("a\r\nX-RA-Secret: b".to_owned());
    assert_eq!(call_out.authenticate(&split).await.unwrap(), None);
    assert!(script.heard.lock().unwrap().is_empty());
}
