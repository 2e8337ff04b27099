//! The keeper on a clock made of numbers.

use std::sync::{Arc, Mutex};

use ra_http::{Body, TransportError, TransportErrorKind, check_status};

use super::*;
use crate::{PublicClient, RefreshToken, Snowflake};

mod drop;
mod failures;
mod refresh;

/// What a shared store has, and whether it fails.
#[derive(Debug, Default)]
struct Shelf {
    set: Option<TokenSet>,
    broken: bool,
    writes: usize,
}

#[derive(Debug, Clone, Default)]
struct SharedStore(Arc<Mutex<Shelf>>);

impl SharedStore {
    fn set(&self) -> Option<TokenSet> {
        self.0.lock().unwrap().set.clone()
    }

    fn access(&self) -> Option<String> {
        Some(self.set()?.token.access_token.expose().to_owned())
    }

    fn break_down(&self, broken: bool) {
        self.0.lock().unwrap().broken = broken;
    }

    fn write(&self, set: Option<TokenSet>) -> Result<(), StoreError> {
        let mut shelf = self.0.lock().unwrap();
        if shelf.broken {
            return Err(StoreError::new(StoreErrorKind::Io));
        }
        shelf.set = set;
        shelf.writes += 1;
        Ok(())
    }
}

impl Store for SharedStore {
    fn load(&mut self) -> Result<Option<TokenSet>, StoreError> {
        let shelf = self.0.lock().unwrap();
        if shelf.broken {
            return Err(StoreError::new(StoreErrorKind::NotPrivate));
        }
        Ok(shelf.set.clone())
    }

    fn save(&mut self, set: &TokenSet) -> Result<(), StoreError> {
        self.write(Some(set.clone()))
    }

    fn clear(&mut self) -> Result<(), StoreError> {
        self.write(None)
    }
}

const START: u64 = 1_000_000;
const WEEK: u64 = 604_800;
/// When the first token is due.
const DUE: u64 = START + WEEK - 60;

const fn at(secs: u64) -> UnixTime {
    UnixTime::from_secs(secs)
}

fn token(access: &str, refresh: Option<&str>) -> Token {
    let mut token = Token::new(AccessToken::new(access));
    token.refresh_token = refresh.map(RefreshToken::new);
    token.expires_in = Some(WEEK);
    token
}

fn empty() -> (Keeper, SharedStore) {
    let store = SharedStore::default();
    let client = PublicClient::new(Snowflake::new(1));
    (
        Keeper::open(client, Box::new(store.clone())).unwrap(),
        store,
    )
}

/// A keeper with the pair `a1`, `r1` that arrived at `START`.
fn keeper() -> (Keeper, SharedStore) {
    let (mut keeper, store) = empty();
    keeper.adopt(at(START), token("a1", Some("r1"))).unwrap();
    (keeper, store)
}

fn ready(keeper: &mut Keeper, now: u64) -> String {
    match keeper.want(at(now)).unwrap() {
        Want::Ready(access) => access.expose().to_owned(),
        other => panic!("{other:?}"),
    }
}

fn call(keeper: &mut Keeper, now: u64) -> Call {
    match keeper.want(at(now)).unwrap() {
        Want::Refresh(call) => call,
        other => panic!("{other:?}"),
    }
}

fn later(keeper: &mut Keeper, now: u64) -> u64 {
    match keeper.want(at(now)).unwrap() {
        Want::Later { at } => at.as_secs(),
        other => panic!("{other:?}"),
    }
}

/// The refresh token that a call spends.
fn spent(call: &Call) -> String {
    use ra_http::Endpoint as _;
    let base = "https://discord.com/api/v10".parse().unwrap();
    let request = call.refresh.to_http(&base).unwrap();
    let body = String::from_utf8(request.body().as_bytes().to_vec()).unwrap();
    let (_, rest) = body.split_once("refresh_token=").unwrap();
    rest.split('&').next().unwrap().to_owned()
}

fn refused(status: u16, body: &str) -> HttpError {
    let body = Body::from(body.as_bytes().to_vec());
    check_status(http::Response::builder().status(status).body(body).unwrap()).unwrap_err()
}

fn invalid_grant() -> HttpError {
    let description = r#"Invalid \"refresh_token\" in request"#;
    refused(
        400,
        &format!(r#"{{"error":"invalid_grant","error_description":"{description}"}}"#),
    )
}

fn timeout() -> HttpError {
    TransportError::new(TransportErrorKind::Timeout).into()
}

#[test]
fn s41_nothing_shows_a_token() {
    let (mut keeper, store) = empty();
    let secret = token("canary", Some("canary"));
    keeper.adopt(at(START), secret).unwrap();
    let call = call(&mut keeper, DUE);
    let shown = format!("{keeper:?} {call:?} {:?} {store:?}", keeper.held());
    assert!(!shown.contains("canary"), "{shown}");
    assert!(shown.starts_with("Keeper { held: "), "{shown}");
    let text = keeper.held().unwrap().expose_json();
    assert!(text.contains("canary") && text.contains("\"expires_at\":1604800}"));
}

#[test]
fn a_store_in_memory_keeps_the_last_set_until_it_is_cleared() {
    let set = |access| TokenSet::arrived(UnixTime::from_secs(1), Token::new(access));
    let [a, b] = ["a", "b"].map(|access| set(AccessToken::new(access)));
    let mut store = MemoryStore::new(a.clone());
    assert_eq!(store.load().unwrap(), Some(a));
    store.save(&b).unwrap();
    assert_eq!(store.load().unwrap(), Some(b));
    store.clear().unwrap();
    assert_eq!(store.load().unwrap(), None);
}

#[test]
fn errors_of_stores_say_what_is_wrong_and_why() {
    use std::error::Error as _;

    let kinds = [
        StoreErrorKind::Io,
        StoreErrorKind::NotPrivate,
        StoreErrorKind::NotOurs,
        StoreErrorKind::NotAFile,
        StoreErrorKind::NotATokenSet,
    ];
    let mut texts = kinds.map(|kind| StoreError::new(kind).to_string()).to_vec();
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), kinds.len());
    assert!(texts.iter().all(|text| text.contains("store")));
    let error = StoreError::from(std::io::Error::other("the disk"));
    assert_eq!(error.source().unwrap().to_string(), "the disk");
    assert!(StoreError::new(StoreErrorKind::Io).source().is_none());
}
