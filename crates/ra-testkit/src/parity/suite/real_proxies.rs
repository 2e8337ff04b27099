//! Through proxies that others wrote: tinyproxy for `CONNECT`, microsocks for SOCKS5.

use std::net::TcpListener;

use ra_carrier::Network;
use ra_core::desktop::login::Outcome;
use ra_http::{Proxy, TransportErrorKind};

use super::tls::{fetch, get, secure_service, service, trusting, upgrade};
use crate::parity::gateway::Service;
use crate::parity::peers::{LONG, deserted};
use crate::parity::{Operations, RunningLogin};
use crate::real::{Program, microsocks, tinyproxy};
use crate::tls::{Ca, tls_end, tls_end_at};

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

pub fn sockets_and_calls_go_through_with_and_without_tls<A: Operations>(adapter: A) {
    let ca = Ca::new();
    let (plain, secure) = (service(), secure_service(&ca, "localhost"));
    for (_program, proxy) in proxies() {
        let network = trusting(&ca, proxy);
        let localhost = format!("localhost:{}", secure.port());
        assert_eq!(fetch(adapter, &network, &localhost, LONG).unwrap(), 200);
        let refused = upgrade(adapter, &network, &format!("wss://{localhost}/"));
        assert_eq!(refused, busy(), "{network:?}");
        let status = get(adapter, &network, &format!("http://{plain}/"), LONG);
        assert_eq!(status.unwrap(), 200, "{network:?}");
        let refused = upgrade(adapter, &network, &format!("ws://{plain}/"));
        assert_eq!(refused, busy(), "{network:?}");
    }
}

pub fn addresses_of_both_families_are_reached_through_them<A: Operations>(adapter: A) {
    let ca = Ca::new();
    let behind = service();
    for here in ["127.0.0.1", "::1"] {
        let identity = ca.issue(&[here]);
        let Some(end) = tls_end_at(here.parse().unwrap(), identity, behind) else {
            println!("SKIPPED: this machine has no {here}");
            continue;
        };
        for (_program, proxy) in proxies() {
            let network = trusting(&ca, proxy);
            let authority = end.address.to_string();
            let status = fetch(adapter, &network, &authority, LONG);
            assert_eq!(status.unwrap(), 200, "{network:?} {authority}");
            let refused = upgrade(adapter, &network, &format!("wss://{authority}/"));
            assert_eq!(refused, busy(), "{network:?} {authority}");
        }
    }
}

pub fn a_whole_login_goes_through<A: Operations>(adapter: A) {
    for (_program, proxy) in proxies() {
        let ca = Ca::new();
        let service = Service::new();
        let mut options = service.options();
        let front = |behind: &TcpListener| {
            let behind = behind.local_addr().unwrap();
            tls_end(ca.issue(&["localhost"]), behind).address.port()
        };
        let (sockets, rest) = (front(&service.sockets), front(&service.rest));
        options.config.gateway = format!("wss://localhost:{sockets}").parse().unwrap();
        options.config.api = format!("https://localhost:{rest}/api/v9").parse().unwrap();
        options.network = trusting(&ca, proxy);
        let login = adapter.start_login(options).unwrap();
        let gateway = std::thread::spawn(move || {
            let mut gateway = service.accept();
            gateway.approve();
            service.answer("200 OK", &gateway.token_body());
        });
        let outcome = login.outcome();
        assert!(
            matches!(outcome, Ok(Outcome::LoggedIn { .. })),
            "{outcome:?}"
        );
        gateway.join().unwrap();
    }
}

pub fn a_proxy_is_used_for_what_only_it_can_reach_and_says_if_it_cannot<A: Operations>(adapter: A) {
    for (program, proxy) in proxies() {
        let network = trusting(&Ca::new(), proxy);
        // nobody listens there, and no such name exists
        for authority in [deserted().to_string(), "gateway.invalid".to_owned()] {
            fails(adapter, &network, &authority, TransportErrorKind::Proxy);
        }
        drop(program);
        fails(
            adapter,
            &network,
            "gateway.invalid",
            TransportErrorKind::Proxy,
        );
    }
}

pub fn wrong_or_missing_credentials_and_forbidden_ports_are_the_proxys_refusal<A: Operations>(
    adapter: A,
) {
    let service = service().to_string();
    for user_info in ["", "me:wrong@", "other:canary-secret@"] {
        for (scheme, program) in [
            ("http", tinyproxy(CREDENTIALS, None)),
            ("socks5", microsocks(CREDENTIALS)),
        ] {
            let Some(program) = program else { continue };
            let proxy = url(scheme, user_info, &program);
            let network = trusting(&Ca::new(), proxy);
            fails(
                adapter,
                &network,
                &service,
                TransportErrorKind::ProxyCredentials,
            );
        }
    }
    if let Some(program) = tinyproxy(None, Some(443)) {
        let proxy = url("http", "", &program);
        fails(
            adapter,
            &trusting(&Ca::new(), proxy),
            &service,
            TransportErrorKind::Proxy,
        );
    }
}

/// Calls and sockets fail because of the proxy, in words without credentials.
fn fails<A: Operations>(adapter: A, network: &Network, authority: &str, why: TransportErrorKind) {
    let error = fetch(adapter, network, authority, LONG).unwrap_err();
    assert_eq!(error.kind(), why, "{network:?}");
    let shown = format!("{error:?} {network:?}");
    assert!(!shown.contains("canary"), "{shown}");
    let kind = upgrade(adapter, network, &format!("wss://{authority}/"));
    assert_eq!(kind, why, "{network:?}");
}

fn busy() -> TransportErrorKind {
    TransportErrorKind::upgrade(503, None)
}
