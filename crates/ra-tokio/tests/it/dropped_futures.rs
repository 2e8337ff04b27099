//! Futures that are dropped and asked for again lose nothing.

use ra_core::desktop::login::Outcome;
use ra_core::mobile;
use ra_testkit::parity::gateway::Service;
use ra_testkit::parity::suite::approval::{CREATED, DONE, Phone};
use ra_testkit::parity::suite::login::name;
use ra_tokio::Login;

use crate::adapter::{RealTime, bounded, options};

/// Frames arrive byte by byte.
#[tokio::test(flavor = "multi_thread")]
async fn a_login_goes_on_after_each_dropped_read() {
    bounded(async {
        let service = Service::new();
        let mut login = Login::start(options(service.options_byte_by_byte())).unwrap();
        let gateway = std::thread::spawn(move || {
            let mut gateway = service.accept();
            gateway.approve();
            service.answer("200 OK", &gateway.token_body());
        });
        let (mut events, mut dropped) = (Vec::new(), 0);
        loop {
            tokio::select! {
                biased;
                event = login.next_event() => match event {
                    Some(event) => events.push(name(&event)),
                    None => break,
                },
                () = tokio::task::yield_now() => dropped += 1,
            }
        }
        gateway.join().unwrap();
        assert_eq!(events, ["qr", "user"]);
        assert!(dropped > 20, "reads were dropped {dropped} times");
        assert!(matches!(
            login.outcome().await,
            Ok(Outcome::LoggedIn { .. })
        ));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_goes_on_after_each_dropped_read() {
    bounded(async {
        let phone = Phone::new();
        let mut approval = {
            use ra_testkit::parity::Operations as _;
            let network = ra_carrier::Network::default();
            let fingerprint = ra_proto::Fingerprint::from_bytes([7; 32]);
            let config = phone.config.clone();
            RealTime
                .start_approval(config, fingerprint, network)
                .unwrap()
                .0
        };
        let service = phone.answer(&[CREATED, DONE]);
        let mut dropped = 0;
        loop {
            tokio::select! {
                biased;
                event = approval.next_event() => match event {
                    Some(_) => approval.approve().unwrap(),
                    None => break,
                },
                () = tokio::task::yield_now() => dropped += 1,
            }
        }
        service.join().unwrap();
        assert!(dropped > 0);
        assert_eq!(approval.outcome().await.unwrap(), mobile::Outcome::Approved);
    })
    .await;
}
