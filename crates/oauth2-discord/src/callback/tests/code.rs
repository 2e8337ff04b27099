//! The code redirect.

use super::*;
use crate::authorize::Authorization;
use crate::error::ExchangeError;
use crate::{
    ClientSecret, ConfidentialClient, Entropy, Permissions, PublicClient, Snowflake, Urls,
};
use ra_http::Endpoint as _;

const EXAMPLE: &str =
    "https://nicememe.website/?code=NhhvTDYsFcdgNLnnLijcl7Ku7bEEeee&state=15773059ghq9183habn";

fn secret_client() -> ConfidentialClient {
    ConfidentialClient::new(Snowflake::new(1), ClientSecret::new("s"))
}

fn body(accepted: AcceptedCode) -> String {
    let exchange = accepted.exchange(secret_client()).unwrap();
    let request = exchange.to_http(&Urls::default().api).unwrap();
    String::from_utf8(request.body().as_bytes().to_vec()).unwrap()
}

#[test]
fn o084_the_example_redirect_is_accepted() {
    let accepted = pending().accept(EXAMPLE).unwrap();
    assert!(body(accepted).contains("code=NhhvTDYsFcdgNLnnLijcl7Ku7bEEeee&"));
}

#[test]
fn a_callback_may_be_what_an_http_server_has() {
    for part in [
        format!("/callback?code=abc&state={STATE}"),
        format!("?code=abc&state={STATE}"),
        format!("com.example.app:/cb?code=abc&state={STATE}#_=_"),
    ] {
        assert!(pending().accept(&part).is_ok(), "{part}"); // O-120: also of a scheme of one's own
    }
}

#[test]
fn o122_s18_p17_the_verifier_goes_with_the_exchange_whenever_a_challenge_was_sent() {
    let started = Authorization::new(Snowflake::new(1))
        .redirect_uri(RedirectUri::new("https://nicememe.website").unwrap())
        .start_code(
            &Urls::default(),
            Entropy::draw(|b| {
                b.fill(9);
                Ok::<_, ()>(())
            })
            .unwrap(),
        )
        .unwrap();
    let verifier = started.pending.verifier().unwrap().expose().to_owned();
    let state = started.pending.state().unwrap().expose().to_owned();
    let accepted = started
        .pending
        .accept(&format!(
            "https://nicememe.website/?code=abc&state={state}&iss=https%3A%2F%2Fdiscord.com"
        ))
        .unwrap();
    let body = body(accepted);
    assert!(
        body.contains(&format!("code_verifier={verifier}")),
        "a confidential client sends it too"
    );
    assert!(
        body.contains("redirect_uri=https%3A%2F%2Fnicememe.website&"),
        "the same string (S-08)"
    ); // s08_same_redirect_uri
}

#[test]
fn o097_s17_a_public_client_without_a_verifier_has_no_exchange() {
    let public = || PublicClient::new(Snowflake::new(1));
    let refused = pending().accept(EXAMPLE).unwrap().exchange(public());
    assert_eq!(refused.unwrap_err(), ExchangeError::VerifierRequired);
    let with = pending().with_verifier(CodeVerifier::from_entropy(&[3; 32]));
    assert!(with.accept(EXAMPLE).unwrap().exchange(public()).is_ok());
}

#[test]
fn o089_the_nonce_stays_for_the_id_token() {
    let accepted = pending()
        .with_nonce(Nonce::new("n"))
        .accept(EXAMPLE)
        .unwrap();
    assert_eq!(accepted.nonce(), Some(&Nonce::new("n")));
}

#[test]
fn o092_o093_guild_and_permissions_are_hints() {
    let hints = accept("code=abc&guild_id=290926792226357250&permissions=9007199254740993")
        .unwrap()
        .untrusted_hints();
    assert_eq!(
        hints.guild_id,
        Some(Snowflake::new(290_926_792_226_357_250))
    );
    assert_eq!(
        hints.permissions,
        Some(Permissions::from_bits(9_007_199_254_740_993))
    );
    let hints = accept("code=abc&guild_id=x&permissions=-1")
        .unwrap()
        .untrusted_hints();
    assert_eq!(
        hints,
        UntrustedHints::default(),
        "what makes no sense is no hint and no error"
    );
}

#[test]
fn s08_a_flow_is_accepted_once() {
    // `accept` consumes the flow and `PendingCode` has no `Clone`; this holds as long as both are so:
    trait NoClone {
        const CLONES: bool = false;
    }
    impl<T> NoClone for Holder<T> {}
    struct Holder<T>(core::marker::PhantomData<T>);
    #[allow(dead_code)]
    impl<T: Clone> Holder<T> {
        const CLONES: bool = true;
    }
    const { assert!(Holder::<State>::CLONES) };
    const { assert!(!Holder::<PendingCode>::CLONES) };
    const { assert!(!Holder::<AcceptedCode>::CLONES) };
    const { assert!(!Holder::<crate::grant::ExchangeCode>::CLONES) };
}

#[test]
fn s41_a_flow_shows_none_of_its_secrets() {
    let pending = PendingCode::new(State::new("canary1"))
        .with_nonce(Nonce::new("canary2"))
        .with_verifier(CodeVerifier::new(format!("canary3{}", "x".repeat(43))).unwrap());
    assert!(!format!("{pending:?}").contains("canary"));
    let accepted = pending.accept("/?code=canary4&state=canary1").unwrap();
    assert!(!format!("{accepted:?}").contains("canary"));
    let exchange = accepted
        .exchange(ConfidentialClient::new(
            Snowflake::new(1),
            ClientSecret::new("canary5"),
        ))
        .unwrap();
    assert!(!format!("{exchange:?}").contains("canary"));
}

#[test]
fn s41_errors_show_nothing_of_the_redirect() {
    for bad in [
        "?code=canary&state=other",
        "?code=canary&code=canary",
        "?code=%ff&state=canary",
        "?state=canary&iss=canary",
        "?error=canary%0d%0a&error_description=canary&state=15773059ghq9183habn",
    ] {
        let error = pending().accept(bad).unwrap_err();
        let shown = format!("{error} {error:?}")
            .replace("Unknown(\"canary\")", "")
            .replace("refused: canary", "");
        assert!(!shown.contains("canary"), "{shown}");
    }
}
