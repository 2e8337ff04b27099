//! Reads pages of `docs/` that list promises. A promise is `- **id** text`, continued on indented lines; the last of
//! them names its tests.

use std::fs;
use std::path::{Path, PathBuf};

pub(crate) struct Promise<'a> {
    pub(crate) id: &'a str,
    /// Names of its tests, each in backticks.
    pub(crate) tests: &'a str,
    last_line: usize,
}

/// The promises of a page whose ids `is_id` takes.
pub(crate) fn promises(text: &str, is_id: fn(&str) -> bool) -> Vec<Promise<'_>> {
    let lines: Vec<&str> = text.lines().collect();
    let mut promises = Vec::new();
    for (first_line, line) in lines.iter().enumerate() {
        let item = line.strip_prefix("- **");
        let id = item.and_then(|item| item.split("** ").next());
        let Some(id) = id.filter(|id| is_id(id)) else {
            continue;
        };
        let rest = &lines[first_line + 1..];
        let more = rest.iter().take_while(|line| line.starts_with("  "));
        let last_line = first_line + more.count();
        let tests = lines[last_line].trim();
        promises.push(Promise {
            id,
            tests,
            last_line,
        });
    }
    promises
}

/// Writes the tests of each promise into the page, when `RA_BLESS` is set. Returns whether it was.
pub(crate) fn bless(
    page: &Path,
    text: &str,
    tests_of: impl Fn(&str) -> String,
    is_id: fn(&str) -> bool,
) -> bool {
    if std::env::var_os("RA_BLESS").is_none() {
        return false;
    }
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for promise in promises(text, is_id) {
        lines[promise.last_line] = format!("  {}", tests_of(promise.id));
    }
    fs::write(page, lines.join("\n") + "\n").unwrap();
    true
}

/// All files below a directory with this extension.
pub(crate) fn files(directory: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
