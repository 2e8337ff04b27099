//! What arrives at the other end.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use oauth2_discord::grant::{ClientCredentials, Revoke};
use oauth2_discord::{
    AccessToken, Client, ClientAuth, ClientSecret, ConfidentialClient, PublicClient, RefreshToken,
    Scope, Snowflake, api,
};
use ra_http::Endpoint as _;

use crate::support::{CARRIERS, Server, access_token, response};

const TOKEN: &str = r#"{"token_type":"Bearer","access_token":"a"}"#;

fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    let (head, _) = request.split_once("\r\n\r\n").unwrap();
    let mut lines = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "));
    let found = lines.find(|(found, _)| found.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value)
}

fn form(request: &str) -> &str {
    request.split_once("\r\n\r\n").unwrap().1
}

#[test]
fn s01_s02_credentials_go_one_way_and_arrive_encoded() {
    let secret = "a+b/c d:e%41&f=\u{e9}\"";
    let encoded = "a%2Bb%2Fc%20d%3Ae%2541%26f%3D%C3%A9%22";
    let client = ConfidentialClient::new(Snowflake::new(1577), ClientSecret::new(secret));
    for (name, carry) in CARRIERS {
        let server = Server::json(TOKEN);
        for auth in [ClientAuth::Basic, ClientAuth::Form] {
            let grant = ClientCredentials::new(client.clone().with_auth(auth), [Scope::Identify]);
            grant.unwrap().call(&server.base(), carry).unwrap();
            let [request] = &server.requests()[..] else {
                panic!("{name}: one request")
            };
            assert!(
                request.starts_with("POST /api/v10/oauth2/token HTTP/1.1\r\n"),
                "{name}"
            );
            let kind = header(request, "content-type");
            assert_eq!(kind, Some("application/x-www-form-urlencoded"), "{name}");
            let plain = "grant_type=client_credentials&scope=identify";
            if auth == ClientAuth::Basic {
                let sent = header(request, "authorization").unwrap();
                let pair = STANDARD
                    .decode(sent.strip_prefix("Basic ").unwrap())
                    .unwrap();
                assert_eq!(pair, format!("1577:{encoded}").into_bytes(), "{name}");
                assert_eq!(form(request), plain, "{name}");
            } else {
                assert_eq!(header(request, "authorization"), None, "{name}");
                let with = format!("{plain}&client_id=1577&client_secret={encoded}");
                assert_eq!(form(request), with, "{name}");
            }
        }
    }
}

#[test]
fn s15_revoking_an_unknown_token_succeeds_whatever_the_body() {
    let clients: [Client; 2] = [
        PublicClient::new(Snowflake::new(1)).into(),
        crate::support::client().into(),
    ];
    for (name, carry) in CARRIERS {
        for answer in [
            response("200 OK", ""),
            response("200 OK", "{}"),
            response("200 OK", "<html>"),
            b"HTTP/1.1 204 No Content\r\n\r\n".to_vec(),
        ] {
            let server = Server::start(answer);
            for client in &clients {
                let revoke = Revoke::access(client.clone(), AccessToken::new("unknown"));
                revoke.call(&server.base(), carry).expect(name);
                let revoke = Revoke::refresh(client.clone(), RefreshToken::new("unknown"));
                revoke.call(&server.base(), carry).expect(name);
            }
            let requests = server.requests();
            assert_eq!(requests.len(), 4, "{name}");
            assert!(form(&requests[0]).starts_with("token=unknown&token_type_hint=access_token"));
        }
    }
}

#[test]
fn o148_a_request_without_a_body_has_none() {
    for (name, carry) in CARRIERS {
        let server = Server::json(
            r#"{"application":{"id":"1"},"scopes":[],"expires":"2036-01-01T00:00:00+00:00"}"#,
        );
        let me = api::Me::new(access_token());
        me.call(&server.base(), carry).unwrap();
        let [request] = &server.requests()[..] else {
            panic!("{name}: one request")
        };
        assert!(
            request.starts_with("GET /api/v10/oauth2/@me HTTP/1.1\r\n"),
            "{name}"
        );
        let bearer = format!("Bearer {}", access_token().expose());
        assert_eq!(header(request, "authorization"), Some(&*bearer), "{name}");
        assert_eq!(
            header(request, "accept"),
            Some("application/json"),
            "{name}"
        );
        assert_eq!(form(request), "", "{name}");
    }
}
