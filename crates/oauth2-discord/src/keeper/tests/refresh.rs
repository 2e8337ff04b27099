//! When a token is replaced, by whom, and what is kept.

use super::*;
use crate::{RawIdToken, Webhook};

#[test]
fn o140_a_token_is_used_until_it_is_due_and_replaced_before_it_expires() {
    let (mut keeper, _) = keeper();
    assert_eq!(ready(&mut keeper, START), "a1");
    assert_eq!(ready(&mut keeper, DUE - 1), "a1");
    assert_eq!(spent(&call(&mut keeper, DUE)), "r1");
}

#[test]
fn s42_of_a_hundred_who_ask_one_makes_the_call_and_all_get_the_token() {
    let (mut keeper, store) = keeper();
    let first = call(&mut keeper, DUE);
    for _ in 1..100 {
        let want = keeper.want(at(DUE)).unwrap();
        assert!(
            matches!(want, Want::Wait { until } if until == at(DUE + 60)),
            "{want:?}"
        );
    }
    let reply = token("a2", Some("r2"));
    assert_eq!(
        keeper.reply(at(DUE + 1), first.id, Ok(reply)).unwrap(),
        Change::Refreshed
    );
    for _ in 0..100 {
        assert_eq!(ready(&mut keeper, DUE + 1), "a2");
    }
    assert_eq!(store.access().unwrap(), "a2");
    assert_eq!(store.0.lock().unwrap().writes, 2);
}

#[test]
fn s14_rotation_is_followed_and_a_missing_refresh_token_keeps_the_old_one() {
    let (mut keeper, store) = keeper();
    let mut now = DUE;
    for (reply, want) in [
        (None, "r1"),
        (Some("r2"), "r2"),
        (None, "r2"),
        (Some("r3"), "r3"),
    ] {
        let call = call(&mut keeper, now);
        let reply = token("next", reply);
        keeper.reply(at(now), call.id, Ok(reply)).unwrap();
        let kept = store.set().unwrap().token.refresh_token.unwrap();
        assert_eq!(kept.expose(), want);
        now += WEEK;
    }
}

#[test]
fn what_a_refresh_does_not_bring_again_is_kept_but_never_the_old_lifetime_or_id_token() {
    let (mut keeper, store) = empty();
    let mut first = token("a1", Some("r1"));
    first.id_token = Some(RawIdToken::new("id"));
    first.scope = Some("identify".parse().unwrap());
    let webhook = r#"{"token_type":"Bearer","access_token":"x","webhook":{"id":"1","token":"w"}}"#;
    let webhook: Option<Box<Webhook>> = Token::decode(webhook.as_bytes()).unwrap().webhook;
    first.webhook = webhook.clone();
    keeper.adopt(at(START), first).unwrap();
    let call = call(&mut keeper, DUE);
    let reply = Token::new(AccessToken::new("a2"));
    keeper.reply(at(DUE), call.id, Ok(reply)).unwrap();
    let kept = store.set().unwrap();
    assert_eq!(kept.token.webhook, webhook);
    assert!(kept.token.scope.is_some());
    assert_eq!(kept.token.id_token, None); // its at_hash is that of the access token before
    assert_eq!((kept.token.expires_in, kept.expires_at), (None, None));
    assert_eq!(ready(&mut keeper, u64::MAX), "a2"); // until somebody refuses it
}

#[test]
fn o108_what_is_stored_goes_on_in_the_next_process() {
    let (keeper, store) = keeper();
    drop(keeper);
    let set = TokenSet::decode(store.set().unwrap().expose_json().as_bytes()).unwrap();
    assert_eq!(Some(&set), store.set().as_ref());
    let client = PublicClient::new(Snowflake::new(1));
    let mut next = Keeper::open(client, Box::new(MemoryStore::new(set))).unwrap();
    assert_eq!(ready(&mut next, DUE - 1), "a1");
    assert_eq!(spent(&call(&mut next, DUE)), "r1");
}

#[test]
fn s11_short_and_endless_lives_make_no_storm() {
    for (life, until_call) in [(0, 5), (1, 5), (10, 9), (100, 90)] {
        let (mut keeper, _) = empty();
        let mut short = token("a1", Some("r1"));
        short.expires_in = Some(life);
        keeper.adopt(at(START), short).unwrap();
        assert_eq!(ready(&mut keeper, START + until_call - 1), "a1", "{life}");
        assert_eq!(
            spent(&call(&mut keeper, START + until_call)),
            "r1",
            "{life}"
        );
    }
    let (mut keeper, _) = empty();
    let mut endless = token("a1", Some("r1"));
    endless.expires_in = Some(u64::MAX);
    keeper.adopt(at(START), endless).unwrap();
    assert_eq!(ready(&mut keeper, u64::MAX - 61), "a1");
}

#[test]
fn a_token_that_was_refused_is_replaced_once() {
    let (mut keeper, _) = keeper();
    keeper.rejected(&AccessToken::new("a0")); // word of an earlier one
    assert_eq!(ready(&mut keeper, START), "a1");
    keeper.rejected(&AccessToken::new("a1"));
    let call = call(&mut keeper, START);
    keeper
        .reply(at(START), call.id, Ok(token("a2", None)))
        .unwrap();
    keeper.rejected(&AccessToken::new("a1")); // from those who were slower
    assert_eq!(ready(&mut keeper, START), "a2");
    keeper.rejected(&AccessToken::new("a2")); // P-08: not again and again
    assert_eq!(later(&mut keeper, START), START + 5);
}

#[test]
fn o109_without_a_refresh_token_it_ends_with_the_access_token() {
    let (mut keeper, _) = empty();
    assert!(matches!(keeper.want(at(START)).unwrap(), Want::Authorize));
    keeper.adopt(at(START), token("a1", None)).unwrap();
    assert_eq!(ready(&mut keeper, START + WEEK - 1), "a1");
    assert!(matches!(
        keeper.want(at(START + WEEK)).unwrap(),
        Want::Authorize
    ));
}
