//! Owners, modes and links.

use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::*;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn s41_only_the_owner_can_read_the_file_at_any_step() {
    for step in STEPS {
        let (_directory, store) = store();
        die_at(&store, &set("a"), step);
        for path in [&store.path, &store.pending] {
            assert!(!path.exists() || mode(path) == 0o600, "{step:?} {path:?}");
        }
    }
}

fn put(path: &Path, bits: u32) {
    fs::write(path, set("planted").expose_json().as_bytes()).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(bits)).unwrap();
}

const OPEN: [u32; 6] = [0o640, 0o604, 0o620, 0o602, 0o610, 0o666];

#[test]
fn s41_a_file_that_others_may_touch_is_refused() {
    let (_directory, mut store) = store();
    for bits in OPEN {
        put(&store.path, bits);
        for error in [store.load().unwrap_err(), store.read().unwrap_err()] {
            assert_eq!(error.kind(), StoreErrorKind::NotPrivate, "{bits:o}");
        }
    }
    // and private after a save
    store.check().unwrap();
    store.save(&set("a")).unwrap();
    assert_eq!(mode(&store.path), 0o600);
    assert_eq!(store.load().unwrap(), Some(set("a")));
}

/// That what is in the place of the second file is neither believed nor touched.
fn is_left_alone(store: &mut FileStore, kind: StoreErrorKind, what: &str) {
    let there = fs::symlink_metadata(&store.pending).unwrap();
    let is = |error: StoreError| assert_eq!(error.kind(), kind, "{what}: {error:?}");
    assert_eq!(store.read().unwrap(), Some(set("mine")), "{what}");
    is(store.check().unwrap_err()); // before a refresh token is spent
    is(store.load().unwrap_err());
    is(store.save(&set("next")).unwrap_err());
    is(store.clear().unwrap_err());
    let after = fs::symlink_metadata(&store.pending).unwrap();
    assert_eq!(there.file_type(), after.file_type(), "{what}");
    assert_eq!(there.permissions(), after.permissions(), "{what}");
    assert_eq!(store.read().unwrap(), Some(set("mine")), "{what}");
}

#[test]
fn s41_a_second_file_that_was_not_made_here_is_left_alone_and_found_early() {
    let (directory, mut store) = store();
    store.save(&set("mine")).unwrap();
    for bits in OPEN {
        put(&store.pending, bits);
        is_left_alone(&mut store, StoreErrorKind::NotPrivate, "open to others");
    }
    fs::remove_file(&store.pending).unwrap();

    fs::create_dir(&store.pending).unwrap();
    is_left_alone(&mut store, StoreErrorKind::NotAFile, "a directory");
    fs::remove_dir(&store.pending).unwrap();

    let victim = directory.path().join("victim");
    put(&victim, 0o600);
    symlink(&victim, &store.pending).unwrap();
    is_left_alone(&mut store, StoreErrorKind::NotAFile, "a link");
    assert_eq!(
        fs::read_to_string(&victim).unwrap(),
        *set("planted").expose_json()
    );
    fs::remove_file(&store.pending).unwrap();
    store.save(&set("next")).unwrap();
    assert_eq!(store.read().unwrap(), Some(set("next")));
}

#[test]
fn s41_another_users_files_are_not_used_and_found_early() {
    let (_directory, mut store) = store();
    put(&store.path, 0o600);
    let ours = owner(&fs::metadata(&store.path).unwrap()).unwrap();
    store = FileStore::new(store.path()).owned_by(ours + 1); // so that everything belongs to somebody else
    for error in [
        store.load().unwrap_err(),
        store.read().unwrap_err(),
        store.check().unwrap_err(),
    ] {
        assert_eq!(error.kind(), StoreErrorKind::NotOurs);
    }
    fs::rename(&store.path, &store.pending).unwrap();
    assert_eq!(store.read().unwrap(), None);
    for error in [
        store.load().unwrap_err(),
        store.check().unwrap_err(),
        store.save(&set("a")).unwrap_err(),
        store.clear().unwrap_err(),
    ] {
        assert_eq!(error.kind(), StoreErrorKind::NotOurs);
    }
    assert!(!store.path.exists());
    store = FileStore::new(store.path()).owned_by(ours);
    assert_eq!(store.load().unwrap(), Some(set("planted")));
}

#[test]
fn s41_a_second_file_of_another_user_does_not_take_the_place_of_the_first() {
    let (_directory, mut store) = store();
    store.save(&set("mine")).unwrap();
    put(&store.pending, 0o600);
    let nobody = 65_534;
    if std::os::unix::fs::chown(&store.pending, Some(nobody), None).is_err() {
        println!("SKIPPED: only the superuser can give files away");
        return;
    }
    is_left_alone(&mut store, StoreErrorKind::NotOurs, "another user's");
}

#[test]
fn a_link_in_the_way_is_replaced_not_followed() {
    let (directory, mut store) = store();
    let victim = directory.path().join("victim");
    fs::write(&victim, "mine").unwrap();
    symlink(&victim, &store.path).unwrap();
    store.save(&set("a")).unwrap();
    assert_eq!(fs::read_to_string(&victim).unwrap(), "mine");
    assert!(fs::symlink_metadata(&store.path).unwrap().is_file());
}

#[test]
fn a_place_below_a_file_is_an_error_and_no_empty_store() {
    let (_directory, mut store) = store();
    store.save(&set("a")).unwrap();
    let mut below = FileStore::new(store.path().join("token.json"));
    for error in [
        below.load().unwrap_err(),
        below.read().unwrap_err(),
        below.check().unwrap_err(),
        below.check_pending().unwrap_err(),
        below.clear().unwrap_err(),
        remove(below.path()).unwrap_err().into(),
    ] {
        assert_eq!(error.kind(), StoreErrorKind::Io);
    }
    let directory = FileStore::new(store.path().join("")); // `token.json/`
    assert_eq!(directory.check().unwrap_err().kind(), StoreErrorKind::Io);
}

#[test]
fn p12_a_save_succeeds_only_after_its_directory_is_synchronized() {
    let (directory, store) = store();
    let mut lose_it = |step| match step {
        Step::SyncDirectory => fs::remove_dir_all(directory.path()),
        _ => Ok(()),
    };
    let lost = store.save_by(&set("a"), &mut lose_it).unwrap_err();
    assert_eq!(lost.kind(), StoreErrorKind::Io);
}
