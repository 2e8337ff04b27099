//! Reads tables of `docs/model.md` for the tests that compare them.

use std::fs;
use std::path::Path;

/// The cells of the table under a heading, without its head.
pub(crate) fn table(heading: &str) -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/model.md");
    let page = fs::read_to_string(path).unwrap();
    let (_, section) = page.split_once(&format!("\n## {heading}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| {
        let cells = row.trim_matches('|').split('|');
        cells.map(|cell| cell.trim().to_owned()).collect()
    })
    .collect()
}

/// Returns the numbers of states and steps that the page gives a world with this many mishaps, tricks and scans a
/// phone.
pub(crate) fn size(mishaps: &str, tricks: &str, scans: &str) -> [usize; 2] {
    let rows = table("How large it is");
    let mut rows = rows.iter();
    let row = rows.find(|row| row[..3] == [mishaps, tricks, scans]);
    let row = row.unwrap();
    [&row[3], &row[4]].map(|number| number.replace(',', "").parse().unwrap())
}
