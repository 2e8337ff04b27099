//! Tests of failures and of repeated questions (R-57).

use super::*;

#[tokio::test]
async fn r57_a_look_up_is_repeated_once() {
    use TransportErrorKind as K;
    for first in [K::Resolve, K::Connect, K::Proxy, K::Lost, K::Timeout] {
        let (call_out, script) = asking([Err(first), reply(200, ALICE)]);
        assert!(
            call_out.authenticate(&phone()).await.unwrap().is_some(),
            "{first:?}"
        );
        assert_eq!(script.heard.lock().unwrap().len(), 2);
        let (call_out, script) = asking([Err(first), reply(500, ""), reply(200, ALICE)]);
        let error = call_out.authenticate(&phone()).await.unwrap_err();
        assert_eq!(error.kind(), AccountsErrorKind::Unavailable);
        assert_eq!(script.heard.lock().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn r57_each_failure_says_what_it_was() {
    use AccountsFailure as F;
    use TransportErrorKind as K;
    for (kind, failure) in [
        (K::Timeout, F::TimedOut),
        (K::Resolve, F::NoConnection),
        (K::Connect, F::NoConnection),
        (K::Proxy, F::NoConnection),
        (K::NotAllowed, F::NoConnection),
        (K::Tls, F::Tls),
        (K::Lost, F::CutOff),
        (K::BodyTooLarge, F::BadAnswer),
    ] {
        let (call_out, _) = asking([Err(kind), Err(kind)]);
        let error = call_out.mint_token(&user()).await.unwrap_err();
        assert_eq!(error.failure(), Some(failure), "{kind:?}");
    }
    for (status, failure) in [
        (200, Some(F::BadAnswer)),
        (404, Some(F::BadAnswer)),
        (429, Some(F::Throttled)),
        (500, Some(F::ServerError)),
        (401, None),
        (403, None),
    ] {
        let error = minted(reply(status, "{}")).await.unwrap_err();
        assert_eq!(error.failure(), failure, "{status}");
    }
    // of accounts that say no more than the kind
    let plain = |kind| AccountsError::new(kind).failure();
    assert_eq!(plain(AccountsErrorKind::Unavailable), Some(F::Unavailable));
    assert_eq!(plain(AccountsErrorKind::Broken), Some(F::BadAnswer));
    assert_eq!(plain(AccountsErrorKind::Unknown), None);
}

#[tokio::test]
async fn r57_what_may_have_been_carried_out_is_never_repeated() {
    use TransportErrorKind as K;
    for first in [
        Err(K::Lost),
        Err(K::Timeout),
        reply(500, ""),
        reply(503, ""),
        reply(200, ""),
    ] {
        let again = || reply(200, r#"{"token":"t","valid":true}"#);
        let copy = |answer: &Scripted| match answer {
            Ok(response) => reply(response.status().as_u16(), ""),
            Err(kind) => Err(*kind),
        };
        let (call_out, script) = asking([copy(&first), again()]);
        assert!(call_out.mint_token(&user()).await.is_err(), "{first:?}");
        assert_eq!(script.heard.lock().unwrap().len(), 1);
        let (call_out, script) = asking([first, again()]);
        let code = MfaAnswerText::new("1".to_owned());
        let verdict = call_out.verify_mfa(&user(), &MfaMethod::Totp, &code).await;
        assert!(verdict.is_err());
        assert_eq!(script.heard.lock().unwrap().len(), 1);
    }
    // what never left may be
    for first in [K::Resolve, K::Connect, K::Proxy] {
        let (call_out, _) = asking([Err(first), reply(200, r#"{"token":"t"}"#)]);
        assert_eq!(call_out.mint_token(&user()).await.unwrap().expose(), "t");
    }
}

#[tokio::test]
async fn r57_what_trying_again_cannot_change_is_not_tried_again() {
    use TransportErrorKind as K;
    for first in [K::Tls, K::NotAllowed, K::BodyTooLarge] {
        let (call_out, script) = asking([Err(first), reply(200, ALICE)]);
        let error = call_out.authenticate(&phone()).await.unwrap_err();
        assert_eq!(error.kind(), AccountsErrorKind::Broken, "{first:?}");
        assert_eq!(script.heard.lock().unwrap().len(), 1);
    }
}
