//! Refreshes that fail, get lost or are late; stores that fail.

use super::*;

#[test]
fn s38_after_an_unknown_outcome_the_refresh_token_is_kept_and_tried_again() {
    for error in [timeout, || refused(500, ""), || refused(502, "<html>")] {
        let (mut keeper, store) = keeper();
        let first = call(&mut keeper, DUE);
        assert_eq!(
            keeper.reply(at(DUE), first.id, Err(error())).unwrap(),
            Change::Kept
        );
        assert_eq!(ready(&mut keeper, DUE + 4), "a1"); // it has not expired yet
        let second = call(&mut keeper, DUE + 5);
        assert_eq!(spent(&second), "r1");
        // the first one had arrived: now the service says so
        let change = keeper
            .reply(at(DUE + 5), second.id, Err(invalid_grant()))
            .unwrap();
        assert_eq!(change, Change::Dropped);
        assert_eq!(store.set(), None);
    }
}

#[test]
fn failed_refreshes_come_less_and_less_often() {
    let (mut keeper, _) = keeper();
    let mut now = START + WEEK;
    let mut waits = Vec::new();
    for _ in 0..9 {
        let call = call(&mut keeper, now);
        keeper.reply(at(now), call.id, Err(timeout())).unwrap();
        let next = later(&mut keeper, now);
        waits.push(next - now);
        assert_eq!(later(&mut keeper, next - 1), next);
        now = next;
    }
    assert_eq!(waits, [5, 10, 20, 40, 80, 160, 300, 300, 300]);
}

#[test]
fn a_new_set_does_not_wait_for_the_failures_of_the_old_one() {
    let (mut keeper, _) = keeper();
    let mut now = START + WEEK;
    let fail = |keeper: &mut Keeper, now| {
        let call = call(keeper, now);
        keeper.reply(at(now), call.id, Err(timeout())).unwrap();
        later(keeper, now)
    };
    for _ in 0..3 {
        now = fail(&mut keeper, now);
    }
    assert_eq!(fail(&mut keeper, now), now + 40);
    keeper.adopt(at(now), token("a2", Some("r2"))).unwrap();
    keeper.rejected(&AccessToken::new("a2"));
    assert_eq!(fail(&mut keeper, now), now + 5);
}

#[test]
fn s37_p08_waits_that_the_service_names_are_kept_and_errors_that_last_are_not_repeated() {
    for (error, wait) in [
        (refused(429, r#"{"retry_after":77.0}"#), 77),
        (refused(400, r#"{"error":"invalid_client"}"#), 300),
        (refused(401, ""), 300),
        (refused(302, ""), 300),
    ] {
        let (mut keeper, store) = keeper();
        let now = START + WEEK;
        let call = call(&mut keeper, now);
        assert_eq!(
            keeper.reply(at(now), call.id, Err(error)).unwrap(),
            Change::Kept
        );
        assert_eq!(later(&mut keeper, now), now + wait);
        assert_eq!(store.access().unwrap(), "a1");
    }
}

#[test]
fn s42_a_call_that_is_never_answered_wedges_nothing() {
    let (mut keeper, _) = keeper();
    let first = call(&mut keeper, DUE);
    assert!(matches!(
        keeper.want(at(DUE + 59)).unwrap(),
        Want::Wait { .. }
    ));
    assert_eq!(later(&mut keeper, DUE + 60), DUE + 65);
    let second = call(&mut keeper, DUE + 65);
    assert_ne!(first.id, second.id);
    assert_eq!(spent(&second), "r1");
}

#[test]
fn s42_an_answer_that_is_late_is_no_token_lost() {
    let (mut keeper, store) = keeper();
    let first = call(&mut keeper, DUE);
    let _ = later(&mut keeper, DUE + 60);
    let second = call(&mut keeper, DUE + 65);
    let reply = token("a2", Some("r2"));
    assert_eq!(
        keeper.reply(at(DUE + 66), first.id, Ok(reply)).unwrap(),
        Change::Refreshed
    );
    let change = keeper
        .reply(at(DUE + 67), second.id, Err(invalid_grant()))
        .unwrap();
    assert_eq!(change, Change::Stale);
    assert_eq!(ready(&mut keeper, DUE + 67), "a2");
    assert_eq!(store.access().unwrap(), "a2");
}

#[test]
fn s42_a_late_refusal_does_not_decide_while_another_call_is_out() {
    let (mut keeper, _) = keeper();
    let first = call(&mut keeper, DUE);
    let _ = later(&mut keeper, DUE + 60);
    let second = call(&mut keeper, DUE + 65);
    let change = keeper
        .reply(at(DUE + 66), first.id, Err(invalid_grant()))
        .unwrap();
    assert_eq!(change, Change::Kept);
    assert!(matches!(
        keeper.want(at(DUE + 66)).unwrap(),
        Want::Wait { .. }
    ));
    keeper
        .reply(at(DUE + 67), second.id, Ok(token("a2", Some("r2"))))
        .unwrap();
    assert_eq!(ready(&mut keeper, DUE + 67), "a2");
}

#[test]
fn a_clock_that_is_set_back_far_ends_every_wait() {
    let (mut keeper, _) = keeper();
    keeper.rejected(&AccessToken::new("a1"));
    let first = call(&mut keeper, START);
    assert!(matches!(
        keeper.want(at(START - 30)).unwrap(),
        Want::Wait { .. }
    ));
    let next = later(&mut keeper, START - 1000);
    assert_eq!(next, START - 995);
    keeper
        .reply(at(START - 1000), first.id, Err(timeout()))
        .unwrap();
    assert_eq!(spent(&call(&mut keeper, START - 2000)), "r1");
}

#[test]
fn a_clock_that_is_set_back_by_no_more_than_the_wait_ends_nothing() {
    let (mut keeper, _) = keeper();
    keeper.rejected(&AccessToken::new("a1"));
    call(&mut keeper, START);
    let Ok(Want::Wait { until }) = keeper.want(at(START)) else {
        panic!("a call is out");
    };
    let length = until.as_secs() - START;
    let still = |want| matches!(want, Ok(Want::Wait { until: same }) if same == until);
    assert!(still(keeper.want(at(START - length))));
    assert!(!still(keeper.want(at(START - length - 1))));
}

#[test]
fn p12_nobody_gets_a_token_that_is_not_stored_and_none_is_lost() {
    let (mut keeper, store) = keeper();
    let call = call(&mut keeper, DUE);
    store.break_down(true);
    let reply = token("a2", Some("r2"));
    assert!(keeper.reply(at(DUE), call.id, Ok(reply)).is_err());
    assert!(keeper.want(at(DUE)).is_err());
    assert_eq!(store.access().unwrap(), "a1");
    store.break_down(false);
    assert_eq!(ready(&mut keeper, DUE), "a2");
    assert_eq!(store.access().unwrap(), "a2");
}

#[test]
fn a_store_that_cannot_be_read_is_left_alone() {
    let store = SharedStore::default();
    store.break_down(true);
    let client = PublicClient::new(Snowflake::new(1));
    let error = Keeper::open(client, Box::new(store.clone())).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::NotPrivate);
    assert_eq!(store.0.lock().unwrap().writes, 0);
}
