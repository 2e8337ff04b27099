//! `ra oauth2 refresh`, `client-credentials` and `revoke`.

use std::fs;

use serde_json::{Value, json};

use super::service::Service;
use super::{
    ACCESS, CLIENT, REFRESH, SECRET, fails, object, run, run_with, text, token, token_file,
    with_file, words,
};

fn held(path: &std::path::Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn s14_o108_o114_a_refresh_replaces_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let mut before = token();
    before["webhook"] = json!({"id": "1", "name": null, "avatar": null, "token": "canary-webhook"});
    before["scope"] = json!("identify guilds");
    let path = token_file(directory.path(), &before);
    let reply = json!({"token_type": "Bearer", "access_token": "canary-new", "expires_in": 60,
        "refresh_token": "canary-next"});
    let service = Service::of(reply);
    let base = service.base();
    let line = format!(
        "refresh --client-id {CLIENT} --base {base} --token-file {}",
        text(&path)
    );
    let args = words(&line);
    let printed = object(&run(&args));
    assert_eq!(printed["access_token"], "canary-new");
    // what the reply does not mention has not changed (RFC 6749, section 5.1)
    assert_eq!(printed["scope"], "identify guilds");
    assert_eq!(printed["webhook"]["token"], "canary-webhook");
    let call = service.call();
    assert_eq!(call.field("grant_type").as_deref(), Some("refresh_token"));
    assert_eq!(call.field("refresh_token").as_deref(), Some(REFRESH));
    assert_eq!(call.field("client_id").as_deref(), Some(CLIENT));
    assert_eq!(
        (call.field("client_secret"), call.field("scope")),
        (None, None)
    );
    let kept = held(&path);
    assert_eq!(kept["refresh_token"], "canary-next");
    assert_eq!(kept["scope"], "identify guilds");
    assert!(
        kept["expires_at"].as_u64().unwrap() > 1_700_000_000,
        "{kept}"
    );

    // S-14: without a new refresh token the old one stays
    let service = Service::of(json!({"token_type": "Bearer", "access_token": "canary-third"}));
    let base = service.base();
    let line = format!(
        "refresh --client-id {CLIENT} --base {base} --token-file {} --json --scope identify",
        text(&path)
    );
    let args = words(&line);
    let printed = object(&run_with(&args, &[("RA_CLIENT_SECRET", SECRET)]));
    assert_eq!(printed["refresh_token"], "canary-next");
    assert_eq!(held(&path)["access_token"], "canary-third");
    assert_eq!(held(&path)["scope"], "identify"); // as asked for: RFC 6749, section 5.1
    let call = service.call();
    assert_eq!(call.field("refresh_token").as_deref(), Some("canary-next"));
    assert_eq!(call.field("scope").as_deref(), Some("identify")); // P-14
    assert_eq!(call.field("client_secret").as_deref(), Some(SECRET));
}

#[test]
fn s14_s38_a_failed_refresh_leaves_the_file() {
    for (status, body, code, kind, retry) in [
        (
            "400 Bad Request",
            r#"{"error":"invalid_grant"}"#,
            6,
            "refused",
            "new_session",
        ),
        ("503 Service Unavailable", "{}", 7, "network", "after:5"),
        // somebody on the way: the refresh token is as good as before
        ("401 Unauthorized", "<html>", 7, "network", "after:5"),
        ("403 Forbidden", "<html>", 7, "network", "after:5"),
        (
            "407 Proxy Authentication Required",
            "",
            7,
            "network",
            "after:5",
        ),
        ("200 OK", "canary", 6, "protocol", "after:5"),
        ("302 Found", "", 7, "network", "never"),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let path = token_file(directory.path(), &token());
        // with members and an order of its own
        let mine = format!("{{\"mine\": 1,\n{}\n", &token().to_string()[1..]);
        fs::write(&path, &mine).unwrap();
        let service = Service::refusing(status, body);
        let ended = with_file("refresh --json", &service, &path);
        assert_eq!(ended.code, code, "{ended:?}");
        let error = ended.error();
        assert_eq!(
            (&error["kind"], &error["retry"]),
            (&json!(kind), &json!(retry)),
            "{status}"
        );
        ended.never_says("canary");
        assert_eq!(fs::read_to_string(&path).unwrap(), mine);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        service.call(); // once and not again
    }
}

#[test]
fn o109_without_a_refresh_token_there_is_nothing_to_refresh() {
    let directory = tempfile::tempdir().unwrap();
    let path = token_file(
        directory.path(),
        &json!({"token_type": "Bearer", "access_token": ACCESS}),
    );
    let ended = run(&words(&format!(
        "refresh --client-id {CLIENT} --token-file {}",
        text(&path)
    )));
    assert!(
        fails(&ended, 8).starts_with("there is no refresh token in "),
        "{ended:?}"
    );
}

#[test]
fn o109_o110_client_credentials_take_the_secret() {
    let reply = json!({"token_type": "Bearer", "access_token": ACCESS, "expires_in": 604_800,
        "scope": "identify connections"});
    for basic in [false, true] {
        let service = Service::of(reply.clone());
        let base = service.base();
        let mut args = vec![
            "client-credentials",
            "--client-id",
            CLIENT,
            "--base",
            &base,
            "--scope",
            "identify connections",
        ];
        args.extend(basic.then_some("--basic"));
        let ended = run_with(&args, &[("RA_CLIENT_SECRET", SECRET)]);
        assert_eq!(object(&ended), reply);
        let call = service.call();
        assert_eq!(call.line, "POST /api/v10/oauth2/token");
        assert_eq!(
            call.field("grant_type").as_deref(),
            Some("client_credentials")
        );
        assert_eq!(call.field("scope").as_deref(), Some("identify connections"));
        assert_eq!(call.header("authorization").is_some(), basic);
        assert_eq!(call.field("client_secret").is_some(), !basic);
    }
}

#[test]
fn o097_o112_client_credentials_need_a_secret_and_scopes_of_their_own() {
    let line = format!("client-credentials --client-id {CLIENT} --base http://127.0.0.1:9");
    let base = words(&line);
    let ended = run(&[&base[..], &["--scope", "identify"]].concat());
    assert_eq!(
        fails(&ended, 2),
        "--client-secret-file: give this file, or set the variable RA_CLIENT_SECRET"
    );
    let secret = [("RA_CLIENT_SECRET", SECRET)];
    for scopes in [&[][..], &["--scope", ""], &["--scope", "webhook.incoming"]] {
        let ended = run_with(&[&base[..], scopes].concat(), &secret);
        assert!(fails(&ended, 2).starts_with("--scope: "), "{ended:?}");
    }
    // an empty variable counts as not set
    let ended = run_with(
        &[&base[..], &["--scope", "identify"]].concat(),
        &[("RA_CLIENT_SECRET", "")],
    );
    fails(&ended, 2);
}

#[test]
fn o165_o166_p01_s15_revocation() {
    let directory = tempfile::tempdir().unwrap();
    let path = token_file(directory.path(), &token());
    for body in ["{}", "", "<html>canary</html>"] {
        let service = Service::refusing("200 OK", body);
        let base = service.base();
        let line = format!(
            "revoke --client-id {CLIENT} --base {base} --token-file {}",
            text(&path)
        );
        let args = words(&line);
        let ended = run(&args);
        assert_eq!((ended.code, ended.stdout.as_str()), (0, ""), "{ended:?}");
        assert_eq!(ended.stderr, "Revoked.\n");
        let call = service.call();
        assert_eq!(call.line, "POST /api/v10/oauth2/token/revoke");
        assert_eq!(call.field("token").as_deref(), Some(REFRESH));
        assert_eq!(
            call.field("token_type_hint").as_deref(),
            Some("refresh_token")
        );
        assert_eq!(call.field("client_id").as_deref(), Some(CLIENT));
        assert_eq!(call.field("client_secret"), None);
    }
    let service = Service::refusing("200 OK", "");
    let base = service.base();
    let args = ["revoke", "--client-id", CLIENT, "--base", &base, "--json"];
    let ended = run_with(
        &args,
        &[("RA_TOKEN", "canary-mine\n"), ("RA_CLIENT_SECRET", SECRET)],
    );
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{ended:?}");
    assert_eq!(ended.events(), [json!({"event": "revoked"})]);
    let call = service.call();
    assert_eq!(call.field("token").as_deref(), Some("canary-mine"));
    assert_eq!(
        call.field("token_type_hint").as_deref(),
        Some("access_token")
    );
    assert_eq!(call.field("client_secret").as_deref(), Some(SECRET));
    let ended = run(&args);
    assert_eq!(
        fails(&ended, 2),
        "--token-file: give this file, or set the variable RA_TOKEN"
    );
}

#[test]
fn o001_to_o008_each_url_can_be_another_one() {
    let (one, other) = (Service::of(token()), Service::of(token()));
    let directory = tempfile::tempdir().unwrap();
    let path = token_file(directory.path(), &token());
    let (base, file) = (one.base(), text(&path));
    let (token_url, revoke_url) = (
        format!("{}/t?x=1", other.origin()),
        format!("{}/r/", other.origin()),
    );
    let line = format!("--base {base} --token-url {token_url} --revoke-url {revoke_url}");
    let urls = words(&line);
    for command in ["refresh", "revoke"] {
        let ended = run(&[
            &[command, "--client-id", CLIENT, "--token-file", file],
            &urls[..],
        ]
        .concat());
        assert_eq!(ended.code, 0, "{ended:?}");
    }
    let lines: Vec<String> = other.calls().into_iter().map(|call| call.line).collect();
    assert_eq!(lines, ["POST /t?x=1", "POST /r/"]);
    assert!(one.calls().is_empty());
}
