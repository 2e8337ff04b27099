//! Keeps `docs/` true: requirements have tests, the protocol's examples are what the types write, links lead somewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::promises::{bless, files, promises, root};
use ra_proto::frame::{DesktopFrame, GatewayFrame};
use ra_proto::rest::{
    CancelRequest, CreateRequest, CreateResponse, FinishRequest, LoginRequest, LoginResponse,
    MfaFinishRequest, MfaFinishResponse, MfaRequired,
};

/// Most files that the list of tests shows for a requirement.
const SHOWN: usize = 2;

#[test]
fn every_requirement_has_a_test_and_the_list_of_tests_is_true() {
    let path = root().join("docs/requirements.md");
    let text = fs::read_to_string(&path).unwrap();
    let is_requirement = |id: &str| id.starts_with("R-");
    let requirements = promises(&text, is_requirement);
    assert!(requirements.len() > 30, "the list is not where it was");

    let proofs = proofs();
    let ids = requirements.iter().map(|requirement| requirement.id);
    let unproven: Vec<&str> = ids.filter(|id| !proofs.contains_key(*id)).collect();
    assert!(unproven.is_empty(), "no test names {unproven:?}");

    if bless(&path, &text, |id| shown(&proofs[id]), is_requirement) {
        return;
    }
    // A new test need not be listed at once, but what is listed has to be there.
    for requirement in requirements {
        let (id, tests) = (requirement.id, requirement.tests);
        for file in tests.split(", ").map(|file| file.trim_matches('`')) {
            let is_true = proofs[id].contains(file);
            assert!(is_true, "{file} is listed for {id} and does not name it");
        }
    }
}

#[test]
fn examples_of_the_protocol_are_what_the_types_write() {
    let text = fs::read_to_string(root().join("docs/protocol.md")).unwrap();
    let text = text.replace("\n  ", ""); // long examples are folded
    let examples: Vec<&str> = text
        .split("```json\n")
        .skip(1)
        .flat_map(|rest| rest.split("```").next())
        .flat_map(str::lines)
        .collect();
    let mut ops = BTreeSet::new();
    for example in &examples {
        if example.starts_with("{\"op\"") {
            let from_gateway = GatewayFrame::decode(example)
                .ok()
                .map(|frame| frame.encode());
            let from_desktop = DesktopFrame::decode(example)
                .ok()
                .map(|frame| frame.encode());
            let written = [from_gateway, from_desktop];
            assert!(
                written.iter().flatten().any(|written| written == example),
                "{example}"
            );
            ops.insert(example.split('"').nth(3).unwrap());
        } else {
            assert!(
                bodies(example.as_bytes())
                    .iter()
                    .any(|body| body == example.as_bytes()),
                "{example}"
            );
        }
    }
    let all = [
        "cancel",
        "heartbeat",
        "heartbeat_ack",
        "hello",
        "init",
        "nonce_proof",
        "pending_login",
        "pending_remote_init",
        "pending_ticket",
    ];
    assert_eq!(ops, BTreeSet::from(all));
}

#[test]
fn proofs_and_fingerprint_of_the_protocol_come_from_the_vectors() {
    let text = fs::read_to_string(root().join("docs/protocol.md")).unwrap();
    let vectors = ra_testkit::vectors::load();
    let key = &vectors.keys[0];
    let nonce = key
        .nonces
        .iter()
        .find(|nonce| nonce.sealed.plaintext.len() == 32)
        .unwrap();
    for value in [&key.fingerprint, &nonce.digest_proof, &nonce.nonce_proof] {
        assert!(text.contains(&format!("\"{value}\"")), "{value}");
    }
    let sealed = ra_proto::base64::encode_standard(&nonce.sealed.sealed);
    assert!(text.contains(&sealed[..12]));
    assert!(text.contains(&ra_proto::base64::encode_standard(&key.spki)[..60]));
}

#[test]
fn tests_that_the_threat_model_names_exist() {
    let text = fs::read_to_string(root().join("docs/threat-model.md")).unwrap();
    let rust: String = files(&root().join("crates"), "rs")
        .iter()
        .map(|file| fs::read_to_string(file).unwrap())
        .collect();
    let mut named = 0;
    for name in text.split('`').skip(1).step_by(2) {
        // test names are sentences
        if name.matches('_').count() >= 3 && !name.contains(['/', '.']) {
            let found = ["(", "<"].map(|after| rust.contains(&format!("fn {name}{after}")));
            assert!(found.contains(&true), "{name}");
            named += 1;
        }
    }
    assert!(named > 50, "{named} tests named");
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut pages = files(&root().join("docs"), "md");
    pages.extend(files(&root().join("crates"), "md"));
    let top = [
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "README.md",
        "SECURITY.md",
    ];
    pages.extend(top.map(|page| root().join(page)));
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        for target in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let path = target.split('#').next().unwrap_or_default();
            let elsewhere = target.contains("://") || path.is_empty();
            assert!(
                elsewhere || page.parent().unwrap().join(path).exists(),
                "{target} in {}",
                page.display()
            );
        }
    }
}

/// What each kind of body writes after reading `example`, for those that can read it.
fn bodies(example: &[u8]) -> Vec<Vec<u8>> {
    macro_rules! try_all {
        ($($body:ident),+) => {
            [$($body::decode(example).ok().map(|body| body.encode().expose().to_vec())),+]
        };
    }
    let written = try_all![
        CancelRequest,
        CreateRequest,
        CreateResponse,
        FinishRequest,
        LoginRequest,
        LoginResponse,
        MfaFinishRequest,
        MfaFinishResponse,
        MfaRequired
    ];
    written.into_iter().flatten().collect()
}

/// The first files.
fn shown(files: &BTreeSet<String>) -> String {
    let shown = files.iter().take(SHOWN);
    let files: Vec<String> = shown.map(|file| format!("`{file}`")).collect();
    files.join(", ")
}

/// Returns the files with a test that names a requirement, by requirement.
fn proofs() -> BTreeMap<String, BTreeSet<String>> {
    let crates = root().join("crates");
    let mut proofs = BTreeMap::<String, BTreeSet<String>>::new();
    for file in files(&crates, "rs") {
        let text = fs::read_to_string(&file).unwrap();
        let name = file
            .strip_prefix(&crates)
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/");
        for id in tests_of(&name, &text).lines().flat_map(ids) {
            proofs.entry(id).or_default().insert(name.clone());
        }
    }
    proofs
}

/// The part of a file that is test code.
fn tests_of<'a>(name: &str, text: &'a str) -> &'a str {
    if name.starts_with("ra-testkit/src/parity/suite/") {
        text
    } else if name.starts_with("ra-testkit/") {
        ""
    } else if name.contains("/tests/") || name.ends_with("/tests.rs") {
        text
    } else {
        text.split_once("#[cfg(test)]\nmod tests {")
            .map_or("", |(_, tests)| tests)
    }
}

/// The ids in the name of a function (`r04_`) or in a comment (`R-04`).
fn ids(line: &str) -> Vec<String> {
    let name = line.split_once("fn ").map_or("", |(_, name)| name);
    let words = name.split('_').filter_map(|word| word.strip_prefix('r'));
    let comment = line.split_once("//").map_or("", |(_, comment)| comment);
    let mentions = comment.split("R-").skip(1).filter_map(|rest| rest.get(..2));
    let is_number = |text: &&str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    words
        .chain(mentions)
        .filter(is_number)
        .map(|number| format!("R-{number}"))
        .collect()
}
