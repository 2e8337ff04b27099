//! State, issuer and address: checked before anything else is believed.

use super::*;
use crate::authorize::Authorization;
use crate::{Entropy, Snowflake, Urls};

#[test]
fn o085_o086_s06_the_state_comes_back_exactly() {
    for bad in [
        "",
        "state=",
        "state",
        "state=other",
        "state=15773059ghq9183hab",
        "state=15773059ghq9183habnn",
        "state=15773059GHQ9183HABN",
        "state=%2515773059ghq9183habn",
        "state=%2531%2535773059ghq9183habn",
        "state=+15773059ghq9183habn",
        "State=15773059ghq9183habn",
    ] {
        let callback = format!("https://nicememe.website/?code=abc&{bad}");
        assert_eq!(
            pending().accept(&callback),
            Err(CallbackError::State),
            "{bad}"
        );
        assert_eq!(
            pending().belongs(&callback),
            Err(CallbackError::State),
            "{bad}"
        );
        let callback =
            format!("https://nicememe.website/#access_token=abc&token_type=Bearer&{bad}");
        assert_eq!(
            implicit().accept(&callback),
            Err(CallbackError::State),
            "{bad}"
        );
    }
    assert!(
        pending()
            .accept("/?code=abc&state=%31%35773059ghq9183habn")
            .is_ok(),
        "encoded once is the same"
    );
}

#[test]
fn s06_o094_an_error_is_not_believed_before_the_state() {
    for callback in [
        "/?error=access_denied",
        "/?error=access_denied&state=other",
        "/?error=access_denied&code=abc",
    ] {
        assert_eq!(
            pending().accept(callback),
            Err(CallbackError::State),
            "{callback}"
        );
        assert_eq!(
            implicit().accept(callback),
            Err(CallbackError::State),
            "{callback}"
        );
    }
}

#[test]
fn o088_a_flow_without_a_state_takes_a_redirect_without_one_only() {
    assert!(
        PendingCode::dangerous_without_state()
            .accept("/?code=abc")
            .is_ok()
    );
    assert_eq!(
        PendingCode::dangerous_without_state().accept("/?code=abc&state=x"),
        Err(CallbackError::State)
    );
    assert!(
        PendingImplicit::dangerous_without_state()
            .accept("/#access_token=a&token_type=Bearer")
            .is_ok()
    );
}

#[test]
fn s25_p02_the_issuer_is_compared_exactly() {
    assert!(accept("code=abc&iss=https%3A%2F%2Fdiscord.com").is_ok());
    assert!(accept("code=abc").is_ok(), "not required");
    for other in [
        "https%3A%2F%2Fdiscord.com%2F",
        "https%3A%2F%2Fevil.com",
        "http%3A%2F%2Fdiscord.com",
        "https%3A%2F%2FDISCORD.com",
    ] {
        assert_eq!(
            accept(&format!("code=abc&iss={other}")),
            Err(CallbackError::Issuer),
            "{other}"
        );
        assert_eq!(
            accept(&format!("error=access_denied&iss={other}")),
            Err(CallbackError::Issuer),
            "errors too"
        );
    }
}

#[test]
fn s25_a_required_issuer_must_be_there() {
    let callback = |iss: &str| format!("/?code=abc&state={STATE}{iss}");
    let strict = || pending().with_issuer_required();
    assert!(
        strict()
            .accept(&callback("&iss=https://discord.com"))
            .is_ok()
    );
    assert_eq!(
        strict().accept(&callback("")),
        Err(CallbackError::IssuerMissing)
    );
    assert_eq!(
        strict().accept(&callback("&iss=")),
        Err(CallbackError::IssuerMissing)
    );
    let error = format!("/?error=access_denied&state={STATE}");
    assert_eq!(
        strict().accept(&error),
        Err(CallbackError::IssuerMissing),
        "errors too"
    );
    let unset = PendingCode::new(State::new(STATE)).with_issuer_required();
    assert_eq!(
        unset.accept(&callback("&iss=https://evil.com")),
        Err(CallbackError::Issuer),
        "none is expected"
    );
}

#[test]
fn s25_a_flow_that_expects_no_issuer_takes_any() {
    let unset = PendingCode::new(State::new(STATE));
    let callback = format!("/?code=abc&state={STATE}&iss=https://other.example");
    assert!(unset.accept(&callback).is_ok());
}

#[test]
fn s26_the_address_is_compared_if_asked_for() {
    let strict = || {
        pending()
            .with_redirect_uri(RedirectUri::new("https://nicememe.website").unwrap())
            .with_exact_redirect()
    };
    let query = format!("code=abc&state={STATE}");
    assert!(
        strict()
            .accept(&format!("https://nicememe.website/?{query}"))
            .is_ok()
    );
    for other in [
        "https://evil.com/",
        "http://nicememe.website/",
        "https://nicememe.website/x",
        "https://nicememe.website:1/",
        "/",
    ] {
        assert_eq!(
            strict().accept(&format!("{other}?{query}")),
            Err(CallbackError::OtherRedirect),
            "{other}"
        );
        assert_eq!(
            strict().belongs(&format!("{other}?{query}")),
            Err(CallbackError::OtherRedirect),
            "{other}"
        );
        assert!(
            pending().accept(&format!("{other}?{query}")).is_ok(),
            "opt-in"
        );
    }
    let unset = pending().with_exact_redirect();
    let callback = format!("https://nicememe.website/?{query}");
    assert_eq!(
        unset.accept(&callback),
        Err(CallbackError::OtherRedirect),
        "none is expected"
    );
}

#[test]
fn s26_s36_a_fragment_is_read_neither_from_another_address_nor_beyond_the_cap() {
    let ours = "https://nicememe.website";
    let fragment = format!("access_token=a&token_type=Bearer&state={STATE}");
    let strict = || {
        implicit()
            .with_redirect_uri(RedirectUri::new(ours).unwrap())
            .with_exact_redirect()
    };
    assert!(strict().accept(&format!("{ours}/#{fragment}")).is_ok());
    let other = format!("https://evil.com/#{fragment}");
    assert_eq!(strict().accept(&other), Err(CallbackError::OtherRedirect));
    let long = format!("{ours}/#{fragment}&x={}", "x".repeat(64 * 1024));
    assert_eq!(implicit().accept(&long), Err(CallbackError::TooLong));
    assert_eq!(pending().belongs(&long), Err(CallbackError::TooLong));
}

#[test]
fn a_listener_can_ignore_what_is_not_of_its_flow() {
    let pending = pending();
    assert_eq!(pending.belongs("/favicon.ico"), Err(CallbackError::State));
    let denied = format!("/?error=access_denied&state={STATE}");
    assert_eq!(pending.belongs(&denied), Ok(()), "an answer, although no");
    assert!(matches!(
        pending.accept(&denied),
        Err(CallbackError::Refused(_))
    ));
}

#[test]
fn s03_what_bears_the_state_and_cannot_be_read_is_an_answer_too() {
    let right = format!("state={STATE}");
    for (parameters, field) in [
        ("code=a&code=b", "code"),
        ("code=a&iss=x&iss=https://discord.com", "iss"),
        ("error=x&error=x", "error"),
    ] {
        for callback in [
            format!("/?{parameters}&{right}"),
            format!("/?{right}&{parameters}"),
            format!("/?{parameters}&{right}&{right}"),
        ] {
            assert_eq!(pending().belongs(&callback), Ok(()), "{callback}");
            let refused = pending().accept(&callback).unwrap_err();
            let repeated = [field, "state"].map(CallbackError::Repeated);
            assert!(repeated.contains(&refused), "{callback} {refused:?}");
        }
    }
    let malformed = format!("/?code=%zz&{right}");
    assert_eq!(pending().belongs(&malformed), Ok(()));
    assert_eq!(pending().belongs(&format!("/?{right}&{right}")), Ok(()));
    // without the state, or with another one besides it, anybody may have written it
    for foreign in [
        "/?code=a&code=b".to_owned(),
        "/?code=a&code=b&state=".to_owned(),
        "/?code=a&code=b&state=other".to_owned(),
        format!("/?code=a&state=other&{right}"),
        format!("/?code=a&{right}&state=other"),
        format!("/?code=a&{right}&state="),
        format!("/?code=a&{right}&state=%zz"),
        format!("/?code=a&code=b&{right}x"),
        format!("/#code=a&code=b&{right}"),
    ] {
        assert!(pending().belongs(&foreign).is_err(), "{foreign}");
    }
    let without = PendingCode::dangerous_without_state();
    assert!(without.belongs("/?code=a&code=b").is_err());
}

#[test]
fn s25_a_started_flow_expects_the_issuer_of_its_urls() {
    let entropy = || Entropy::draw(|_| Ok::<_, ()>(())).unwrap();
    let flow = || Authorization::new(Snowflake::new(1)).state(State::new(STATE));
    let evil = "iss=https%3A%2F%2Fevil.com";
    let code = flow().start_code(&Urls::default(), entropy()).unwrap();
    let callback = format!("/?code=abc&state={STATE}&{evil}");
    assert_eq!(code.pending.accept(&callback), Err(CallbackError::Issuer));
    let implicit = flow().start_implicit(&Urls::default(), entropy()).unwrap();
    let callback = format!("/#access_token=a&token_type=Bearer&state={STATE}&{evil}");
    assert_eq!(
        implicit.pending.accept(&callback),
        Err(CallbackError::Issuer)
    );
    let own = Urls::below("http://127.0.0.1:3000/api".parse().unwrap());
    let code = flow().start_code(&own, entropy()).unwrap();
    let callback = format!("/?code=abc&state={STATE}&iss=http%3A%2F%2F127.0.0.1%3A3000");
    assert!(code.pending.accept(&callback).is_ok());
}
