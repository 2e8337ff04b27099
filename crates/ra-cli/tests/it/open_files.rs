//! `ra gateway` and how many files it may have open.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::{PATIENCE, Ra};

/// More often than a gateway that makes room refuses the next in line.
const MOST_ASKS: usize = 100;

/// A gateway that may have so many files open, by an option of `ulimit`; and where it listens.
fn limited(ulimit: &str) -> (Ra, String) {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &format!("ulimit {ulimit}; exec \"$0\" \"$@\"")])
        .arg(env!("CARGO_BIN_EXE_ra"))
        .args(["gateway", "--listen", "127.0.0.1:0"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut gateway = Ra::spawn(&mut shell);
    let first: Value = serde_json::from_str(&gateway.line()).unwrap();
    let address = first["listening"].as_str().unwrap().to_owned();
    (gateway, address)
}

/// Ends it and returns its diagnostics.
fn told(gateway: Ra) -> String {
    gateway.terminate();
    let ended = gateway.end();
    assert_eq!(ended.code, 0, "{ended:?}");
    ended.stderr
}

fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// The whole answer to a `GET`.
fn get(address: &str, path: &str) -> String {
    let mut stream = connect(address);
    let request = format!("GET {path} HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn r55_a_process_that_may_have_more_files_open_allows_itself_that() {
    let (gateway, address) = limited("-S -n 300");
    assert!(get(&address, "/readyz").starts_with("HTTP/1.1 200 "));
    let told = told(gateway);
    let raised = told.lines().find(|line| line.contains("files open now"));
    let raised = raised.unwrap_or_else(|| panic!("{told}"));
    assert!(raised.ends_with(", and had 300 before"), "{raised}");
}

#[test]
fn r55_connections_that_there_are_no_files_for_are_not_promised() {
    let (gateway, address) = limited("-n 400");
    // more than it can have: the first ones make room for the last
    let mut held: Vec<TcpStream> = (0..300).map(|_| connect(&address)).collect();
    // a newcomer is refused while the one that makes room for it is not yet gone
    let is_answered = |path: &str, begins: &str, ends: &str| {
        (0..MOST_ASKS).any(|_| {
            let answer = get(&address, path);
            answer.starts_with(begins) && answer.ends_with(ends)
        })
    };
    assert!(is_answered("/healthz", "HTTP/1.1 200 ", ""));
    let full = "{\"ready\":false,\"reason\":\"connections\"}";
    assert!(is_answered("/readyz", "HTTP/1.1 503 ", full));
    let mut first = Vec::new();
    assert_eq!(held[0].read_to_end(&mut first).unwrap(), 0, "closed");
    drop(held);
    let told = told(gateway);
    let short = "limits.connections is 65536, which takes 65712 open files, and this process may have 400 \
        (ulimit -n, LimitNOFILE): it takes 224 connections";
    assert!(told.contains(short), "{told}");
}

#[test]
fn r55_too_few_files_for_a_single_login_are_no_gateway() {
    // 176 that it needs beside its connections, and room for three of these
    for check in [true, false] {
        let mut shell = Command::new("sh");
        shell
            .args(["-c", "ulimit -n 179; exec \"$0\" \"$@\""])
            .arg(env!("CARGO_BIN_EXE_ra"))
            .args(["gateway", "--listen", "127.0.0.1:0"])
            .args(check.then_some("--check-config"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let ended = Ra::spawn(&mut shell).end();
        assert_eq!(ended.code, 8, "{ended:?}");
        let why = "too few open files for a single login: limits.connections is 65536, ";
        assert!(ended.stderr.contains(why), "{ended:?}");
        assert!(!ended.stderr.contains("is good"), "{ended:?}");
    }
}
