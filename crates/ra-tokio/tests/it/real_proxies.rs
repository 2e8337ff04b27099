//! Through proxies that others wrote: tinyproxy for `CONNECT`, microsocks for SOCKS5.

use std::net::SocketAddr;
use std::time::Duration;

use ra_core::desktop::login::Outcome;
use ra_http::TransportErrorKind;
use ra_testkit::real::{Program, microsocks, tinyproxy};
use ra_testkit::tls::{Ca, tls_end, tls_end_at};
use ra_tokio::{Login, Network, Proxy};

use crate::gateway::Service;
use crate::support::{bounded, deserted};
use crate::tls::{fetch, get, secure_service, service, trusting, upgrade};

const LONG: Duration = Duration::from_secs(20);
const CREDENTIALS: Option<(&str, &str)> = Some(("me", "canary-secret"));

fn url(scheme: &str, user_info: &str, proxy: &Program) -> Proxy {
    let address = proxy.address();
    format!("{scheme}://{user_info}{address}").parse().unwrap()
}

/// Each proxy that there is, with what leads through it.
fn proxies() -> Vec<(Program, Proxy)> {
    let mut proxies = Vec::new();
    for (credentials, user_info) in [(None, ""), (CREDENTIALS, "me:canary-secret@")] {
        for (scheme, program) in [
            ("http", tinyproxy(credentials, None)),
            ("socks5", microsocks(credentials)),
        ] {
            if let Some(program) = program {
                let proxy = url(scheme, user_info, &program);
                proxies.push((program, proxy));
            }
        }
    }
    proxies
}

#[tokio::test]
async fn sockets_and_calls_go_through_with_and_without_tls() {
    let ca = Ca::new();
    let (plain, secure) = (service().await, secure_service(&ca, "localhost").await);
    for (_program, proxy) in proxies() {
        let network = trusting(&ca, proxy);
        let localhost = format!("localhost:{}", secure.port());
        assert_eq!(fetch(&network, &localhost, LONG).await.unwrap(), 200);
        let refused = upgrade(&network, &format!("wss://{localhost}/")).await;
        assert_eq!(refused, busy(), "{network:?}");
        let status = get(&network, &format!("http://{plain}/"), LONG).await;
        assert_eq!(status.unwrap(), 200, "{network:?}");
        let refused = upgrade(&network, &format!("ws://{plain}/")).await;
        assert_eq!(refused, busy(), "{network:?}");
    }
}

#[tokio::test]
async fn addresses_of_both_families_are_reached_through_them() {
    let ca = Ca::new();
    let behind = service().await;
    for here in ["127.0.0.1", "::1"] {
        let identity = ca.issue(&[here]);
        let Some(end) = tls_end_at(here.parse().unwrap(), identity, behind) else {
            println!("SKIPPED: this machine has no {here}");
            continue;
        };
        for (_program, proxy) in proxies() {
            let network = trusting(&ca, proxy);
            let authority = end.address.to_string();
            let status = fetch(&network, &authority, LONG).await;
            assert_eq!(status.unwrap(), 200, "{network:?} {authority}");
            let refused = upgrade(&network, &format!("wss://{authority}/")).await;
            assert_eq!(refused, busy(), "{network:?} {authority}");
        }
    }
}

#[tokio::test]
async fn a_whole_login_goes_through() {
    for (_program, proxy) in proxies() {
        let ca = Ca::new();
        let service = Service::new().await;
        let mut options = service.options();
        let front = |behind: SocketAddr| tls_end(ca.issue(&["localhost"]), behind).address.port();
        let (sockets, rest) = (
            front(service.sockets.local_addr().unwrap()),
            front(service.rest.local_addr().unwrap()),
        );
        options.config.gateway = format!("wss://localhost:{sockets}").parse().unwrap();
        options.config.api = format!("https://localhost:{rest}/api/v9").parse().unwrap();
        options.network = trusting(&ca, proxy);
        let login = Login::start(options).unwrap();
        let (outcome, ()) = bounded(async {
            tokio::join!(login.outcome(), async {
                let mut gateway = service.accept().await;
                gateway.approve().await;
                service.answer("200 OK", &gateway.token_body()).await;
            })
        })
        .await;
        assert!(
            matches!(outcome, Ok(Outcome::LoggedIn { .. })),
            "{outcome:?}"
        );
    }
}

#[tokio::test]
async fn a_proxy_is_used_for_what_only_it_can_reach_and_says_if_it_cannot() {
    for (program, proxy) in proxies() {
        let network = trusting(&Ca::new(), proxy);
        // nobody listens there, and no such name exists
        for authority in [deserted().await.to_string(), "gateway.invalid".to_owned()] {
            fails(&network, &authority, TransportErrorKind::Proxy).await;
        }
        drop(program);
        fails(&network, "gateway.invalid", TransportErrorKind::Proxy).await;
    }
}

#[tokio::test]
async fn wrong_or_missing_credentials_and_forbidden_ports_are_the_proxys_refusal() {
    let service = service().await.to_string();
    for user_info in ["", "me:wrong@", "other:canary-secret@"] {
        for (scheme, program) in [
            ("http", tinyproxy(CREDENTIALS, None)),
            ("socks5", microsocks(CREDENTIALS)),
        ] {
            let Some(program) = program else { continue };
            let proxy = url(scheme, user_info, &program);
            let network = trusting(&Ca::new(), proxy);
            fails(&network, &service, TransportErrorKind::ProxyCredentials).await;
        }
    }
    if let Some(program) = tinyproxy(None, Some(443)) {
        let proxy = url("http", "", &program);
        fails(
            &trusting(&Ca::new(), proxy),
            &service,
            TransportErrorKind::Proxy,
        )
        .await;
    }
}

/// Calls and sockets fail because of the proxy, in words without credentials.
async fn fails(network: &Network, authority: &str, why: TransportErrorKind) {
    let error = fetch(network, authority, LONG).await.unwrap_err();
    assert_eq!(error.kind(), why, "{network:?}");
    assert!(
        !format!("{error:?} {network:?}").contains("canary"),
        "{error:?}"
    );
    let kind = upgrade(network, &format!("wss://{authority}/")).await;
    assert_eq!(kind, why, "{network:?}");
}

fn busy() -> TransportErrorKind {
    TransportErrorKind::upgrade(503, None)
}
