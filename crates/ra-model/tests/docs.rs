//! `docs/model.md` names files that are there, and all that is checked.

use std::fs;
use std::path::Path;

use ra_model::World;
use ra_model::check::Check;
use stateright::{Expectation, Model as _};

#[test]
fn the_page_about_the_model_names_files_that_are_there_and_all_that_is_checked() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = fs::read_to_string(root.join("docs/model.md")).unwrap();

    let files = page.split('`').filter(|word| word.starts_with("crates/"));
    let mut looked_at = 0;
    for file in files {
        assert!(root.join(file).exists(), "{file}");
        looked_at += 1;
    }
    assert!(looked_at > 10);

    for check in Check::ALL {
        assert!(page.contains(&format!("| `{check:?}` |")), "{check:?}");
    }
    // two that belong together share a line, the second without its subject
    let listed = page.replace("; nobody but", "; an approval reaches nobody but");
    for property in World::new(1, 1).properties() {
        let is_listed = listed.contains(property.name);
        let must_be = property.expectation == Expectation::Always;
        assert!(is_listed || !must_be, "{}", property.name);
    }
}
