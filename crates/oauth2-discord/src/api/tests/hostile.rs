//! Replies that no honest service sends, and what none of them may show.

use proptest::prelude::*;

use super::*;

/// Calls `check` with every endpoint's way to read a reply.
fn every_endpoint(mut check: impl FnMut(&str, &dyn Fn(u16, &str) -> Result<(), HttpError>)) {
    let url = Authorization::new(Snowflake::new(7))
        .scopes([Scope::Bot])
        .link(&Urls::default())
        .unwrap();
    macro_rules! endpoints {
        ($($endpoint:expr),+ $(,)?) => {$(
            let endpoint = $endpoint;
            assert!(!format!("{endpoint:?}").contains("canary"), "S-41");
            assert!(!format!("{:?}", sent(&endpoint)).contains("canary"), "S-41");
            check(stringify!($endpoint), &|status, body| {
                let read = reply(&endpoint, status, body);
                assert!(!format!("{read:?}").contains("canary"), "S-41: {}", stringify!($endpoint));
                read.map(drop)
            });
        )+};
    }
    let user = || UserToken::new("canary");
    let id = Snowflake::new(7);
    endpoints!(
        Me::new(AccessToken::new("canary")),
        UserInfo::new(AccessToken::new("canary")),
        Keys::new(),
        ListTokens::new(user()),
        ListApplicationTokens::new(user(), id),
        ReadToken::new(user(), id),
        CurrentApplication::new(BotToken::new("canary")),
        PreviewAuthorization::new(user(), url.clone()),
        GrantAuthorization::new(user(), url.clone()),
        VerifyDevice::new(user(), "ZAW6C586"),
    );
}

#[test]
fn s36_s41_bodies_that_are_no_reply_are_refused_and_not_shown() {
    let deep = "[".repeat(100_000);
    let deeper = "{\"id\":".repeat(100_000);
    let large = format!("{{\"canary\":\"{}\"}}", " ".repeat(ra_http::MAX_BODY_BYTES));
    every_endpoint(|name, read| {
        for body in [
            "",
            "canary",
            "<html>canary",
            "null",
            "\"canary\"",
            "7",
            "\u{feff}{}",
            "{\"canary\":",
            "{} {}",
            &deep,
            &deeper,
        ] {
            let error = read(200, body).unwrap_err();
            assert_eq!(error.kind(), HttpErrorKind::BadBody, "{name}");
            assert!(!format!("{error} {error:?}").contains("canary"));
        }
        let error = read(200, &large).unwrap_err();
        assert_eq!(error.kind(), HttpErrorKind::BodyTooLarge, "{name}");
    });
}

#[test]
fn s28_no_redirect_is_followed() {
    every_endpoint(|name, read| {
        for status in [301, 302, 303, 307, 308] {
            let error = read(status, "{}").unwrap_err();
            assert_eq!(error.kind(), HttpErrorKind::Redirect, "{name}");
        }
    });
}

#[test]
fn s37_s38_s39_refusals_keep_their_meaning() {
    use crate::error::{Advice, Repeat, advice};
    every_endpoint(|name, read| {
        for (status, body, code, expected) in [
            (
                401,
                r#"{"message":"401: Unauthorized","code":0}"#,
                Some(0),
                Advice::StartOver,
            ),
            (
                401,
                r#"{"message":"canary","code":50025}"#,
                Some(50_025),
                Advice::StartOver,
            ),
            (
                403,
                r#"{"message":"canary","code":50026}"#,
                Some(50_026),
                Advice::Configuration,
            ),
            (
                404,
                r#"{"message":"canary","code":10012}"#,
                Some(10_012),
                Advice::Configuration,
            ),
        ] {
            let error = read(status, body).unwrap_err();
            assert_eq!(error.code(), code, "{name}");
            assert_eq!(advice(&error, Repeat::Safe), expected, "{name} {body}");
        }
        for (status, body) in [
            (429, r#"{"retry_after":1.5}"#),
            (429, "<html>canary"),
            (503, ""),
        ] {
            let error = read(status, body).unwrap_err();
            assert!(
                matches!(advice(&error, Repeat::Safe), Advice::AskAgain { .. }),
                "{name}"
            );
        }
    });
}

fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        any::<i64>().prop_map(|n| n.to_string()),
        any::<u64>().prop_map(|n| format!("\"{n}\"")),
        Just("1e999".to_owned()),
        Just("\"2021-01-23T02:33:17+00:00\"".to_owned()),
        "[a-z. ]{0,12}".prop_map(|text| format!("\"{text}\"")),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        let name = prop::sample::select(vec![
            "id",
            "scopes",
            "application",
            "user",
            "expires",
            "disclosures",
            "keys",
            "kty",
            "kid",
            "n",
            "sub",
            "email",
            "authorized",
            "integration_type",
            "guilds",
            "bot",
            "permissions",
            "name",
            "url",
            "client_id",
            "type",
            "two_way_link_code",
            "x",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|all| format!("[{}]", all.join(","))),
            prop::collection::vec((name, inner), 0..6).prop_map(|all| {
                let members: Vec<String> =
                    all.iter().map(|(n, v)| format!("\"{n}\":{v}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn s43_no_reply_panics(body in value(), status in prop_oneof![Just(200_u16), 100_u16..600]) {
        every_endpoint(|_, read| {
            let _ = read(status, &body);
        });
    }

    #[test]
    fn s43_no_bytes_panic(body in ".{0,200}") {
        every_endpoint(|_, read| {
            let _ = read(200, &body);
        });
    }
}
