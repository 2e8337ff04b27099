//! Rate limits, failures of the service, and what may be repeated.

use std::time::Duration;

use oauth2_discord::api::Me;
use oauth2_discord::error::{Advice, advice};
use oauth2_discord::grant::{ExchangeCode, Refresh, Revoke};
use oauth2_discord::{AuthorizationCode, CodeVerifier, RefreshToken};
use ra_http::{Endpoint as _, HttpErrorKind, MAX_RETRY_AFTER};

use crate::support::{
    CANARY, CARRIERS, Server, access_token, client, deserted, response, with_headers,
};

#[test]
fn s37_a_rate_limit_is_read_in_all_its_forms() {
    let slow = "429 Too Many Requests";
    let json = r#"{"message":"You are being rate limited.","retry_after":1.5,"global":false}"#;
    let forms = [
        (with_headers(slow, "retry-after: 7\r\n", json), Some(7_000)),
        (response(slow, json), Some(1_500)),
        (response(slow, r#"{"retry_after":2}"#), Some(2_000)),
        (
            with_headers(slow, "retry-after: 99999999999\r\n", ""),
            Some(MAX_RETRY_AFTER.as_millis()),
        ),
        (
            with_headers(slow, "retry-after: Thu, 01 Jan 1970 00:00:00 GMT\r\n", ""),
            None,
        ),
        (response(slow, "<html>error code: 1015</html>"), None),
        (response(slow, ""), None),
    ];
    for (name, carry) in CARRIERS {
        for (n, (answer, wait)) in forms.iter().enumerate() {
            let server = Server::start(answer.clone());
            let refresh = Refresh::new(client(), RefreshToken::new(CANARY));
            let error = refresh.call(&server.base(), carry).unwrap_err();
            assert_eq!(error.kind(), HttpErrorKind::RateLimited, "{name}: {n}");
            // it was not looked at: even what works once may be sent again
            let Advice::AskAgain { after } = advice(&error, Refresh::REPEAT) else {
                panic!("{name}: {n}")
            };
            if let Some(wait) = wait {
                assert_eq!(after.as_millis(), *wait, "{name}: {n}");
            }
            assert!(after <= MAX_RETRY_AFTER, "{name}: {n}");
            assert_eq!(
                server.requests().len(),
                1,
                "{name}: nobody asks again unasked"
            );
        }
    }
}

#[test]
fn s38_after_a_failure_only_what_does_no_harm_is_repeated() {
    let html = "<html><h1>502 Bad Gateway</h1></html>";
    let answers = [
        response("500 Internal Server Error", "{}"),
        response("502 Bad Gateway", html),
        response("503 Service Unavailable", r#"{"message":"try later"}"#),
        response("504 Gateway Timeout", ""),
        Vec::new(), // hangs up without a word
    ];
    for (name, carry) in CARRIERS {
        for (n, answer) in answers.iter().enumerate() {
            let server = Server::start(answer.clone());
            let base = server.base();
            let verifier = CodeVerifier::from_entropy(&[7; 32]);
            let code = AuthorizationCode::new(CANARY);
            let exchange = ExchangeCode::new(client(), code, verifier);
            let error = exchange.call(&base, carry).unwrap_err();
            let after = advice(&error, ExchangeCode::REPEAT);
            assert_eq!(after, Advice::OutcomeUnknown, "{name}: {n}");
            let refresh = Refresh::new(client(), RefreshToken::new(CANARY));
            let error = refresh.call(&base, carry).unwrap_err();
            let after = advice(&error, Refresh::REPEAT);
            assert_eq!(after, Advice::OutcomeUnknown, "{name}: {n}");
            assert_eq!(server.requests().len(), 2, "{name}: {n}: sent once each");

            let me = Me::new(access_token());
            let error = me.call(&base, carry).unwrap_err();
            assert!(matches!(
                advice(&error, Me::REPEAT),
                Advice::AskAgain { .. }
            ));
            let revoke = Revoke::access(client(), access_token());
            let error = revoke.call(&base, carry).unwrap_err();
            assert!(matches!(
                advice(&error, Revoke::REPEAT),
                Advice::AskAgain { .. }
            ));
        }
    }
}

#[test]
fn s38_what_never_arrived_may_be_sent_again() {
    for (name, carry) in CARRIERS {
        let refresh = Refresh::new(client(), RefreshToken::new(CANARY));
        let error = refresh.call(&deserted(), carry).unwrap_err();
        let Advice::AskAgain { after } = advice(&error, Refresh::REPEAT) else {
            panic!("{name}: {error:?}")
        };
        assert!(after >= Duration::from_secs(1), "{name}");
    }
}
