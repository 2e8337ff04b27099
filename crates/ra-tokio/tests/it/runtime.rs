//! Tests that depend on the runtime: starting without one, an embedder's dialer, and sharing the thread with other
//! tasks.

use std::future::pending;
use std::sync::Arc;

use ra_carrier::StartError;
use ra_core::desktop::login::Outcome;
use ra_core::mobile::Config;
use ra_proto::{Fingerprint, Token};
use ra_testkit::Fake;
use ra_testkit::parity::gateway::Service;
use ra_testkit::parity::suite::login::name;
use ra_tokio::{Approval, Dialer, Dialing, KeyPool, Keys, Login, LoginOptions, Network};
use tokio::sync::Notify;

use crate::adapter::{bounded, options};

/// Finds no connection, and no end either: a resolver that does not answer, a tunnel that is not up.
#[derive(Debug)]
struct Searching(Notify);

impl Dialer for Searching {
    fn dial<'a>(&'a self, _: &'a str, _: u16) -> Dialing<'a> {
        Box::pin(async {
            self.0.notify_one();
            pending().await
        })
    }
}

#[tokio::test]
async fn a_login_can_be_cancelled_while_the_gateway_is_searched_for() {
    bounded(async {
        let dialer = Arc::new(Searching(Notify::new()));
        let mut options = options(Service::new().options());
        options.network = Network::default().with_dialer(dialer.clone());
        let mut login = Login::start(options).unwrap();
        tokio::select! {
            event = login.next_event() => panic!("{event:?}"),
            () = dialer.0.notified() => login.cancel().unwrap(),
        }
        assert!(login.next_event().await.is_none());
        assert!(matches!(login.outcome().await, Ok(Outcome::Cancelled)));
        assert_eq!(Arc::strong_count(&dialer), 1, "nobody searches any more");
    })
    .await;
}

/// Thousands of frames in one read must not keep the thread from everybody else.
#[tokio::test]
async fn a_flood_of_frames_leaves_others_their_turn() {
    bounded(async {
        let service = Service::new();
        let mut login = Login::start(options(service.options())).unwrap();
        let gateway = std::thread::spawn(move || {
            let mut gateway = service.accept();
            gateway.handshake();
            gateway
        });
        login.next_event().await.unwrap();
        let mut gateway = gateway.join().unwrap();
        let frame = [&[0x81, 10][..], br#"{"op":"x"}"#].concat();
        gateway.babble(&frame.repeat(3000));
        gateway.scan();
        let turns = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counter = turns.clone();
        let other = tokio::spawn(async move {
            loop {
                counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                tokio::task::yield_now().await;
            }
        });
        while name(&login.next_event().await.unwrap()) != "user" {}
        let turns = turns.load(std::sync::atomic::Ordering::Relaxed);
        assert!(turns > 100, "{turns} turns");
        other.abort();
    })
    .await;
}

#[test]
fn outside_of_a_runtime_nothing_starts() {
    let options = LoginOptions::new(Keys::new(Fake));
    assert!(matches!(Login::start(options), Err(StartError::NoRuntime)));
    let api = "https://discord.com/api/v9".parse().unwrap();
    let config = Config::new(api, Token::new(String::new()));
    let started = Approval::start(config, Fingerprint::from_bytes([7; 32]), Network::default());
    assert!(matches!(started, Err(StartError::NoRuntime)));
    let pool = KeyPool::start(Arc::new(Fake), 1);
    assert!(matches!(pool, Err(StartError::NoRuntime)));
}

#[test]
fn drivers_and_carriers_cross_threads() {
    fn moves<T: Send + 'static>() {}
    fn shared<T: Send + Sync + 'static>() {}
    moves::<Login>();
    moves::<ra_tokio::Approval>();
    moves::<ra_tokio::WebSocket>();
    shared::<ra_tokio::HttpCarrier>();
    shared::<ra_tokio::Network>();
    shared::<KeyPool>();
    shared::<ra_tokio::StartError>();
}
