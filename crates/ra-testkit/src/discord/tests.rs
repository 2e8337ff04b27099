//! The server refuses wrong requests.

use std::io::{Read as _, Write as _};

use super::*;

/// Sends a request and returns status and body.
fn send(discord: &Discord, line: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(discord.address).unwrap();
    let mut text = format!(
        "{} HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n",
        line.replacen(' ', " /api/v10", 1),
        body.len()
    );
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    write!(stream, "{text}\r\n{body}").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    let body = answer.split_once("\r\n\r\n").unwrap().1.to_owned();
    (status, body)
}

fn form(discord: &Discord, path: &str, body: &str) -> (u16, String) {
    let kind = ("Content-Type", "application/x-www-form-urlencoded");
    send(discord, &format!("POST {path}"), &[kind], body)
}

const SECRET: &str = "client_id=332269999912132097&client_secret=937it3ow87i4ery69876wqire";
/// The document's verifier and its challenge.
const VERIFIER: &str = "Qs-0Scio0ScPJDYOFy1NYsOAsj6Rb6cP-Y12N9pbwV0";
const CHALLENGE: &str = "CNPVOxIUDw5vcUaWT3Gn8fjrEeZs-kMEqpk2eNzqsmQ";

/// A code after the person agreed.
fn code(discord: &Discord, client: u64) -> String {
    let line = format!(
        "POST /oauth2/authorize?client_id={client}&response_type=code&scope=identify&state=s\
         &redirect_uri=https%3A%2F%2Fnicememe.website&code_challenge={CHALLENGE}&code_challenge_method=S256"
    );
    let headers = [
        ("Authorization", USER_TOKEN),
        ("Content-Type", "application/json"),
    ];
    let (status, body) = send(discord, &line, &headers, r#"{"authorize":true}"#);
    assert_eq!(status, 200, "{body}");
    let code = body.split_once("code=").unwrap().1;
    code.split_once('&').unwrap().0.to_owned()
}

#[test]
fn every_recorded_answer_is_whole_http() {
    for (name, answer) in recorded::all() {
        let text = String::from_utf8(answer.clone().into_bytes().unwrap()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 "), "{name}");
        assert!(!head.replace("\r\n", "").contains('\n'), "{name}");
        if head.contains("application/json") {
            serde_json::from_str::<serde_json::Value>(body).unwrap_or_else(|_| panic!("{name}"));
        }
        let length = format!("\r\nContent-Length: {}\r\n", body.len());
        assert_eq!(head.contains(&length), name != "no_content", "{name}");
    }
}

#[test]
fn a_code_works_once_and_only_with_its_verifier() {
    let discord = Discord::start();
    let uri = "redirect_uri=https%3A%2F%2Fnicememe.website";
    let exchange = |code: &str, rest: &str| {
        let body = format!("{SECRET}&grant_type=authorization_code&code={code}&{rest}");
        form(&discord, "/oauth2/token", &body)
    };
    let right = format!("{uri}&code_verifier={VERIFIER}");
    let first = code(&discord, CLIENT_ID);
    assert_eq!(exchange(&first, &right).0, 200);
    let (status, body) = exchange(&first, &right);
    assert_eq!(status, 400);
    assert!(body.contains("invalid_grant"), "{body}");
    for (wrong, says) in [
        (uri.to_owned(), "Missing"),
        (format!("{uri}&code_verifier={CHALLENGE}"), "code_verifier"),
        (format!("code_verifier={VERIFIER}"), "redirect_uri"),
        (format!("{right}&prompt=none"), "invalid_request"),
    ] {
        let (status, body) = exchange(&code(&discord, CLIENT_ID), &wrong);
        assert!(status == 400 && body.contains(says), "{wrong}: {body}");
    }
    let others = code(&discord, PUBLIC_CLIENT_ID);
    assert_eq!(exchange(&others, &right).0, 400);
}

#[test]
fn credentials_go_one_way_and_are_right() {
    let discord = Discord::start();
    let kind = ("Content-Type", "application/x-www-form-urlencoded");
    let ask = |authorization: Option<&str>, body: &str| {
        let mut headers = vec![kind];
        headers.extend(authorization.map(|value| ("Authorization", value)));
        let body = format!("grant_type=client_credentials&scope=identify{body}");
        send(&discord, "POST /oauth2/token", &headers, &body).0
    };
    // 157730590492196864 and the odd secret, each form-encoded first
    let odd = "Basic MTU3NzMwNTkwNDkyMTk2ODY0OnAlMkJlJTI1ciUzQXMlMkZlK2MlM0RyJTI2ZXR+";
    assert_eq!(ask(Some(odd), ""), 200);
    // the same secret, unencoded
    let raw = "Basic MTU3NzMwNTkwNDkyMTk2ODY0OnArZSVyOnMvZSBjPXImZXR+";
    assert_eq!(ask(Some(raw), ""), 401);
    assert_eq!(ask(None, &format!("&{SECRET}")), 200);
    assert_eq!(ask(Some(odd), &format!("&{SECRET}")), 400);
    assert_eq!(ask(None, "&client_id=332269999912132097"), 401);
    assert_eq!(ask(None, "&client_id=290926444748734499"), 401);
    assert_eq!(ask(None, &format!("&{SECRET}x")), 401);
}

#[test]
fn the_way_of_asking_is_checked() {
    let discord = Discord::start();
    let body = format!("{SECRET}&grant_type=client_credentials&scope=identify");
    let json = ("Content-Type", "application/json");
    let (status, answer) = send(&discord, "POST /oauth2/token", &[json], &body);
    assert!(
        status == 400 && answer.contains("unsupported_grant_type"),
        "{answer}"
    );
    assert_eq!(send(&discord, "GET /oauth2/token", &[], "").0, 405);
    assert_eq!(send(&discord, "GET /oauth2/other", &[], "").0, 404);
    let twice = format!("{body}&scope=identify");
    assert_eq!(form(&discord, "/oauth2/token", &twice).0, 400);
    assert_eq!(send(&discord, "GET /oauth2/@me", &[], "").0, 401);
    let keys = [("Authorization", "Bearer x")];
    assert_eq!(send(&discord, "GET /oauth2/keys", &keys, "").0, 401);
}

#[test]
fn a_scripted_answer_waits_for_a_right_request() {
    let discord = Discord::start();
    discord.answer("/oauth2/token", [recorded::unavailable()]);
    let body = format!("{SECRET}&grant_type=client_credentials&scope=identify");
    assert_eq!(form(&discord, "/oauth2/token", "grant_type=x").0, 401);
    assert_eq!(form(&discord, "/oauth2/token", &body).0, 503);
    assert_eq!(form(&discord, "/oauth2/token", &body).0, 200);
    assert_eq!(discord.calls("/oauth2/token"), 3);
}

#[test]
fn refresh_tokens_rotate_and_revocation_takes_all() {
    let discord = Discord::start();
    let uri = "redirect_uri=https%3A%2F%2Fnicememe.website";
    let exchange = format!(
        "{SECRET}&grant_type=authorization_code&code={}&{uri}&code_verifier={VERIFIER}",
        code(&discord, CLIENT_ID)
    );
    assert_eq!(form(&discord, "/oauth2/token", &exchange).0, 200);
    let refresh = |token: &str| {
        let body = format!("{SECRET}&grant_type=refresh_token&refresh_token={token}");
        form(&discord, "/oauth2/token", &body).0
    };
    assert_eq!(refresh("D43f5y0ahjqew82jZ4NViEr2YafMKhue"), 200);
    assert_eq!(refresh("D43f5y0ahjqew82jZ4NViEr2YafMKhue"), 400);
    let revoke = format!("{SECRET}&token={OPENID_ACCESS_TOKEN}");
    assert_eq!(form(&discord, "/oauth2/token/revoke", &revoke).0, 200);
    assert_eq!(refresh("mhhU7ZxkWtHn8GTcWb0yRJ4Dq3aPGv"), 400);
}

#[test]
fn what_goes_wrong_on_the_way_is_made_on_purpose() {
    let whole = recorded::token().into_bytes().unwrap();
    let cut = recorded::token().cut().into_bytes().unwrap();
    assert!(cut.len() < whole.len() && whole.starts_with(&cut));
    assert!(Answer::oversized().body().len() > ra_http::MAX_BODY_BYTES);
    assert_eq!(Answer::silence().into_bytes(), None);
    let changed = recorded::device().with("\"interval\": 5", "\"interval\": 1");
    assert!(changed.body().contains("\"interval\": 1\n"));
}
