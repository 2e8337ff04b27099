//! The client credentials grant.

use super::*;

fn asking(scopes: &str) -> Result<ClientCredentials, ClientCredentialsError> {
    ClientCredentials::new(secret_client(), scopes.parse::<ScopeSet>().unwrap())
}

#[test]
fn o109_o103_o097_the_example() {
    let grant = asking("identify connections").unwrap();
    let pairs = [
        ("grant_type", "client_credentials"),
        ("scope", "identify connections"),
    ];
    assert_eq!(
        form(&grant),
        documented(pairs.into_iter().chain(CREDENTIALS))
    );
    let body = request(&grant);
    let body = core::str::from_utf8(body.body().as_bytes()).unwrap();
    assert!(body.contains("scope=identify%20connections"));
}

#[test]
fn p15_a_scope_is_required() {
    assert_eq!(asking("").unwrap_err(), ClientCredentialsError::NoScope);
}

#[test]
fn o041_o053_code_grant_scopes_are_refused_and_its_own_is_not() {
    for (text, scope) in [
        ("webhook.incoming", Scope::WebhookIncoming),
        (
            "identify role_connections.write",
            Scope::RoleConnectionsWrite,
        ),
    ] {
        assert_eq!(
            asking(text).unwrap_err(),
            ClientCredentialsError::OtherGrant(scope)
        );
    }
    assert!(asking("applications.commands.update").is_ok()); // O-017
}

#[test]
fn o111_what_teams_do_not_get_is_told() {
    let grant = asking("identify connections applications.entitlements email").unwrap();
    assert!(
        grant
            .not_for_teams()
            .eq([&Scope::Connections, &Scope::Email])
    );
}

#[test]
fn s41_the_grant_shows_no_secret() {
    let client =
        ConfidentialClient::new(ID, ClientSecret::new("canary")).with_auth(ClientAuth::Basic);
    let grant = ClientCredentials::new(client, Scope::Identify).unwrap();
    assert!(!format!("{grant:?} {:?}", request(&grant)).contains("canary"));
    for error in [
        ClientCredentialsError::NoScope,
        ClientCredentialsError::OtherGrant(Scope::Bot),
    ] {
        assert!(error.to_string().len() > 10);
    }
}
