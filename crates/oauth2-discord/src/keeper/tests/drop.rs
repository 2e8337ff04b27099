//! When the whole set is dropped.

use super::*;
use ra_http::Endpoint as _;

#[test]
fn p06_invalid_grant_drops_the_whole_set_here_and_in_the_store() {
    let (mut keeper, store) = keeper();
    let call = call(&mut keeper, DUE); // the access token would live for another minute
    let change = keeper
        .reply(at(DUE), call.id, Err(invalid_grant()))
        .unwrap();
    assert_eq!(change, Change::Dropped);
    assert!(matches!(keeper.want(at(DUE)).unwrap(), Want::Authorize));
    assert_eq!((keeper.held(), store.set()), (None, None));
}

#[test]
fn o167_a_revocation_drops_the_whole_set() {
    let (mut keeper, store) = keeper();
    let revoke = keeper.revocation().unwrap();
    let base = "https://discord.com/api/v10".parse().unwrap();
    let request = revoke.to_http(&base).unwrap();
    let body = String::from_utf8(request.body().as_bytes().to_vec()).unwrap();
    assert!(body.contains("token=r1"), "{body}");
    assert_eq!(ready(&mut keeper, START), "a1"); // until it succeeded
    keeper.forget().unwrap();
    assert!(matches!(keeper.want(at(START)).unwrap(), Want::Authorize));
    assert_eq!(store.set(), None);
    assert!(keeper.revocation().is_none());
}

#[test]
fn o178_after_an_unmerge_a_refresh_that_was_out_brings_nothing_back() {
    let (mut keeper, store) = keeper();
    let call = call(&mut keeper, DUE);
    keeper.forget().unwrap();
    let reply = token("a2", Some("r2"));
    assert_eq!(
        keeper.reply(at(DUE), call.id, Ok(reply)).unwrap(),
        Change::Stale
    );
    assert!(matches!(keeper.want(at(DUE)).unwrap(), Want::Authorize));
    assert_eq!(store.set(), None);
}

#[test]
fn o167_a_set_that_came_after_is_not_touched_by_what_went_before() {
    let (mut keeper, _) = keeper();
    let old = call(&mut keeper, DUE);
    keeper.forget().unwrap();
    keeper.adopt(at(DUE), token("b1", Some("s1"))).unwrap();
    let change = keeper.reply(at(DUE), old.id, Err(invalid_grant())).unwrap();
    assert_eq!(change, Change::Stale);
    assert_eq!(ready(&mut keeper, DUE), "b1");
}

#[test]
fn o167_what_could_not_be_removed_is_removed_later_and_used_by_nobody() {
    let (mut keeper, store) = keeper();
    store.break_down(true);
    assert!(keeper.forget().is_err());
    assert!(keeper.want(at(START)).is_err());
    store.break_down(false);
    assert!(matches!(keeper.want(at(START)).unwrap(), Want::Authorize));
    assert_eq!(store.set(), None);
}
