//! `ra login` against a scripted gateway: what a good login looks like to programs and in files.

use std::fs;

use crate::support::fake::{self, Socket, TICKET, TOKEN};
use crate::support::{Ra, command, fails_without_a_reader, login_args, picture, run, write};
use serde_json::json;

/// A gateway and an API that let Mary in.
fn world() -> (String, String) {
    let (gateway, key) = fake::gateway(|_, mut socket: Socket| {
        socket.well();
    });
    (gateway, fake::good_api(&key))
}

#[test]
fn events_are_those_of_the_contract_in_their_order() {
    let (gateway, api) = world();
    let ended = run(&login_args(&gateway, &api, &[]));
    assert_eq!(ended.code, 0, "{ended:?}");
    let [qr, user, token] = &ended.events()[..] else {
        panic!("{ended:?}")
    };
    let fingerprint = qr["fingerprint"].as_str().unwrap();
    assert_eq!(fingerprint.len(), 43);
    assert_eq!(qr["event"], "qr");
    assert_eq!(qr["url"], format!("https://discord.com/ra/{fingerprint}"));
    let expires = qr["expires_in_ms"].as_u64().unwrap();
    assert!((1..=120_000).contains(&expires), "{expires}");
    assert_eq!(
        *user,
        json!({"event": "user", "id": "196769986071625728", "username": "Mary", "discriminator": "1212",
               "avatar": "d0900b8fe361c755549ab0beadb35075"})
    );
    assert_eq!(
        *token,
        json!({"event": "token", "token": TOKEN, "user_id": "196769986071625728"})
    );
    assert_eq!(ended.stderr, "");
    ended.never_says(TICKET);
    ended.never_says("canary-nonce");
}

#[test]
fn the_token_stands_alone_on_standard_output_for_people() {
    let (gateway, api) = world();
    let ended = run(&["login", "--gateway", &gateway, "--api", &api]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(ended.stdout, format!("{TOKEN}\n"));
    assert!(!ended.stderr.contains('\u{1b}') && !ended.stderr.contains(TOKEN));
    let url = ended
        .stderr
        .lines()
        .find(|line| line.starts_with("https://discord.com/ra/"));
    assert_eq!(picture(&ended.stderr), url.unwrap());
    let at = |text: &str| {
        ended
            .stderr
            .find(text)
            .unwrap_or_else(|| panic!("{text}: {}", ended.stderr))
    };
    assert!(
        at("https://discord.com/ra/") < at("Scanned by \"Mary#1212\" (id 196769986071625728).")
    );
    assert!(at("Scanned by") < at("Logged in as \"Mary#1212\" (id 196769986071625728)."));
}

#[test]
fn a_reader_that_goes_away_ends_it() {
    let (gateway, api) = world();
    fails_without_a_reader(&mut command(&login_args(&gateway, &api, &[])));
}

#[test]
fn r09_the_prefix_is_configurable() {
    let (gateway, api) = world();
    let prefix = "https://discordapp.com/rp/";
    let ended = run(&login_args(&gateway, &api, &["--qr-prefix", prefix]));
    let qr = &ended.events()[0];
    let fingerprint = qr["fingerprint"].as_str().unwrap();
    assert_eq!(qr["url"], format!("{prefix}{fingerprint}"));
}

#[test]
fn a_token_file_is_private_and_keeps_the_token_off_the_output() {
    let (gateway, api) = world();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token.txt");
    let path = file.to_str().unwrap();
    let base = [
        "login",
        "--gateway",
        &gateway,
        "--api",
        &api,
        "--token-file",
        path,
    ];

    let ended = run(&[&base[..], &["--json"]].concat());
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("{TOKEN}\n"));
    let token = ended.events().pop().unwrap();
    assert_eq!(
        token,
        json!({"event": "token", "token": null, "user_id": "196769986071625728"})
    );
    ended.never_says(TOKEN);
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    write(&file, "old");
    let ended = run(&[&base[..], &["--force"]].concat());
    assert_eq!((ended.code, ended.stdout.as_str()), (0, ""), "{ended:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("{TOKEN}\n"));
    ended.never_says(TOKEN);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn a_file_in_the_way_ends_it_before_anything_is_connected() {
    let (gateway, _) = fake::gateway(|_, _| panic!("nobody connects"));
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token.txt");
    write(&file, "mine");
    let path = file.to_str().unwrap();
    let ended = run(&[
        "login",
        "--json",
        "--gateway",
        &gateway,
        "--token-file",
        path,
    ]);
    assert_eq!(ended.code, 8, "{ended:?}");
    let error = ended.error();
    assert_eq!(error["kind"], "local");
    assert_eq!(error["retry"], "never");
    assert_eq!(ended.events().len(), 1);
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
}

#[test]
fn pictures_are_written_and_replaced_with_each_code() {
    let (gateway, key) = fake::gateway(|number, mut socket| {
        if number == 0 {
            socket.handshake();
            socket.close(4003);
        } else {
            socket.well();
        }
    });
    let api = fake::good_api(&key);
    let directory = tempfile::tempdir().unwrap();
    let (png, svg) = (
        directory.path().join("qr.png"),
        directory.path().join("qr.svg"),
    );
    let files = [
        "--qr-png",
        png.to_str().unwrap(),
        "--qr-svg",
        svg.to_str().unwrap(),
    ];
    let mut ra = Ra::start(&login_args(&gateway, &api, &files));
    ra.event("qr");
    assert_eq!(ra.event("renewed")["reason"], "expired");
    let url = ra.event("qr")["url"].clone();
    let ended = ra.end();
    assert_eq!(ended.code, 0, "{ended:?}");

    let decoder = png::Decoder::new(std::io::BufReader::new(fs::File::open(&png).unwrap()));
    let mut reader = decoder.read_info().unwrap();
    let mut bits = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut bits).unwrap();
    let side = frame.width as usize;
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| {
        if bits[y * frame.line_size + x / 8] & (0x80 >> (x % 8)) == 0 {
            0
        } else {
            255
        }
    });
    assert_eq!(picture.detect_grids()[0].decode().unwrap().1, url);
    assert!(fs::read_to_string(&svg).unwrap().starts_with("<?xml"));
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
}

#[test]
fn r14_a_decline_is_an_outcome_with_its_own_exit_code() {
    let (gateway, _) = fake::gateway(|_, mut socket| {
        socket.handshake();
        socket.scan();
        socket.send(&json!({"op": "cancel"}));
        socket.close(1000);
    });
    let ended = run(&["login", "--json", "--gateway", &gateway]);
    assert_eq!(ended.code, 3, "{ended:?}");
    assert_eq!(ended.events().pop().unwrap(), json!({"event": "declined"}));
    assert_eq!(ended.stderr, "");

    let ended = run(&["login", "--gateway", &gateway]);
    assert_eq!((ended.code, ended.stdout.as_str()), (3, ""));
    assert!(
        ended.stderr.ends_with("Declined on the phone.\n"),
        "{ended:?}"
    );
}

#[test]
fn stop_signals_cancel() {
    let (gateway, _) = fake::gateway(|_, mut socket| {
        socket.handshake();
        socket.until_gone();
    });
    for stop in [Ra::terminate, Ra::interrupt] {
        let mut ra = Ra::start(&["login", "--json", "--gateway", &gateway]);
        ra.event("qr");
        stop(&ra);
        let ended = ra.end();
        assert_eq!(ended.code, 3, "{ended:?}");
        assert_eq!(ended.events().len(), 1, "{ended:?}");
        assert_eq!(ended.stderr, "Cancelled.\n");
    }
}

#[test]
fn a_timeout_bounds_everything() {
    let (gateway, _) = fake::gateway(|_, mut socket| {
        socket.until_gone(); // never says hello
    });
    let ended = run(&["login", "--json", "--gateway", &gateway, "--timeout", "1"]);
    assert_eq!(ended.code, 4, "{ended:?}");
    let error = ended.error();
    assert_eq!(
        (&error["kind"], &error["retry"]),
        (&json!("expired"), &json!("new_session"))
    );

    let (gateway, _) = fake::gateway(|_, mut socket| {
        socket.handshake();
        socket.scan();
        socket.until_gone();
    });
    let ended = run(&["login", "--gateway", &gateway, "--timeout", "2"]);
    assert_eq!(ended.code, 4, "{ended:?}");
    assert_eq!(ended.stderr.matches("error: ").count(), 1);
    assert!(ended.stderr.contains("there was no verdict"), "{ended:?}");
}

#[test]
fn r31_a_captcha_without_a_terminal_ends_it() {
    let (gateway, key) = fake::gateway(|_, mut socket| {
        socket.well();
    });
    let _ = key;
    let api = fake::api(|_| {
        let body = json!({"captcha_key": ["captcha-required"], "captcha_service": "hcaptcha",
            "captcha_sitekey": "site-1", "captcha_rqdata": "canary-rqdata", "captcha_rqtoken": "canary-rqtoken"});
        fake::response("400 Bad Request", "application/json", &body.to_string())
    });
    let ended = run(&login_args(&gateway, &api, &[]));
    assert_eq!(ended.code, 5, "{ended:?}");
    let events = ended.events();
    assert_eq!(
        events[2],
        json!({"event": "captcha", "service": "hcaptcha", "sitekey": "site-1"})
    );
    assert_eq!(ended.error()["kind"], "captcha");
    ended.never_says("canary");

    let ended = run(&["login", "--gateway", &gateway, "--api", &api]);
    assert_eq!(ended.code, 5, "{ended:?}");
    assert!(ended.stderr.contains("service: hcaptcha, site key: site-1"));
}

#[test]
fn an_expired_code_without_renewal_ends_it() {
    let (gateway, _) = fake::gateway(|_, mut socket| {
        socket.handshake();
        socket.close(4003);
    });
    for renew in ["0", "never"] {
        one_code_and_one_error(&gateway, renew);
    }
}

#[test]
fn r18_a_code_expires_on_our_own_clock_too() {
    let (gateway, _) = fake::gateway(|_, mut socket| {
        // as long as a key may take on a machine that is busy
        socket.send(&json!({"op": "hello", "timeout_ms": 10_000, "heartbeat_interval": 41_250}));
        socket.handshake_after_hello();
        socket.until_gone();
    });
    one_code_and_one_error(&gateway, "0");
}

fn one_code_and_one_error(gateway: &str, renew: &str) {
    let ended = run(&["login", "--json", "--gateway", gateway, "--renew", renew]);
    assert_eq!(ended.code, 4, "{ended:?}");
    assert_eq!(ended.error()["kind"], "expired");
    assert_eq!(ended.events().len(), 2, "{ended:?}");
    assert_eq!(ended.events()[0]["event"], "qr");
}

#[test]
fn a_number_of_renewals_is_kept() {
    let (gateway, _) = fake::gateway(|_, mut socket| {
        socket.handshake();
        socket.close(4003);
    });
    let ended = run(&["login", "--json", "--gateway", &gateway, "--renew", "1"]);
    assert_eq!(ended.code, 4, "{ended:?}");
    let names: Vec<_> = ended
        .events()
        .iter()
        .map(|event| event["event"].clone())
        .collect();
    assert_eq!(names, ["qr", "renewed", "qr", "error"]);
}

#[test]
fn r07_the_other_dialect_is_tried_and_is_no_renewal() {
    let (gateway, key) = fake::gateway(|_, mut socket| {
        socket.hello();
        socket.init();
        let Some(proof) = socket.challenge(&[7; 32]) else {
            return;
        };
        if proof.get("proof").is_some() {
            socket.close(4002);
            return;
        }
        let fingerprint = socket.key.fingerprint();
        socket.send(&json!({"op": "pending_remote_init", "fingerprint": fingerprint}));
        socket.scan();
        socket.approve();
    });
    let api = fake::good_api(&key);
    let base = [
        "login",
        "--json",
        "--gateway",
        &gateway,
        "--api",
        &api,
        "--renew",
        "0",
    ];
    let ended = run(&base);
    assert_eq!(ended.code, 0, "{ended:?}");
    let names: Vec<_> = ended
        .events()
        .iter()
        .map(|event| event["event"].clone())
        .collect();
    assert_eq!(names, ["qr", "user", "token"]);

    assert_eq!(run(&[&base[..], &["--proof", "nonce"]].concat()).code, 0);
    let refused = run(&[&base[..], &["--proof", "digest"]].concat());
    assert_eq!(refused.code, 6, "{refused:?}");
    assert_eq!(refused.error()["kind"], "refused");
}
