//! The store in a file, and a process that dies at each step.

use std::fs;

use tempfile::TempDir;

use super::*;
use crate::{AccessToken, RefreshToken, Token, UnixTime};

#[cfg(unix)]
mod unix;

fn set(name: &str) -> TokenSet {
    let mut token = Token::new(AccessToken::new(format!("access-{name}")));
    token.refresh_token = Some(RefreshToken::new(format!("refresh-{name}")));
    token.expires_in = Some(604_800);
    TokenSet::arrived(UnixTime::from_secs(1_000_000), token)
}

fn store() -> (TempDir, FileStore) {
    let directory = tempfile::tempdir().unwrap();
    let store = FileStore::new(directory.path().join("token.json"));
    (directory, store)
}

fn names(directory: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(directory.path()).unwrap();
    let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    entries.map(name).collect()
}

const STEPS: [Step; 7] = [
    Step::Recover,
    Step::Create,
    Step::Write,
    Step::Sync,
    Step::Rename,
    Step::SyncDirectory,
    Step::Return,
];

/// Saves until `step`, where the process dies: nothing is cleaned up.
fn die_at(store: &FileStore, set: &TokenSet, step: Step) {
    let mut seen = Vec::new();
    let died = store.save_by(set, &mut |at| {
        seen.push(at);
        match at == step {
            true => Err(io::Error::other("dies")),
            false => Ok(()),
        }
    });
    assert_eq!(died.unwrap_err().kind(), StoreErrorKind::Io);
    let place = STEPS.iter().position(|known| *known == step).unwrap();
    assert_eq!(seen, STEPS[..=place]);
}

#[test]
fn what_is_saved_is_loaded_and_cleared() {
    let (directory, mut store) = store();
    assert_eq!(store.load().unwrap(), None);
    store.clear().unwrap();
    for name in ["a", "b"] {
        store.save(&set(name)).unwrap();
        assert_eq!(store.load().unwrap(), Some(set(name)));
        assert_eq!(names(&directory), ["token.json"]);
    }
    store.clear().unwrap();
    assert_eq!(store.load().unwrap(), None);
    assert!(names(&directory).is_empty());
}

#[test]
fn p12_a_process_that_dies_at_any_step_leaves_the_old_set_or_the_new_one() {
    for step in STEPS {
        let (_directory, mut store) = store();
        store.save(&set("old")).unwrap();
        die_at(&store, &set("new"), step);
        let mut after = FileStore::new(store.path());
        let found = after.load().unwrap().unwrap();
        // once the new set is on the disk it has to win: the old refresh token is spent
        let written = !matches!(step, Step::Recover | Step::Create | Step::Write);
        assert_eq!(found, set(if written { "new" } else { "old" }), "{step:?}");
        // and life goes on
        after.save(&set("next")).unwrap();
        assert_eq!(after.load().unwrap(), Some(set("next")), "{step:?}");
        assert!(!after.pending.exists(), "{step:?}");
    }
}

#[test]
fn p12_a_reader_beside_a_save_gets_the_old_set_or_the_new_one_and_disturbs_nothing() {
    for first in [false, true] {
        let (directory, mut store) = store();
        let old = first.then(|| set("old"));
        if let Some(old) = &old {
            store.save(old).unwrap();
        }
        let reader = FileStore::new(store.path());
        let mut steps = Vec::new();
        store
            .save_by(&set("new"), &mut |step| {
                let before = names(&directory);
                let written = !matches!(step, Step::Recover | Step::Create | Step::Write);
                let want = if written {
                    Some(set("new"))
                } else {
                    old.clone()
                };
                assert_eq!(reader.read().unwrap(), want, "{step:?}");
                assert_eq!(names(&directory), before, "{step:?}");
                steps.push(step);
                Ok(())
            })
            .unwrap();
        assert_eq!(steps, STEPS);
        assert_eq!(names(&directory), ["token.json"]);
    }
}

#[test]
fn p12_readers_find_what_a_process_that_died_left_and_leave_it_there() {
    for step in STEPS {
        let (directory, mut store) = store();
        store.save(&set("old")).unwrap();
        die_at(&store, &set("new"), step);
        let before = names(&directory);
        let written = !matches!(step, Step::Recover | Step::Create | Step::Write);
        let want = set(if written { "new" } else { "old" });
        for _ in 0..3 {
            assert_eq!(store.read().unwrap().as_ref(), Some(&want), "{step:?}");
            store.check().unwrap();
        }
        assert_eq!(names(&directory), before, "{step:?}");
        assert_eq!(store.load().unwrap(), Some(want), "{step:?}");
    }
}

#[test]
fn files_beside_it_are_somebody_elses() {
    let (directory, mut store) = store();
    let others = [
        "token.json.new",
        "token.json.ra-pending",
        ".token.json",
        ".token.json.new",
        ".other.ra-pending",
    ];
    let other = set("other");
    for name in others {
        let mut file = create_private(&directory.path().join(name)).unwrap();
        file.write_all(other.expose_json().as_bytes()).unwrap();
    }
    assert_eq!(store.read().unwrap(), None);
    assert_eq!(store.load().unwrap(), None);
    store.save(&set("a")).unwrap();
    assert_eq!(store.load().unwrap(), Some(set("a")));
    store.clear().unwrap();
    let mut left = names(&directory);
    left.sort();
    let mut expected = others;
    expected.sort_unstable();
    assert_eq!(left, expected);
    for name in others {
        let beside = FileStore::new(directory.path().join(name));
        assert_eq!(beside.read_path(beside.path()).unwrap(), Some(set("other")));
    }
}

#[test]
fn the_second_file_is_hidden_beside_the_first_whatever_that_is_called() {
    for (path, pending) in [
        ("token.json", ".token.json.ra-pending"),
        ("/a/b", "/a/.b.ra-pending"),
        ("a/.hidden", "a/..hidden.ra-pending"),
        ("a/b/", "a/.b.ra-pending"),
    ] {
        assert_eq!(FileStore::new(path).pending_path(), Path::new(pending));
    }
    // what can be no file is none
    for path in ["", "/", "..", "."] {
        assert!(FileStore::new(path).load().is_err() || path.is_empty());
        assert!(
            FileStore::new(path)
                .save_by(&set("a"), &mut |step| match step {
                    Step::Create => Err(io::Error::other("dies")),
                    _ => Ok(()),
                })
                .is_err()
        );
    }
}

#[test]
fn p12_dying_twice_loses_nothing_either() {
    for first in STEPS {
        for second in STEPS {
            let (_directory, mut store) = store();
            die_at(&store, &set("a"), first);
            die_at(&store, &set("b"), second);
            let written = |step| !matches!(step, Step::Recover | Step::Create | Step::Write);
            let want = match (written(first), written(second)) {
                (_, true) => Some(set("b")),
                (true, false) => Some(set("a")),
                (false, false) => None,
            };
            assert_eq!(store.load().unwrap(), want, "{first:?} {second:?}");
        }
    }
}

#[test]
fn p12_what_is_cleared_does_not_come_back_from_the_second_file() {
    for step in STEPS {
        let (directory, mut store) = store();
        store.save(&set("old")).unwrap();
        die_at(&store, &set("new"), step);
        store.clear().unwrap();
        assert!(names(&directory).is_empty(), "{step:?}");
        assert_eq!(store.load().unwrap(), None, "{step:?}");
    }
}

#[test]
fn p12_a_torn_second_file_of_any_length_is_not_used() {
    let (_directory, mut store) = store();
    store.save(&set("old")).unwrap();
    let json = set("new").expose_json();
    for length in 0..json.len() {
        let _ = fs::remove_file(&store.pending);
        let mut file = create_private(&store.pending).unwrap();
        file.write_all(&json.as_bytes()[..length]).unwrap();
        assert_eq!(store.load().unwrap(), Some(set("old")), "{length}");
    }
    store.save(&set("new")).unwrap();
    assert_eq!(store.load().unwrap(), Some(set("new")));
}

#[test]
fn a_save_that_cannot_be_finished_fails_and_keeps_what_there_is() {
    let (directory, mut store) = store();
    fs::create_dir(store.path()).unwrap(); // so that the rename fails
    assert_eq!(
        store.save(&set("a")).unwrap_err().kind(),
        StoreErrorKind::Io
    );
    fs::remove_dir(store.path()).unwrap();
    assert_eq!(store.load().unwrap(), Some(set("a")));
    let mut lost = FileStore::new(directory.path().join("none/token.json"));
    assert!(lost.save(&set("a")).is_err());
    assert_eq!(lost.load().unwrap(), None);
}

#[test]
fn p12_a_set_that_waits_for_its_rename_is_not_removed_by_the_next_save() {
    let (_directory, mut store) = store();
    fs::create_dir(store.path()).unwrap(); // so that the rename fails
    store.save(&set("a")).unwrap_err();
    let mut die = |step| match step {
        Step::Create => Err(io::Error::other("dies")),
        _ => Ok(()),
    };
    store.save_by(&set("b"), &mut die).unwrap_err();
    fs::remove_dir(store.path()).unwrap();
    assert_eq!(store.load().unwrap(), Some(set("a")));
}

#[test]
fn s41_what_is_no_token_set_is_refused_without_a_word_of_it() {
    let (_directory, mut store) = store();
    let large = vec![b' '; usize::try_from(MAX_BYTES).unwrap() + 1];
    let bad: [&[u8]; 5] = [
        b"",
        b"canary",
        b"[\"canary\"]",
        b"{\"access_token\":\"canary\"}",
        &large,
    ];
    for content in bad {
        let _ = fs::remove_file(store.path());
        create_private(store.path())
            .unwrap()
            .write_all(content)
            .unwrap();
        let error = store.load().unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::NotATokenSet);
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
    // what follows a whole set makes it none
    let mut file = OpenOptions::new()
        .write(true)
        .truncate(true)
        .open(store.path())
        .unwrap();
    file.write_all(&[set("a").expose_json().as_bytes(), b"x"].concat())
        .unwrap();
    assert!(store.load().is_err());
}

#[test]
fn s36_a_file_is_read_up_to_its_cap() {
    let (_directory, mut store) = store();
    let cap = 1024 * 1024;
    let mut content = set("a").expose_json().as_bytes().to_vec();
    content.resize(cap, b' ');
    let mut file = create_private(store.path()).unwrap();
    file.write_all(&content).unwrap();
    assert_eq!(store.load().unwrap(), Some(set("a")));
    file.write_all(b" ").unwrap();
    let error = store.load().unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::NotATokenSet);
}

#[test]
fn a_directory_is_no_token_file() {
    let (directory, _) = store();
    let error = FileStore::new(directory.path()).load().unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::NotAFile);
}
