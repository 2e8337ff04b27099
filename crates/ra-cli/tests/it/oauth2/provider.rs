//! `ra oauth2` against npm's `oidc-provider`: a server that was not written here, with a person in front of it.

use ra_testkit::oidc_provider::{
    BASIC_CLIENT, Browser, FORM_CLIENT, PERSON, PUBLIC_CLIENT, Provider, REDIRECT_URI,
};
use serde_json::Value;
use tempfile::TempDir;

use super::{command, fails, object, text};
use crate::support::{Ended, Ra};

/// The server, and what tells `ra` where its endpoints are.
struct World {
    provider: Provider,
    urls: Vec<String>,
    directory: TempDir,
}

/// Client authentication of an application.
struct App {
    id: String,
    secret: Option<&'static str>,
    basic: bool,
}

impl App {
    fn public() -> Self {
        let id = PUBLIC_CLIENT.to_string();
        let (secret, basic) = (None, false);
        Self { id, secret, basic }
    }

    fn confidential((id, secret): (u64, &'static str), basic: bool) -> Self {
        let (id, secret) = (id.to_string(), Some(secret));
        Self { id, secret, basic }
    }

    fn each() -> [Self; 3] {
        let form = Self::confidential(FORM_CLIENT, false);
        [Self::public(), form, Self::confidential(BASIC_CLIENT, true)]
    }
}

impl World {
    /// `None` where the server is not installed.
    fn open() -> Option<Self> {
        let provider = Provider::start()?;
        let described = provider.discover();
        let options = [
            ("--base", "issuer"),
            ("--authorize-url", "authorization_endpoint"),
            ("--token-url", "token_endpoint"),
            ("--device-url", "device_authorization_endpoint"),
            ("--revoke-url", "revocation_endpoint"),
            ("--keys-url", "jwks_uri"),
            ("--userinfo-url", "userinfo_endpoint"),
            ("--issuer", "issuer"),
        ];
        let value = |name: &str| described[name].as_str().unwrap().to_owned();
        let urls = options
            .iter()
            .flat_map(|(option, name)| [(*option).to_owned(), value(name)]);
        Some(Self {
            urls: urls.collect(),
            provider,
            directory: TempDir::new().unwrap(),
        })
    }

    fn start(&self, args: &[&str], variables: &[(&str, &str)]) -> Ra {
        let urls: Vec<&str> = self.urls.iter().map(String::as_str).collect();
        let mut command = command(&[args, &urls[..]].concat());
        command.envs(variables.iter().copied());
        Ra::spawn(&mut command)
    }

    fn run(&self, args: &[&str]) -> Ended {
        self.start(args, &[]).end()
    }

    /// A command in the name of an application.
    fn start_as(&self, app: &App, args: &[&str], variables: &[(&str, &str)]) -> Ra {
        let mut args = [args, &["--client-id", &app.id]].concat();
        let mut variables = variables.to_vec();
        variables.extend(app.secret.map(|secret| ("RA_CLIENT_SECRET", secret)));
        args.extend(app.basic.then_some("--basic"));
        self.start(&args, &variables)
    }

    fn run_as(&self, app: &App, args: &[&str]) -> Ended {
        self.start_as(app, args, &[]).end()
    }

    fn file(&self, name: &str) -> String {
        text(&self.directory.path().join(name)).to_owned()
    }

    /// Code and PKCE by `authorize-url` and `exchange`; the token lies in `file` afterwards.
    fn log_in(&self, app: &App, file: &str, nonce: &str) -> Value {
        let scope = ["--scope", "openid identify email", "--nonce", nonce];
        let redirect = ["--redirect-uri", REDIRECT_URI];
        let asked = [
            &["authorize-url", "--json", "--client-id", &app.id],
            &scope[..],
            &redirect,
        ];
        let begun = object(&self.run(&asked.concat()));
        let part = |name: &str| begun[name].as_str().unwrap();
        let callback = Browser::default().agree(part("url"));
        let state = ["--state", part("state"), "--callback", &callback];
        let args = [
            &["exchange", "--json", "--token-file", file],
            &state[..],
            &redirect,
        ]
        .concat();
        let verifier = [("RA_CODE_VERIFIER", part("code_verifier"))];
        object(&self.start_as(app, &args, &verifier).end())
    }
}

#[test]
fn s01_o096_o106_a_code_becomes_a_token_that_is_refreshed_and_revoked() {
    let Some(world) = World::open() else { return };
    for app in App::each() {
        let file = &world.file(&app.id);
        let token = world.log_in(&app, file, "n-1");
        assert_eq!(token["scope"], "openid identify email");

        let info = object(&world.run(&["userinfo", "--json", "--token-file", file]));
        assert_eq!(info["sub"], PERSON);
        assert_eq!(info["email"], "nelly@example.org");

        let refreshed = world.run_as(&app, &["refresh", "--json", "--token-file", file]);
        let refreshed = object(&refreshed);
        assert_ne!(refreshed["access_token"], token["access_token"]);
        assert_ne!(refreshed["refresh_token"], token["refresh_token"]);
        // what was spent is refused, and the file is not touched by that
        let old = super::token_file(world.directory.path(), &token);
        let kept = std::fs::read_to_string(&old).unwrap();
        let spent = world.run_as(&app, &["refresh", "--token-file", text(&old)]);
        fails(&spent, 6);
        assert_eq!(std::fs::read_to_string(&old).unwrap(), kept);
    }

    let app = App::public();
    let file = &world.file("revoked.json");
    world.log_in(&app, file, "n-2");
    let revoke = ["revoke", "--token-file", file];
    assert_eq!(world.run_as(&app, &revoke).code, 0);
    fails(&world.run(&["userinfo", "--token-file", file]), 6);
    fails(&world.run_as(&app, &["refresh", "--token-file", file]), 6);
    assert_eq!(world.run_as(&app, &revoke).code, 0); // S-15
}

#[test]
fn s31_s32_s35_an_id_token_is_verified_by_the_keys_of_the_day() {
    let Some(world) = World::open() else { return };
    let app = App::public();
    let file = &world.file("token.json");
    world.log_in(&app, file, "n-1");
    let verify = |client: &str, nonce: &str| {
        let args = [
            "verify-id-token",
            "--json",
            "--token-file",
            file,
            "--client-id",
            client,
        ];
        world.run(&[&args[..], &["--nonce", nonce]].concat())
    };
    let claims = object(&verify(&app.id, "n-1"));
    assert_eq!(
        (claims["sub"].as_str(), claims["nonce"].as_str()),
        (Some(PERSON), Some("n-1"))
    );
    for wrong in [verify(&app.id, "n-2"), verify("157730590492196864", "n-1")] {
        assert_eq!(wrong.code, 6, "{wrong:?}");
    }

    let keys = |world: &World| object(&world.run(&["keys", "--json"]));
    let before = keys(&world);
    assert_eq!(before["keys"].as_array().unwrap().len(), 2);
    world.provider.rotate_keys();
    assert_ne!(keys(&world), before);
    let orphan = verify(&app.id, "n-1");
    assert_eq!(orphan.code, 6, "{orphan:?}");
    world.log_in(&app, &world.file("new.json"), "n-1");
    let file = &world.file("new.json");
    let args = [
        "verify-id-token",
        "--token-file",
        file,
        "--client-id",
        &app.id,
    ];
    assert_eq!(
        world.run(&[&args[..], &["--nonce", "n-1"]].concat()).code,
        0
    );
}

#[test]
fn s19_a_login_by_the_browser_ends_with_a_token() {
    let Some(world) = World::open() else { return };
    let app = App::public();
    let login = ["login", "--no-browser", "--json", "--scope", "openid"];
    let mut running = world.start_as(&app, &login, &[]);
    let begun = running.event("authorize");
    let mut browser = Browser::default();
    let callback = browser.agree(begun["url"].as_str().unwrap());
    assert_eq!(browser.open(&callback, None).status, 200);
    let token: Value = serde_json::from_str(&running.line()).unwrap();
    assert_eq!(token["scope"], "openid");
    assert_eq!(running.end().code, 0);

    let mut running = world.start_as(&app, &login, &[]);
    let begun = running.event("authorize");
    let callback = browser.refuse(begun["url"].as_str().unwrap());
    Browser::default().open(&callback, None);
    assert_eq!(running.end().code, 3);
}

#[test]
fn o124_o130_o134_a_device_is_let_in_or_refused() {
    let Some(world) = World::open() else { return };
    let device = ["device", "--json", "--scope", "openid identify"];
    let form = App::confidential(FORM_CLIENT, false);
    let (mut granted, mut denied) = (
        world.start_as(&form, &device, &[]),
        world.start_as(&App::public(), &device, &[]),
    );
    let (yes, no) = (granted.event("device"), denied.event("device"));
    let part = |event: &Value, name: &str| event[name].as_str().unwrap().to_owned();
    let mut browser = Browser::default();
    browser.agree_to_device(&part(&yes, "verification_uri"), &part(&yes, "user_code"));
    browser.refuse_device(&part(&no, "verification_uri"), &part(&no, "user_code"));
    let token: Value = serde_json::from_str(&granted.line()).unwrap();
    assert_eq!(token["scope"], "openid identify");
    assert_eq!(granted.end().code, 0);
    assert_eq!(denied.end().code, 3);
}

#[test]
fn s01_o109_the_owners_token_takes_the_secret() {
    let Some(world) = World::open() else { return };
    let ask = ["client-credentials", "--json", "--scope", "identify"];
    for app in &App::each()[1..] {
        let token = object(&world.run_as(app, &ask));
        assert_eq!(token["scope"], "identify");
        assert_eq!(token.get("refresh_token"), None);
        let wrong = App {
            id: app.id.clone(),
            secret: Some("canary"),
            basic: app.basic,
        };
        let ended = world.run_as(&wrong, &ask);
        assert_eq!(ended.code, 6, "{ended:?}");
        ended.never_says("canary");
    }
}
