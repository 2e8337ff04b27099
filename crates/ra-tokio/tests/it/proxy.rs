//! Proxies: HTTP `CONNECT` and SOCKS5, with and without credentials.

use std::net::SocketAddr;
use std::time::Duration;

use ra_core::desktop::login::ConnectRequest;
use ra_http::TransportErrorKind;
use ra_testkit::tls::Ca;
use ra_tokio::{Network, Proxies, Proxy, TlsConfig, WebSocket};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::support::{answering, bounded, deserted, http_proxy, listener, read_request, serve};
use crate::tls::{fetch, secure_service, trusting, upgrade};

const LONG: Duration = Duration::from_secs(20);

fn proxy(text: impl AsRef<str>) -> Option<Proxy> {
    Some(text.as_ref().parse().unwrap())
}

/// A SOCKS5 proxy that asks for a user and a password, leads everything to `target` and says what it was told.
async fn socks_proxy(target: SocketAddr) -> (SocketAddr, mpsc::Receiver<(String, String)>) {
    let (seen, requests) = mpsc::channel(4);
    let address = serve(move |mut stream| {
        let seen = seen.clone();
        async move {
            let mut greeting = [0; 3];
            stream.read_exact(&mut greeting).await.unwrap();
            assert_eq!(greeting, [5, 1, 2]);
            stream.write_all(&[5, 2]).await.unwrap();
            assert_eq!(stream.read_u8().await.unwrap(), 1);
            let credentials = format!(
                "{}:{}",
                counted(&mut stream).await,
                counted(&mut stream).await
            );
            stream.write_all(&[1, 0]).await.unwrap();
            let mut connect = [0; 4];
            stream.read_exact(&mut connect).await.unwrap();
            assert_eq!(connect, [5, 1, 0, 3], "a name, resolved by the proxy");
            let name = counted(&mut stream).await;
            let port = stream.read_u16().await.unwrap();
            seen.send((credentials, format!("{name}:{port}")))
                .await
                .unwrap();
            stream
                .write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
                .await
                .unwrap();
            let mut onward = TcpStream::connect(target).await.unwrap();
            let _ = copy_bidirectional(&mut stream, &mut onward).await;
        }
    })
    .await;
    (address, requests)
}

async fn counted(stream: &mut TcpStream) -> String {
    let mut text = vec![0; stream.read_u8().await.unwrap().into()];
    stream.read_exact(&mut text).await.unwrap();
    String::from_utf8(text).unwrap()
}

#[tokio::test]
async fn connect_leads_tls_to_a_host_that_only_the_proxy_knows() {
    let ca = Ca::new();
    let (address, mut requests) = http_proxy(secure_service(&ca, "gateway.invalid").await).await;
    let network = trusting(&ca, proxy(format!("http://me:secret@{address}")));
    assert_eq!(fetch(&network, "gateway.invalid", LONG).await.unwrap(), 200);
    let request = requests.recv().await.unwrap();
    assert!(
        request.starts_with("CONNECT gateway.invalid:443 HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(
        request.contains("Proxy-Authorization: Basic bWU6c2VjcmV0\r\n"),
        "{request}"
    );

    let (address, mut requests) = http_proxy(secure_service(&ca, "gateway.invalid").await).await;
    let network = trusting(&ca, proxy(format!("http://{address}")));
    assert_eq!(
        fetch(&network, "gateway.invalid:8443", LONG).await.unwrap(),
        200
    );
    let request = requests.recv().await.unwrap();
    assert!(
        request.starts_with("CONNECT gateway.invalid:8443 HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(!request.contains("Proxy-Authorization"));
}

#[tokio::test]
async fn socks5_leads_tls_to_a_host_that_only_the_proxy_knows() {
    let ca = Ca::new();
    let (address, mut requests) = socks_proxy(secure_service(&ca, "gateway.invalid").await).await;
    let network = trusting(&ca, proxy(format!("socks5://me:secret@{address}")));
    assert_eq!(fetch(&network, "gateway.invalid", LONG).await.unwrap(), 200);
    let expected = ("me:secret".to_owned(), "gateway.invalid:443".to_owned());
    assert_eq!(requests.recv().await.unwrap(), expected);
}

#[tokio::test]
async fn a_certificate_is_checked_through_a_proxy_too() {
    let (address, _requests) =
        http_proxy(secure_service(&Ca::new(), "gateway.invalid").await).await;
    let network = trusting(&Ca::new(), proxy(format!("http://{address}")));
    let error = fetch(&network, "gateway.invalid", LONG).await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Tls);
}

#[tokio::test]
async fn a_proxy_that_will_not_connect_says_so_and_shows_no_credentials() {
    for reply in [
        "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
        "HTTP/1.1 403 Forbidden\r\n\r\ncanary",
        "HTTP/1.1 502 Bad Gateway\r\nretry-after: 5\r\n\r\ncanary",
        "HTTP/1.1 200 Connected\r\nx-canary: no end of the hea",
        "HTTP/1.1 302 Found\r\nlocation: http://canary/\r\n\r\n",
        "canary",
        "",
    ] {
        let network = trusting(
            &Ca::new(),
            proxy(format!("http://me:canary@{}", answering(reply).await)),
        );
        let expected = match reply.contains("407") {
            true => TransportErrorKind::ProxyCredentials,
            false => TransportErrorKind::Proxy,
        };
        let kind = upgrade(&network, "wss://gateway.invalid/").await;
        assert_eq!(kind, expected, "{reply}");
        let error = fetch(&network, "gateway.invalid", LONG).await.unwrap_err();
        assert_eq!(error.kind(), expected, "{reply}");
        assert!(
            !format!("{error:?} {network:?}").contains("canary"),
            "{error:?}"
        );
    }
    let (other, wants) = (
        TransportErrorKind::Proxy,
        TransportErrorKind::ProxyCredentials,
    );
    for (reply, with_none, with_some) in [
        (&[5u8, 255][..], wants, wants),
        (&[5, 2, 1, 1], wants, wants),
        (&[5, 0, 5, 5, 0], other, wants),
        (&[4, 0], other, other),
        (b"HTTP/1.1 400\r\n\r\n", other, other),
    ] {
        let address = serve(move |mut stream| async move {
            let _ = stream.write_all(reply).await;
            let _ = stream.shutdown().await;
            crate::support::drain(&mut stream).await;
        })
        .await;
        for (credentials, expected) in [("", with_none), ("me:canary@", with_some)] {
            let network = trusting(
                &Ca::new(),
                proxy(format!("socks5://{credentials}{address}")),
            );
            let error = fetch(&network, "gateway.invalid", LONG).await.unwrap_err();
            assert_eq!(error.kind(), expected, "{reply:?}");
            assert!(
                !format!("{error:?} {network:?}").contains("canary"),
                "{error:?}"
            );
        }
    }
}

#[tokio::test]
async fn an_absent_or_silent_proxy_ends_the_call() {
    let network = trusting(&Ca::new(), proxy(format!("http://{}", deserted().await)));
    let error = fetch(&network, "gateway.invalid", LONG).await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Proxy);
    for scheme in ["http", "socks5"] {
        let network = trusting(
            &Ca::new(),
            proxy(format!("{scheme}://{}", crate::support::silent().await)),
        );
        let error = fetch(&network, "gateway.invalid", Duration::from_millis(50))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Timeout);
    }
}

#[tokio::test]
async fn r01_a_proxy_on_another_machine_is_passed_by_on_the_way_to_this_one() {
    let gateway = answering("HTTP/1.1 503 Busy\r\n\r\n").await;
    let elsewhere = Network::new(TlsConfig::default(), proxy("http://192.0.2.1:3128"));
    let request = ConnectRequest::new(format!("ws://{gateway}/"), "o", "u", LONG);
    let error = bounded(WebSocket::connect(&elsewhere, &request))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::upgrade(503, None));
}

#[tokio::test]
async fn a_proxy_on_this_machine_is_used_for_this_machine() {
    let gateway = answering("HTTP/1.1 503 Busy\r\n\r\n").await;
    let (address, mut requests) = http_proxy(gateway).await;
    let here = Network::new(
        TlsConfig::default(),
        proxy(format!("http://localhost:{}", address.port())),
    );
    let request = ConnectRequest::new("ws://127.0.0.1:1/".to_owned(), "o", "u", LONG);
    let error = bounded(WebSocket::connect(&here, &request))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::upgrade(503, None));
    assert!(
        requests
            .recv()
            .await
            .unwrap()
            .starts_with("CONNECT 127.0.0.1:1 ")
    );
}

#[tokio::test]
async fn r01_plaintext_to_another_machine_is_refused_with_a_proxy_as_well() {
    let (target, address) = listener().await;
    let network = Network::new(TlsConfig::default(), proxy(format!("socks5://{address}")));
    let request = ConnectRequest::new("ws://gateway.invalid/".to_owned(), "o", "u", LONG);
    let error = bounded(WebSocket::connect(&network, &request))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::NotAllowed);
    assert!(bounded(crate::support::is_untouched(target)).await);
}

#[tokio::test]
async fn a_proxy_that_connects_and_hangs_up_is_a_lost_connection() {
    let address = answering("HTTP/1.1 200 Connected\r\n\r\n").await;
    let network = trusting(&Ca::new(), proxy(format!("http://{address}")));
    let error = fetch(&network, "gateway.invalid", LONG).await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Lost);
    let kind = upgrade(&network, "wss://gateway.invalid/").await;
    assert_eq!(kind, TransportErrorKind::Lost);
}

#[tokio::test]
async fn a_proxy_cannot_fill_memory_with_its_answer() {
    let address = serve(|mut stream| async move {
        read_request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 Connected\r\nx: ").await;
        // until it is refused
        while stream.write_all(&[b'y'; 4096]).await.is_ok() {}
    })
    .await;
    let network = trusting(&Ca::new(), proxy(format!("http://{address}")));
    let error = fetch(&network, "gateway.invalid", LONG).await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Proxy);
}

#[tokio::test]
async fn a_proxy_may_have_an_ipv6_address() {
    let ca = Ca::new();
    let (behind, _requests) = http_proxy(secure_service(&ca, "gateway.invalid").await).await;
    let Ok(listener) = TcpListener::bind("[::1]:0").await else {
        println!("SKIPPED: this machine has no ::1");
        return;
    };
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut near, _) = listener.accept().await.unwrap();
        let mut far = TcpStream::connect(behind).await.unwrap();
        let _ = copy_bidirectional(&mut near, &mut far).await;
    });
    let network = trusting(&ca, proxy(format!("http://{address}")));
    assert_eq!(fetch(&network, "gateway.invalid", LONG).await.unwrap(), 200);
}

/// What the environment would say.
fn environment(variables: &[(&str, String)]) -> Proxies {
    Proxies::from_environment(|asked| {
        let found = variables.iter().find(|(name, _)| *name == asked);
        found.map(|(_, value)| value.into())
    })
    .unwrap()
}

#[tokio::test]
async fn the_environment_names_the_proxy_for_sockets_and_calls() {
    let ca = Ca::new();
    let (address, mut requests) = http_proxy(secure_service(&ca, "gateway.invalid").await).await;
    let network = trusting(
        &ca,
        environment(&[("HTTPS_PROXY", format!("http://me:secret@{address}"))]),
    );
    assert_eq!(fetch(&network, "gateway.invalid", LONG).await.unwrap(), 200);
    let refused = upgrade(&network, "wss://gateway.invalid/").await;
    assert_eq!(refused, TransportErrorKind::upgrade(503, None));
    for _ in 0..2 {
        let request = requests.recv().await.unwrap();
        assert!(request.contains("Basic bWU6c2VjcmV0"), "{request}");
    }
}

#[tokio::test]
async fn r01_what_the_environment_excludes_is_reached_directly() {
    let (proxy, address) = listener().await;
    let service = crate::tls::service().await;
    let network = Network::new(
        TlsConfig::default(),
        environment(&[
            ("ALL_PROXY", format!("socks5://{address}")),
            ("NO_PROXY", ".invalid".to_owned()),
        ]),
    );
    let url = format!("http://{service}/");
    assert_eq!(crate::tls::get(&network, &url, LONG).await.unwrap(), 200);
    let refused = upgrade(&network, &format!("ws://{service}/")).await;
    assert_eq!(refused, TransportErrorKind::upgrade(503, None));
    // there is no such host, and nobody was asked to find it
    let error = fetch(&network, "gateway.invalid", LONG).await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Resolve);
    assert!(bounded(crate::support::is_untouched(proxy)).await);
}

/// Runs itself again, as only a new process may have another environment.
#[test]
fn the_environment_of_the_process_is_read_where_that_is_asked_for() {
    const CHILD: &str = "RA_TEST_SAYS_ITS_NETWORK";
    const NAME: &str = "proxy::the_environment_of_the_process_is_read_where_that_is_asked_for";
    if std::env::var_os(CHILD).is_some() {
        let asked = Network::from_environment(TlsConfig::default());
        println!("{asked:?} {:?}", Network::new(TlsConfig::default(), None));
        return;
    }
    let says = |proxy: &str| {
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", NAME, "--nocapture"])
            .env(CHILD, "1")
            .env_remove("https_proxy")
            .env("HTTPS_PROXY", proxy)
            .output()
            .unwrap();
        String::from_utf8(child.stdout).unwrap()
    };
    let named = says("http://me:canary@proxy.example:3128");
    assert_eq!(named.matches("Proxy(http://proxy.example:3128)").count(), 1);
    assert!(!named.contains("canary"), "{named}");
    let refused = says("ftp://me:canary@proxy.example");
    assert!(refused.contains("HTTPS_PROXY") && refused.contains("Scheme"));
    assert!(!refused.contains("canary"), "{refused}");
}
