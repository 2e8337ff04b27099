//! The page of benchmarks is what the kept results say.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

fn check(root: &Path) -> Output {
    let mut report = Command::new(env!("CARGO_BIN_EXE_ra-report"));
    report.args(["check", "--root"]).arg(root).output().unwrap()
}

#[test]
fn the_page_is_what_the_kept_results_say() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let checked = check(root);
    let said = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert!(checked.status.success(), "{said}");
}

/// Copies the input of `write` into a folder of its own.
fn copied() -> TempDir {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let copy = tempfile::tempdir().unwrap();
    let results = copy.path().join("benches/results");
    std::fs::create_dir_all(&results).unwrap();
    for entry in std::fs::read_dir(root.join("benches/results")).unwrap() {
        let from = entry.unwrap().path();
        std::fs::copy(&from, results.join(from.file_name().unwrap())).unwrap();
    }
    let template = copy.path().join("benches/report.md");
    std::fs::copy(root.join("benches/report.md"), &template).unwrap();
    copy
}

fn write(root: &Path) {
    let mut write = Command::new(env!("CARGO_BIN_EXE_ra-report"));
    let written = write.args(["write", "--root"]).arg(root).status();
    assert!(written.unwrap().success());
}

#[test]
fn a_page_that_says_something_else_is_found() {
    let copy = copied();
    assert!(!check(copy.path()).status.success(), "there is no page");
    write(copy.path());
    assert!(check(copy.path()).status.success());
    let page = copy.path().join("docs/benchmarks.md");
    let said = std::fs::read_to_string(&page).unwrap();
    std::fs::write(&page, said.replacen("2026", "2025", 1)).unwrap();
    assert!(!check(copy.path()).status.success(), "another page");
}

#[test]
fn results_that_miss_an_aim_are_found() {
    let copy = copied();
    let kept = copy.path().join("benches/results/criterion.json");
    let mut results: Value = serde_json::from_slice(&std::fs::read(&kept).unwrap()).unwrap();
    for measured in results["groups"]["frames/decode/hello"]
        .as_array_mut()
        .unwrap()
    {
        if measured["id"] == "visitor" {
            measured["median"] = 0.5.into();
        }
    }
    std::fs::write(&kept, results.to_string()).unwrap();
    write(copy.path());
    let checked = check(copy.path());
    let said = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert!(!checked.status.success());
    assert!(said.contains("frames/decode/hello: visitor"), "{said}");
}
