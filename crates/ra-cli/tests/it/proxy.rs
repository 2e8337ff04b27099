//! `ra login --proxy` through a proxy on loopback.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex};

use crate::support::fake;
use crate::support::{login_args, run};

/// The heads of the requests that a proxy received.
pub type Asked = Arc<Mutex<Vec<String>>>;

/// A proxy that connects to whatever it is asked for, and remembers what that was.
fn proxy() -> (String, Asked) {
    proxy_to(|target| Some(target.to_owned()))
}

/// A proxy that connects to where `lead` says.
pub fn proxy_to(lead: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> (String, Asked) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let remembers = asked.clone();
    let port = fake::listen(move |_, stream| {
        let mut reader = BufReader::new(stream.try_clone().expect("cloned"));
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).unwrap_or(0) == 0 {
                return;
            }
        }
        let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
        remembers.lock().unwrap().push(head);
        let Some(Ok(far)) = lead(&target).map(TcpStream::connect) else {
            return;
        };
        let mut near = stream;
        if near
            .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
            .is_err()
        {
            return;
        }
        let (mut from_far, mut to_near) = (
            far.try_clone().expect("cloned"),
            near.try_clone().expect("cloned"),
        );
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut from_far, &mut to_near);
            let _ = to_near.shutdown(Shutdown::Both);
        });
        let mut far = far;
        let _ = std::io::copy(&mut near, &mut far);
        let _ = far.shutdown(Shutdown::Both);
    });
    (format!("127.0.0.1:{port}"), asked)
}

#[test]
fn socket_and_calls_go_through_the_proxy() {
    let (gateway, key) = fake::gateway(|_, mut socket| {
        socket.well();
    });
    let api = fake::good_api(&key);
    let (address, asked) = proxy();
    let proxy = format!("http://me:canary-password@{address}");
    let ended = run(&login_args(&gateway, &api, &["--proxy", &proxy]));
    assert_eq!(ended.code, 0, "{ended:?}");
    ended.never_says("canary-password");
    let asked = asked.lock().unwrap();
    assert_eq!(asked.len(), 2, "{asked:?}");
    for (head, url) in asked.iter().zip([&gateway, &api]) {
        let target = url.split("//").nth(1).unwrap().split('/').next().unwrap();
        assert!(head.starts_with(&format!("CONNECT {target} ")), "{head}");
        assert!(
            head.to_ascii_lowercase()
                .contains("proxy-authorization: basic "),
            "{head}"
        );
    }
}

#[test]
fn a_proxy_that_is_not_there_is_a_network_failure() {
    let (gateway, _) = fake::gateway(|_, _| {});
    let proxy = "http://me:canary-password@127.0.0.1:9";
    let args = [
        "login",
        "--json",
        "--renew",
        "0",
        "--gateway",
        &gateway,
        "--proxy",
        proxy,
    ];
    let ended = run(&args);
    assert_eq!(ended.code, 7, "{ended:?}");
    assert_eq!(ended.error()["kind"], "network");
    ended.never_says("canary-password");
}

#[test]
fn a_proxy_that_wants_other_credentials_is_asked_once_and_named() {
    for (scheme, says) in [
        ("http", &b"HTTP/1.1 407 canary-words\r\n\r\n"[..]),
        ("socks5", b"\x05\x02\x01\x01"), // chooses user and password, refuses them
    ] {
        let asked = Arc::new(Mutex::new(0));
        let counts = asked.clone();
        let port = fake::listen(move |_, mut stream| {
            *counts.lock().unwrap() += 1;
            let _ = stream.write_all(says);
            let _ = stream.shutdown(Shutdown::Write);
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
        });
        let proxy = format!("{scheme}://me:canary-password@127.0.0.1:{port}");
        let ended = run(&["login", "--json", "--proxy", &proxy]);
        assert_eq!(ended.code, 7, "{scheme}: {ended:?}");
        let error = ended.error();
        assert_eq!(
            (&error["kind"], &error["retry"]),
            (&"network".into(), &"never".into())
        );
        let message = error["message"].as_str().unwrap();
        assert!(
            message.contains("the proxy wants credentials, or other ones"),
            "{message}"
        );
        assert_eq!(*asked.lock().unwrap(), 1, "{scheme}");
        ended.never_says("canary");
    }
}
