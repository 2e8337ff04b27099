//! The implicit redirect: everything in the fragment.

use super::*;
use crate::Token;

const EXAMPLE: &str = "https://findingfakeurlsisprettyhard.tv/#access_token=RTfP0OK99U3kbRtHOoKLmJbOn45PjL&\
    token_type=Bearer&expires_in=604800&scope=identify&state=15773059ghq9183habn";

fn accept(fragment: &str) -> Result<ImplicitToken, CallbackError> {
    implicit().accept(&format!("https://x/#{fragment}&state={STATE}"))
}

#[test]
fn o090_the_example_redirect_is_accepted() {
    let token = implicit().accept(EXAMPLE).unwrap();
    assert_eq!(
        token.access_token.expose(),
        "RTfP0OK99U3kbRtHOoKLmJbOn45PjL"
    );
    assert_eq!(token.expires_in, Some(604_800));
    assert_eq!(token.scope, Some("identify".parse().unwrap()));
}

#[test]
fn o090_s09_a_token_in_the_query_is_refused() {
    let callback = EXAMPLE.replace('#', "?");
    assert_eq!(
        implicit().accept(&callback),
        Err(CallbackError::TokenInQuery)
    );
    let both = format!("https://x/?access_token=a&token_type=Bearer#state={STATE}");
    assert_eq!(
        implicit().accept(&both),
        Err(CallbackError::Missing("access_token"))
    );
    let foreign = "https://x/?access_token=a&token_type=Bearer&state=other";
    assert_eq!(
        implicit().accept(foreign),
        Err(CallbackError::State),
        "checked first"
    );
}

#[test]
fn s09_without_a_fragment_there_is_nothing() {
    assert_eq!(
        implicit().accept(&format!("https://x/?state={STATE}")),
        Err(CallbackError::NoFragment)
    );
    for empty in ["https://x/", "https://x/#", "https://x/#?", "#", ""] {
        assert_eq!(
            implicit().accept(empty),
            Err(CallbackError::State),
            "{empty}"
        );
    }
    let marked = format!("https://x/#?access_token=a&token_type=Bearer&state={STATE}");
    assert_eq!(
        implicit().accept(&marked),
        Err(CallbackError::Missing("access_token"))
    );
}

#[test]
fn o091_s09_a_refresh_token_is_not_taken() {
    let token = accept("access_token=a&token_type=Bearer&refresh_token=canary").unwrap();
    assert_eq!(Token::from(token).refresh_token, None);
}

#[test]
fn s09_values_are_decoded_and_plus_is_a_space() {
    let token =
        accept("access_token=a%2Fb&token_type=bearer&scope=identify+email%20guilds").unwrap();
    assert_eq!(token.access_token.expose(), "a/b");
    assert_eq!(token.scope.unwrap().to_string(), "identify email guilds");
    let token = accept("access_token=a&token_type=bearer&scope=++").unwrap();
    assert_eq!(token.scope.unwrap().len(), 0);
}

#[test]
fn s09_s25_the_issuer_may_stand_in_the_query() {
    let callback = |iss: &str, more: &str| {
        format!("https://x/?iss={iss}#access_token=a&token_type=Bearer&state={STATE}{more}")
    };
    assert!(
        implicit()
            .with_issuer_required()
            .accept(&callback("https%3A%2F%2Fdiscord.com", ""))
            .is_ok()
    );
    assert_eq!(
        implicit().accept(&callback("https%3A%2F%2Fevil.com", "")),
        Err(CallbackError::Issuer)
    );
    let twice = callback(
        "https%3A%2F%2Fdiscord.com",
        "&iss=https%3A%2F%2Fdiscord.com",
    );
    assert_eq!(
        implicit().accept(&twice),
        Err(CallbackError::Repeated("iss"))
    );
}

#[test]
fn s10_s11_s12_what_makes_no_sense_is_named() {
    for (fragment, error) in [
        ("token_type=Bearer", CallbackError::Missing("access_token")),
        (
            "access_token=&token_type=Bearer",
            CallbackError::Missing("access_token"),
        ),
        ("access_token=a", CallbackError::Missing("token_type")),
        (
            "access_token=a&token_type=mac",
            CallbackError::Unusable("token_type"),
        ),
        (
            "access_token=a%20b&token_type=Bearer",
            CallbackError::Unusable("access_token"),
        ),
        (
            "access_token=a%0d%0ab&token_type=Bearer",
            CallbackError::Unusable("access_token"),
        ),
        (
            "access_token=%C3%A9&token_type=Bearer",
            CallbackError::Unusable("access_token"),
        ),
        (
            "access_token=a&token_type=Bearer&expires_in=%2B5",
            CallbackError::Unusable("expires_in"),
        ),
        (
            "access_token=a&token_type=Bearer&expires_in=-5",
            CallbackError::Unusable("expires_in"),
        ),
        (
            "access_token=a&token_type=Bearer&expires_in=18446744073709551616",
            CallbackError::Unusable("expires_in"),
        ),
        (
            "access_token=a&token_type=Bearer&scope=a%22b",
            CallbackError::Unusable("scope"),
        ),
        (
            "access_token=a&access_token=b&token_type=Bearer",
            CallbackError::Repeated("access_token"),
        ),
        (
            "access_token=a&token_type=Bearer&error=access_denied",
            CallbackError::Contradiction,
        ),
    ] {
        assert_eq!(accept(fragment), Err(error), "{fragment}");
    }
}

#[test]
fn m04_errors_stand_in_the_fragment_or_in_the_query() {
    for place in ['#', '?'] {
        let callback = format!("https://x/{place}error=access_denied&state={STATE}");
        assert!(
            matches!(implicit().accept(&callback), Err(CallbackError::Refused(_))),
            "{place}"
        );
    }
}

#[test]
fn s41_the_token_is_not_shown() {
    let token = accept("access_token=canary&token_type=Bearer").unwrap();
    assert!(!format!("{token:?}").contains("canary"));
    let error = accept("access_token=canary%20x&token_type=canary").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("canary"));
    assert!(!format!("{:?}", PendingImplicit::new(State::new("canary"))).contains("canary"));
}
