//! `docs/model.md` names files that are there.

use std::fs;
use std::path::Path;

#[test]
fn the_page_about_the_model_names_files_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = fs::read_to_string(root.join("docs/model.md")).unwrap();

    let files = page.split('`').filter(|word| word.starts_with("crates/"));
    let mut looked_at = 0;
    for file in files {
        assert!(root.join(file).exists(), "{file}");
        looked_at += 1;
    }
    assert!(looked_at > 10);
}
