//! The desktop's driver: logins that go as they should.

use std::future::pending;
use std::sync::Arc;

use futures_util::StreamExt as _;
use ra_core::Misuse;
use ra_core::desktop::login::{Event, LoginErrorKind, Outcome, Phase, RenewReason, Renewal};
use ra_http::CaptchaSolution;
use ra_testkit::Fake;
use ra_tokio::{Dialer, Dialing, KeyPool, Keys, Login, Network};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Notify;

use crate::gateway::{Service, TICKET, TOKEN};
use crate::support::bounded;

const CAPTCHA: &str = r#"{"captcha_key":["captcha-required"],"captcha_service":"hcaptcha",
    "captcha_sitekey":"site","captcha_rqtoken":"rq","captcha_session_id":"sid"}"#;

/// Runs a login and tells its events by name.
async fn events(login: &mut Login) -> Vec<&'static str> {
    let mut names = Vec::new();
    while let Some(event) = login.next_event().await {
        names.push(name(&event));
    }
    names
}

fn name(event: &Event) -> &'static str {
    match event {
        Event::Qr { .. } => "qr",
        Event::User(_) => "user",
        Event::Captcha(_) => "captcha",
        Event::Renewing { .. } => "renewing",
        _ => "unknown",
    }
}

#[tokio::test]
async fn r30_a_login_ends_with_the_token() {
    bounded(async {
        let service = Service::new().await;
        let mut options = service.options();
        options.config.user_agent = "tester/1".to_owned();
        let mut login = Login::start(options).unwrap();
        let (events, request) = tokio::join!(events(&mut login), async {
            let mut gateway = service.accept().await;
            gateway.approve().await;
            service.answer("200 OK", &gateway.token_body()).await
        });
        assert_eq!(events, ["qr", "user"]);
        assert!(request.starts_with("POST /api/v9/users/@me/remote-auth/login HTTP/1.1\r\n"));
        assert!(request.contains("\r\nuser-agent: tester/1\r\n"));
        assert!(request.ends_with(&format!("{{\"ticket\":\"{TICKET}\"}}")));
        assert_eq!(login.phase(), Phase::Ended);
        assert_eq!(login.next_event().await.map(|event| name(&event)), None);
        assert_eq!(login.cancel(), Err(Misuse::Ended));
        let Outcome::LoggedIn { token, user } = login.outcome().await.unwrap() else {
            panic!("no token")
        };
        assert_eq!(
            (token.expose(), user.id, user.username.as_str()),
            (TOKEN, 81, "mary")
        );
    })
    .await;
}

#[tokio::test]
async fn outcome_alone_runs_the_whole_login() {
    bounded(async {
        let service = Service::new().await;
        let (outcome, ()) = tokio::join!(service.login().outcome(), async {
            let mut gateway = service.accept().await;
            gateway.approve().await;
            service.answer("200 OK", &gateway.token_body()).await;
        });
        assert!(matches!(outcome, Ok(Outcome::LoggedIn { .. })));
    })
    .await;
}

#[tokio::test]
async fn r14_a_refusal_by_the_person_is_an_outcome() {
    bounded(async {
        let service = Service::new().await;
        let (outcome, code) = tokio::join!(service.login().outcome(), async {
            let mut gateway = service.accept().await;
            gateway.handshake().await;
            gateway.scan().await;
            gateway.say(ra_proto::frame::GatewayFrame::Cancel).await;
            gateway.closed().await
        });
        assert!(matches!(outcome, Ok(Outcome::Declined)));
        assert_eq!(code, Some(1000));
    })
    .await;
}

#[tokio::test]
async fn a_caller_may_cancel_between_events() {
    bounded(async {
        let service = Service::new().await;
        let mut login = service.login();
        let ((), code) = tokio::join!(
            async {
                assert_eq!(
                    login.next_event().await.map(|event| name(&event)),
                    Some("qr")
                );
                login.cancel().unwrap();
                assert!(login.next_event().await.is_none());
            },
            async {
                let mut gateway = service.accept().await;
                gateway.handshake().await;
                gateway.closed().await
            }
        );
        assert_eq!(code, Some(1000));
        assert!(matches!(login.outcome().await, Ok(Outcome::Cancelled)));
    })
    .await;
}

#[tokio::test]
async fn a_login_can_be_cancelled_before_it_was_ever_polled() {
    let service = Service::new().await;
    let mut login = service.login();
    login.cancel().unwrap();
    assert!(matches!(
        bounded(login.outcome()).await,
        Ok(Outcome::Cancelled)
    ));
}

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
        let mut options = Service::new().await.options();
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

/// Every await dropped and taken up again, frames arriving byte by byte.
#[tokio::test]
async fn dropped_reads_lose_nothing() {
    bounded(async {
        let service = Service::new().await;
        let mut login = Login::start(service.options_byte_by_byte().await).unwrap();
        let ((events, dropped), ()) = tokio::join!(
            async {
                let (mut events, mut dropped) = (Vec::new(), 0);
                loop {
                    tokio::select! {
                        biased;
                        event = login.next_event() => match event {
                            Some(event) => events.push(name(&event)),
                            None => break (events, dropped),
                        },
                        () = tokio::task::yield_now() => dropped += 1,
                    }
                }
            },
            async {
                let mut gateway = service.accept().await;
                gateway.approve().await;
                service.answer("200 OK", &gateway.token_body()).await;
            }
        );
        assert_eq!(events, ["qr", "user"]);
        assert!(dropped > 20, "reads were dropped {dropped} times");
        assert!(matches!(
            login.outcome().await,
            Ok(Outcome::LoggedIn { .. })
        ));
    })
    .await;
}

#[tokio::test]
async fn r31_a_captcha_is_solved_by_the_person_and_the_exchange_goes_on() {
    bounded(async {
        let service = Service::new().await;
        let mut login = service.login();
        let (events, request) = tokio::join!(
            async {
                let mut names = Vec::new();
                while let Some(event) = login.next_event().await {
                    names.push(name(&event));
                    if let Event::Captcha(challenge) = event {
                        assert_eq!(challenge.sitekey.as_deref(), Some("site"));
                        login.solve_captcha(CaptchaSolution::new("solved")).unwrap();
                    } else {
                        let early = login.solve_captcha(CaptchaSolution::new("early"));
                        assert_eq!(early, Err(Misuse::NoCaptcha));
                    }
                }
                names
            },
            async {
                let mut gateway = service.accept().await;
                gateway.approve().await;
                let first = service.answer("400 Bad Request", CAPTCHA).await;
                assert!(!first.contains("x-captcha-key"));
                service.answer("200 OK", &gateway.token_body()).await
            }
        );
        assert_eq!(events, ["qr", "user", "captcha"]);
        for header in [
            "x-captcha-key: solved",
            "x-captcha-rqtoken: rq",
            "x-captcha-session-id: sid",
        ] {
            assert!(request.contains(&format!("\r\n{header}\r\n")), "{header}");
        }
        assert!(matches!(
            login.outcome().await,
            Ok(Outcome::LoggedIn { .. })
        ));
    })
    .await;
}

#[tokio::test]
async fn r31_a_captcha_that_nobody_solves_ends_the_login() {
    bounded(async {
        let service = Service::new().await;
        let mut login = service.login();
        tokio::join!(
            async {
                while let Some(event) = login.next_event().await {
                    if let Event::Captcha(_) = event {
                        login.give_up_captcha().unwrap();
                    }
                }
            },
            async {
                service.accept().await.approve().await;
                service.answer("400 Bad Request", CAPTCHA).await;
            }
        );
        assert_eq!(
            login.outcome().await.unwrap_err().kind(),
            LoginErrorKind::Captcha
        );
    })
    .await;
}

#[tokio::test]
async fn r21_an_expired_code_is_renewed_with_another_key() {
    bounded(async {
        let service = Service::new().await;
        let mut options = service.options();
        options.config.renewal = Renewal::Limit(1);
        options.keys = KeyPool::start(std::sync::Arc::new(Fake), 2).unwrap().into();
        let login = Login::start(options).unwrap();
        let (events, ()) = tokio::join!(login.collect::<Vec<_>>(), async {
            let mut gateway = service.accept().await;
            gateway.handshake().await;
            gateway.close(4003).await;
            let mut gateway = service.accept().await;
            gateway.approve().await;
            service.answer("200 OK", &gateway.token_body()).await;
        });
        let names: Vec<_> = events.iter().map(name).collect();
        assert_eq!(names, ["qr", "renewing", "qr", "user"]);
        let (Event::Qr { url: first, .. }, Event::Qr { url: second, .. }) =
            (&events[0], &events[2])
        else {
            panic!("two codes")
        };
        assert_ne!(first, second);
        assert!(matches!(
            &events[1],
            Event::Renewing {
                reason: RenewReason::Expired,
                ..
            }
        ));
    })
    .await;
}

#[tokio::test]
async fn a_login_with_real_keys() {
    bounded(async {
        let service = Service::new().await;
        let mut options = service.options();
        options.keys = Keys::new(ra_crypto::RustCrypto);
        let login = Login::start(options).unwrap();
        let (outcome, init) = tokio::join!(login.outcome(), async {
            let mut gateway = service.accept().await;
            gateway.hello().await;
            let init = gateway.hear().await;
            gateway.close(4001).await;
            // refused before the proof: nothing to try again with
            init
        });
        assert!(outcome.is_err());
        let Ok(ra_proto::frame::DesktopFrame::Init { encoded_public_key }) =
            ra_proto::frame::DesktopFrame::decode(&init)
        else {
            panic!("no init")
        };
        let spki = ra_proto::base64::decode(&encoded_public_key).unwrap();
        ra_crypto::check_public_key(&spki).unwrap();
    })
    .await;
}

/// Thousands of frames in one read must not keep the thread from everybody else.
#[tokio::test]
async fn a_flood_of_frames_leaves_others_their_turn() {
    bounded(async {
        let service = Service::new().await;
        let mut login = service.login();
        let (_, mut gateway) = tokio::join!(login.next_event(), async {
            let mut gateway = service.accept().await;
            gateway.handshake().await;
            gateway
        });
        let frame = [&[0x81, 10][..], br#"{"op":"x"}"#].concat();
        gateway
            .socket
            .get_mut()
            .write_all(&frame.repeat(3000))
            .await
            .unwrap();
        gateway.scan().await;
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
