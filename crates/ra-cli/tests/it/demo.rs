//! `ra demo`: four endings, told to programs and to people.

use crate::support::{Ended, picture, run};

fn names(ended: &Ended) -> Vec<String> {
    let name = |event: &serde_json::Value| event["event"].as_str().unwrap().to_owned();
    ended.events().iter().map(name).collect()
}

#[test]
fn it_ends_with_a_token() {
    let ended = run(&["demo", "--json"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(names(&ended), ["qr", "user", "token"]);
    let events = ended.events();
    assert_eq!(events[1]["id"], events[2]["user_id"]);
    assert!(
        events[2]["token"]
            .as_str()
            .is_some_and(|token| !token.is_empty())
    );
    assert_eq!(ended.stderr, "");
}

#[test]
fn a_person_sees_the_code_the_user_and_the_token() {
    let ended = run(&["demo"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(ended.stderr, "");
    let url = ended
        .stdout
        .lines()
        .find(|line| line.starts_with("https://discord.com/ra/"));
    assert_eq!(picture(&ended.stdout), url.unwrap());
    assert!(
        ended
            .stdout
            .contains("Scanned by \"mary\" (id 196769986071625728).")
    );
    let last = ended.stdout.lines().last();
    assert_eq!(last, Some("demo-token-that-is-worth-nothing"));
}

#[test]
fn the_other_endings_have_their_codes() {
    for (option, code, events) in [
        ("--deny", 3, &["qr", "user", "declined"][..]),
        ("--captcha", 5, &["qr", "user", "captcha", "error"]),
        ("--expire", 4, &["qr", "error"]),
    ] {
        let ended = run(&["demo", option, "--json"]);
        assert_eq!(ended.code, code, "{ended:?}");
        assert_eq!(names(&ended), events);
        let ended = run(&["demo", option]);
        assert_eq!(ended.code, code, "{ended:?}");
        assert_eq!(
            ended.stderr.matches("error: ").count(),
            usize::from(code != 3)
        );
    }
}
