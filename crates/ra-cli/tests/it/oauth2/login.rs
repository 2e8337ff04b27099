//! `ra oauth2 login` with a browser that is played here.

use std::net::SocketAddr;

use serde_json::{Value, json};

use super::loopback::get;
use super::service::{Service, pairs};
use super::{ACCESS, CLIENT, SECRET, command, redirect_of, token, words};
use crate::support::{Ended, Ra};

/// A login that waits for its redirect.
pub struct Login {
    ra: Ra,
    pub url: String,
    pub redirect_uri: String,
    pub address: SocketAddr,
    pub state: String,
}

impl Login {
    pub fn start(service: &Service, args: &[&str]) -> Self {
        Self::spawn(service, args, &[])
    }

    pub fn spawn(service: &Service, args: &[&str], variables: &[(&str, &str)]) -> Self {
        let base = service.base();
        let line = format!("login --json --no-browser --client-id {CLIENT} --base {base}");
        let fixed = words(&line);
        let mut command = command(&[&fixed[..], args].concat());
        command.envs(variables.iter().copied());
        Self::of(Ra::spawn(&mut command))
    }

    pub fn of(mut ra: Ra) -> Self {
        let event = ra.event("authorize");
        let url = event["url"].as_str().unwrap().to_owned();
        let redirect_uri = event["redirect_uri"].as_str().unwrap().to_owned();
        let (address, state) = redirect_of(&url);
        Self {
            address,
            ra,
            url,
            redirect_uri,
            state,
        }
    }

    /// The redirect with these parameters and the right state.
    pub fn target(&self, parameters: &str) -> String {
        let path = self.redirect_uri.splitn(4, '/').nth(3).unwrap();
        format!("/{path}?{parameters}&state={}", self.state)
    }

    pub fn interrupt(&self) {
        self.ra.interrupt();
    }

    pub fn end(self) -> Ended {
        self.ra.end()
    }
}

/// The token object behind the first line.
pub fn authorized(ended: &Ended) -> Value {
    assert_eq!(ended.code, 0, "{ended:?}");
    let mut events = ended.events();
    assert_eq!(events.len(), 2, "{ended:?}");
    events.pop().unwrap()
}

#[test]
fn s19_o100_o119_o122_the_redirect_comes_to_this_machine_and_the_verifier_goes_with_the_code() {
    let service = Service::of(token());
    let login = Login::start(&service, &["--scope", "identify guilds"]);
    assert!(
        login.redirect_uri.starts_with("http://127.0.0.1:"),
        "{}",
        login.redirect_uri
    );
    assert!(login.redirect_uri.ends_with("/callback"));
    let (page, query) = login.url.split_once('?').unwrap();
    assert_eq!(page, format!("{}/oauth2/authorize", service.origin()));
    let asked = pairs(query);
    let asked = |name: &str| {
        asked
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.clone())
    };
    assert_eq!(asked("redirect_uri").as_deref(), Some(&*login.redirect_uri));
    assert_eq!(asked("scope").as_deref(), Some("identify guilds"));
    assert_eq!(asked("response_type").as_deref(), Some("code"));
    let challenge = asked("code_challenge").unwrap();
    let redirect_uri = login.redirect_uri.clone();
    get(login.address, &login.target("code=canary-code"));
    let ended = login.end();
    let expected = json!({"token_type": "Bearer", "access_token": ACCESS, "expires_in": 604_800,
        "refresh_token": "canary-refresh", "scope": "identify guilds"});
    assert_eq!(authorized(&ended), expected);

    let call = service.call();
    assert_eq!(call.line, "POST /api/v10/oauth2/token");
    assert_eq!(
        call.field("grant_type").as_deref(),
        Some("authorization_code")
    );
    assert_eq!(call.field("code").as_deref(), Some("canary-code"));
    assert_eq!(call.field("redirect_uri"), Some(redirect_uri));
    let verifier = oauth2_discord::CodeVerifier::new(call.field("code_verifier").unwrap()).unwrap();
    assert_eq!(verifier.challenge().as_str(), challenge);
    // S-21: a public client has no secret to send
    assert_eq!(call.field("client_secret"), None);
    assert_eq!(call.field("client_id").as_deref(), Some(CLIENT));
    assert_eq!(call.header("authorization"), None);
}

#[test]
fn p17_a_secret_goes_with_the_verifier() {
    let service = Service::of(token());
    let login = Login::spawn(&service, &[], &[("RA_CLIENT_SECRET", SECRET)]);
    get(login.address, &login.target("code=canary-code"));
    authorized(&login.end());
    let call = service.call();
    assert_eq!(call.field("client_secret").as_deref(), Some(SECRET));
    assert!(call.field("code_verifier").is_some());
}

#[test]
fn port_and_path_are_those_that_are_registered() {
    let service = Service::of(token());
    // a port that is free, and taken by nobody else soon
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let port = port.to_string();
    let login = Login::start(&service, &["--port", &port, "--path", "/"]);
    assert_eq!(login.redirect_uri, format!("http://127.0.0.1:{port}/"));
    get(login.address, &login.target("code=canary-code"));
    authorized(&login.end());

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ended = super::run(&words(&format!(
        "login --client-id {CLIENT} --no-browser --port {port}"
    )));
    let error = super::fails(&ended, 8);
    assert!(error.starts_with("cannot listen on 127.0.0.1: "), "{error}");
    for path in ["callback", "", "/a?b", "/a#b", "/a b"] {
        let args = [
            "login",
            "--client-id",
            CLIENT,
            "--no-browser",
            "--path",
            path,
        ];
        let ended = super::run(&args);
        assert!(super::fails(&ended, 2).starts_with("--path: "), "{ended:?}");
    }
}

#[test]
fn o094_the_person_says_no() {
    for json in [true, false] {
        let service = Service::of(token());
        let base = service.base();
        let line = format!("login --no-browser --client-id {CLIENT} --base {base}");
        let args = words(&line);
        let (answer, ended) = if json {
            let login = Login::start(&service, &[]);
            let target = login.target("error=access_denied&error_description=canary");
            (get(login.address, &target), login.end())
        } else {
            let mut ra = Ra::spawn(&mut command(&args));
            assert_eq!(
                ra.diagnostic(),
                "Open this address in a browser on this machine:\n"
            );
            let url = ra.diagnostic().trim().to_owned();
            let (address, state) = redirect_of(&url);
            let target = format!("/callback?error=access_denied&state={state}");
            (get(address, &target), ra.end())
        };
        assert!(answer.contains("Not authorized"), "{answer}");
        assert_eq!(ended.code, 3, "{ended:?}");
        assert!(!ended.stderr.contains("error: "), "{ended:?}");
        ended.never_says("canary");
        assert!(service.calls().is_empty());
        if json {
            assert_eq!(ended.events().pop().unwrap(), json!({"event": "declined"}));
            assert_eq!(ended.stderr, "");
        } else {
            assert_eq!(ended.stdout, "");
            assert!(ended.stderr.ends_with("Declined.\n"), "{ended:?}");
        }
    }
}

#[test]
fn s03_s07_s25_redirects_with_the_right_state_that_bring_no_code() {
    for (parameters, kind, message) in [
        (
            "error=invalid_scope",
            "refused",
            "the authorization was refused: invalid_scope",
        ),
        (
            "error=canary",
            "refused",
            "the authorization was refused, with a code that is not known",
        ),
        (
            "code=canary&error=access_denied",
            "protocol",
            "the redirect has both a result and an error",
        ),
        // what is repeated is refused, and does not keep the login waiting
        (
            "code=canary&code=canary",
            "protocol",
            "the redirect has code more than once",
        ),
        (
            "code=canary&iss=canary&iss=canary",
            "protocol",
            "the redirect has iss more than once",
        ),
        (
            "code=canary&state=STATE",
            "protocol",
            "the redirect has state more than once",
        ),
        ("code=%zz", "protocol", "the redirect encodes code wrongly"),
        ("x=1", "protocol", "the redirect has no code"),
        ("code=", "protocol", "the redirect has no code"),
        (
            "code=canary&iss=https%3A%2F%2Fcanary.example",
            "protocol",
            "the redirect comes from another issuer",
        ),
    ] {
        let service = Service::of(token());
        let login = Login::start(&service, &[]);
        let parameters = parameters.replace("STATE", &login.state);
        let answer = get(login.address, &login.target(&parameters));
        assert!(answer.contains("Not authorized"), "{answer}");
        let ended = login.end();
        assert_eq!(ended.code, 6, "{parameters} {ended:?}");
        let error = ended.error();
        assert_eq!(
            (&error["kind"], &error["message"]),
            (&json!(kind), &json!(message))
        );
        ended.never_says("canary");
        assert!(service.calls().is_empty());
    }
}

#[test]
fn s25_the_right_issuer_is_taken() {
    let service = Service::of(token());
    let login = Login::start(&service, &["--issuer", "https://issuer.example/"]);
    get(
        login.address,
        &login.target("code=canary-code&iss=https%3A%2F%2Fissuer.example%2F"),
    );
    authorized(&login.end());
}

#[test]
fn stop_signals_cancel_and_the_time_is_bounded() {
    let service = Service::of(token());
    let login = Login::start(&service, &[]);
    login.interrupt();
    let ended = login.end();
    assert_eq!((ended.code, ended.stderr.as_str()), (3, "Cancelled.\n"));
    assert_eq!(ended.events().len(), 1);

    let login = Login::start(&service, &["--timeout", "1"]);
    let ended = login.end();
    assert_eq!(ended.code, 4, "{ended:?}");
    let error = ended.error();
    assert_eq!(
        error,
        json!({"event": "error", "kind": "expired", "message": "nobody authorized in time",
            "retry": "new_session"})
    );
}

#[test]
fn s38_an_exchange_without_an_answer_may_have_spent_the_code() {
    let service = Service::refusing("503 Service Unavailable", "{}");
    let login = Login::start(&service, &[]);
    get(login.address, &login.target("code=canary-code"));
    let ended = login.end();
    assert_eq!(ended.code, 7, "{ended:?}");
    assert_eq!(ended.error()["retry"], "new_session");
    ended.never_says("canary");
    service.call(); // once and not again
}
