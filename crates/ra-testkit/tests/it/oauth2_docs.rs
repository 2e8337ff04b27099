//! Keeps `docs/oauth2.md` true: each promise has a test, and the test listed below it names its id.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::promises::{Promise, bless, files, promises, root};

/// Promises with nothing to build, and what the page lists in place of a test.
const OPEN: [(&str, &str); 1] = [("M-01", "none")];

#[test]
fn every_promise_has_a_test_or_is_called_open() {
    let path = root().join("docs/oauth2.md");
    let text = fs::read_to_string(&path).unwrap();
    let promises = promises(&text, is_id);
    let promised: BTreeSet<&str> = promises.iter().map(|promise| promise.id).collect();
    assert_eq!(
        promised.len(),
        185 + 17 + 18 + 43 + 6,
        "the lists are not whole"
    );

    let proofs = proofs();
    let open = BTreeMap::from(OPEN);
    let unproven: Vec<&&str> = promised
        .iter()
        .filter(|id| !open.contains_key(**id) && !proofs.contains_key(**id))
        .collect();
    assert!(unproven.is_empty(), "no test names {unproven:?}");
    let closed: Vec<&&str> = open.keys().filter(|id| proofs.contains_key(**id)).collect();
    assert!(closed.is_empty(), "tests name {closed:?}: no longer open");
    let strange: Vec<&String> = proofs
        .keys()
        .filter(|id| !promised.contains(&***id))
        .collect();
    assert!(
        strange.is_empty(),
        "tests name {strange:?}, and there is no such row"
    );

    let shown = |id: &str| match open.get(id) {
        Some(reason) => (*reason).to_owned(),
        None => first(id, &proofs[id]),
    };
    if bless(&path, &text, shown, is_id) {
        return;
    }
    for Promise { id, tests, .. } in promises {
        if let Some(reason) = open.get(id) {
            assert_eq!(tests, *reason, "{id}");
        } else {
            let is_true = proofs[id].contains(tests.trim_matches('`'));
            assert!(is_true, "{tests} is listed for {id} and does not name it");
        }
    }
}

#[test]
fn ids_are_read_from_names_rows_and_comments() {
    let text = "\
//! O-001 in the page of a file proves nothing.
fn helper() {} // O-002: nor do helpers
#[test]
fn o003_n05_s256_is_the_method() {
    // P-16, S-400, NO-004
}
rows! {
    o009_name Name;
}
/// S-07
#[test]
fn two() {}
";
    let found: Vec<(String, String)> = tests_of("src/tests.rs", text);
    let want = [
        ("O-003", "o003_n05_s256_is_the_method"),
        ("N-05", "o003_n05_s256_is_the_method"),
        ("P-16", "o003_n05_s256_is_the_method"),
        ("O-009", "o009_name"),
        ("S-07", "two"),
    ];
    let want = want.map(|(id, name)| (id.to_owned(), format!("src/tests.rs::{name}")));
    assert_eq!(found, want);
    assert_eq!(tests_of("src/lib.rs", text), []);
}

/// The test to list: one called after the id before one that mentions it, the crate's own before others.
fn first(id: &str, tests: &BTreeSet<String>) -> String {
    let name = id.to_lowercase().replace('-', "");
    let order = |test: &&String| (!test.contains(&name), test.starts_with("crates/"));
    let test = tests.iter().min_by_key(order);
    test.map_or_else(String::new, |test| format!("`{test}`"))
}

/// Which tests name an id, by id. Other crates count where a file is about OAuth2, and `ra-types`.
fn proofs() -> BTreeMap<String, BTreeSet<String>> {
    let mut proofs = BTreeMap::<String, BTreeSet<String>>::new();
    for file in files(&root().join("crates"), "rs") {
        let path = file
            .strip_prefix(root())
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/");
        let is_read = path.contains("oauth2") || path.starts_with("crates/ra-types/");
        if !is_read || path.starts_with("crates/ra-testkit/") {
            continue;
        }
        let name = path.strip_prefix("crates/oauth2-discord/").unwrap_or(&path);
        for (id, test) in tests_of(name, &fs::read_to_string(&file).unwrap()) {
            proofs.entry(id).or_default().insert(test);
        }
    }
    proofs
}

/// Each id with the test that names it, in its name (`o003_n05_`), in its documentation or in its body (`O-003`). A
/// row of a macro that makes tests begins with the test's name.
fn tests_of(file: &str, text: &str) -> Vec<(String, String)> {
    let is_test_file =
        file.starts_with("tests/") || file.contains("/tests/") || file.ends_with("/tests.rs");
    let text = match text.split_once("#[cfg(test)]\nmod tests {") {
        _ if is_test_file => text,
        Some((_, tests)) => tests,
        None => return Vec::new(),
    };
    let mut found = Vec::new();
    let mut test: Option<&str> = None;
    let (mut is_test, mut before) = (false, Vec::new());
    for line in text.lines().map(str::trim_start) {
        is_test |= line == "#[test]" || line.starts_with("#[tokio::test");
        let function = line
            .split_once("fn ")
            .filter(|(front, _)| !front.contains("//"));
        let (name, ids) = match function {
            Some((_, name)) => (Some(word(name)), ids_of_name(word(name))),
            None => (None, ids_of_name(word(line))),
        };
        let (_, comment) = line.split_once("//").unwrap_or_default();
        let mentions = ids_of_comment(comment);
        let mut add = |test: &str, ids: Vec<String>| {
            found.extend(ids.into_iter().map(|id| (id, format!("{file}::{test}"))));
        };
        if let Some(name) = name {
            test = core::mem::take(&mut is_test).then_some(name);
            let above = core::mem::take(&mut before);
            if let Some(test) = test {
                add(test, above);
                add(test, ids);
                add(test, mentions);
            }
        } else if !ids.is_empty() {
            add(word(line), ids);
        } else if comment.starts_with('/') {
            before.extend(mentions);
        } else if let Some(test) = test.filter(|_| !comment.starts_with('!')) {
            add(test, mentions);
        }
    }
    found
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    end.map_or(text, |end| &text[..end])
}

fn ids_of_name(name: &str) -> Vec<String> {
    let upper = name.split('_').map(str::to_uppercase);
    let dashed = upper.filter(|part| part.len() > 1 && part.is_char_boundary(1));
    let ids = dashed.map(|part| format!("{}-{}", &part[..1], &part[1..]));
    ids.filter(|id| is_id(id)).collect()
}

fn ids_of_comment(comment: &str) -> Vec<String> {
    let words = comment.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    words
        .filter(|word| is_id(word))
        .map(str::to_owned)
        .collect()
}

/// `O-` and three digits, or another letter and two.
fn is_id(text: &str) -> bool {
    let digits = match text.split_once('-') {
        Some(("O", digits)) if digits.len() == 3 => digits,
        Some(("N" | "P" | "S" | "M", digits)) if digits.len() == 2 => digits,
        _ => return false,
    };
    digits.bytes().all(|byte| byte.is_ascii_digit())
}
