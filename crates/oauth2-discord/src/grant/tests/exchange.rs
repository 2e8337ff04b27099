//! The code exchange.

use super::*;
use crate::authorize::RedirectUri;

fn nicememe() -> RedirectUri {
    RedirectUri::new("https://nicememe.website").unwrap()
}

fn code() -> AuthorizationCode {
    AuthorizationCode::new("NhhvTDYsFcdgNLnnLijcl7Ku7bEEeee")
}

fn verifier() -> CodeVerifier {
    CodeVerifier::new("Qs-0Scio0ScPJDYOFy1NYsOAsj6Rb6cP-Y12N9pbwV0").unwrap()
}

const COMMON: [(&str, &str); 3] = [
    ("grant_type", "authorization_code"),
    ("code", "NhhvTDYsFcdgNLnnLijcl7Ku7bEEeee"),
    ("redirect_uri", "https://nicememe.website"),
];

#[test]
fn o105_o098_o100_the_example_with_a_secret() {
    let exchange = ExchangeCode::without_pkce(secret_client(), code()).redirect_uri(nicememe());
    assert_eq!(
        form(&exchange),
        documented(COMMON.into_iter().chain(CREDENTIALS))
    );
    assert_eq!(
        request(&exchange).uri(),
        "https://discord.com/api/v10/oauth2/token"
    ); // O-003
}

#[test]
fn o113_o099_the_example_with_pkce_has_no_secret() {
    let exchange = ExchangeCode::new(public_client(), code(), verifier()).redirect_uri(nicememe());
    let more = [
        ("client_id", "332269999912132097"),
        (
            "code_verifier",
            "Qs-0Scio0ScPJDYOFy1NYsOAsj6Rb6cP-Y12N9pbwV0",
        ),
    ];
    assert_eq!(form(&exchange), documented(COMMON.into_iter().chain(more)));
    assert!(!request(&exchange).headers().contains_key("authorization"));
}

#[test]
fn o096_s02_basic_takes_the_credentials_out_of_the_form() {
    let client = secret_client().with_auth(ClientAuth::Basic);
    let exchange = ExchangeCode::without_pkce(client, code()).redirect_uri(nicememe());
    assert_eq!(form(&exchange), documented(COMMON));
    let request = request(&exchange);
    // base64 of 332269999912132097:937it3ow87i4ery69876wqire
    assert_eq!(
        request.headers()["authorization"],
        "Basic MzMyMjY5OTk5OTEyMTMyMDk3OjkzN2l0M293ODdpNGVyeTY5ODc2d3FpcmU="
    );
}

#[test]
fn p17_a_confidential_client_sends_the_verifier_too() {
    let exchange = ExchangeCode::new(secret_client(), code(), verifier());
    let names: Vec<_> = form(&exchange).into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            "client_id",
            "client_secret",
            "code",
            "code_verifier",
            "grant_type"
        ]
    );
}

#[test]
fn o104_o184_external_auth_comes_as_both_members_or_none() {
    let auth = ExternalAuth::new(
        ExternalAuthType::SteamSessionTicket,
        ExternalAuthToken::new("ticket"),
    );
    let merged =
        form(&ExchangeCode::new(public_client(), code(), verifier()).external_auth(auth.clone()));
    for pair in documented([
        ("external_auth_type", "STEAM_SESSION_TICKET"),
        ("external_auth_token", "ticket"),
    ]) {
        assert!(merged.contains(&pair), "{pair:?}");
    }
    let polled = form(&PollDevice::new(public_client(), DeviceCode::new("d")).external_auth(auth));
    assert!(polled.iter().any(|(name, _)| name == "external_auth_token"));
    let empty = ExternalAuth::new(ExternalAuthType::Oidc, ExternalAuthToken::new(""));
    let half = ExchangeCode::new(public_client(), code(), verifier()).external_auth(empty);
    let error = half.to_http(&Urls::default().api).unwrap_err();
    assert_eq!(error.field(), Some("external_auth_token"));
    let without = form(&ExchangeCode::new(public_client(), code(), verifier()));
    assert!(!without.iter().any(|(name, _)| name.starts_with("external")));
}

#[test]
fn o103_p14_no_scope_goes_with_a_code() {
    let exchange = ExchangeCode::new(secret_client(), code(), verifier());
    assert!(!form(&exchange).iter().any(|(name, _)| name == "scope"));
}

#[test]
fn o008_the_token_url_can_be_another() {
    let exchange = ExchangeCode::new(public_client(), code(), verifier())
        .at("http://127.0.0.1:3000/token".parse().unwrap());
    assert_eq!(request(&exchange).uri(), "http://127.0.0.1:3000/token");
}

#[test]
fn s03_an_empty_code_is_refused_by_name() {
    let exchange = ExchangeCode::new(public_client(), AuthorizationCode::new(""), verifier());
    let error = exchange.to_http(&Urls::default().api).unwrap_err();
    assert_eq!(
        (error.kind(), error.field()),
        (HttpErrorKind::BadRequest, Some("code"))
    );
}

#[test]
fn o112_s41_the_exchange_shows_no_secret() {
    let client = ConfidentialClient::new(ID, ClientSecret::new("canary1"));
    let auth = ExternalAuth::new(ExternalAuthType::Oidc, ExternalAuthToken::new("canary2"));
    let verifier = CodeVerifier::new(format!("canary3{}", "x".repeat(43))).unwrap();
    let exchange =
        ExchangeCode::new(client, AuthorizationCode::new("canary4"), verifier).external_auth(auth);
    let shown = format!("{exchange:?} {:?}", request(&exchange));
    assert!(!shown.contains("canary"), "{shown}");
}
