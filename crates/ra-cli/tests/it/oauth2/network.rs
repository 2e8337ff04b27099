//! `--ca-file` and proxies, for `ra oauth2` too.

use std::fs;

use ra_testkit::tls::{Ca, tls_end};

use super::service::Service;
use super::{CLIENT, SECRET, fails, object, run_with, text, token, words};
use crate::proxy::proxy_to;

/// Gets a token from this base URL.
fn get(base: &str, options: &[&str], variables: &[(&str, &str)]) -> crate::support::Ended {
    let args = [
        "client-credentials",
        "--client-id",
        CLIENT,
        "--scope",
        "identify",
        "--base",
        base,
    ];
    let variables = [&[("RA_CLIENT_SECRET", SECRET)], variables].concat();
    run_with(&[&args[..], options].concat(), &variables)
}

#[test]
fn the_options_of_the_network_and_the_environment_count() {
    let (ca, directory) = (Ca::new(), tempfile::tempdir().unwrap());
    let file = directory.path().join("ca.pem");
    fs::write(&file, ca.pem()).unwrap();
    let trusted = ["--ca-file", text(&file)];
    let service = Service::of(token());
    let behind = service.origin().split("//").nth(1).unwrap();
    let end = tls_end(
        ca.issue(&["localhost", "service.invalid"]),
        behind.parse().unwrap(),
    );

    let here = format!("https://localhost:{}", end.address.port());
    assert_eq!(object(&get(&here, &trusted, &[])), token());
    fails(&get(&here, &[], &[]), 7);

    let there = end.address.to_string();
    let (address, asked) =
        proxy_to(move |target| (target == "service.invalid:443").then(|| there.clone()));
    let proxy = format!("http://me:canary-password@{address}");
    let named = [&trusted[..], &["--proxy", &proxy]].concat();
    let none = [&trusted[..], &["--proxy", "none"]].concat();
    let environment = [("HTTPS_PROXY", proxy.as_str())];
    let base = "https://service.invalid";
    assert_eq!(object(&get(base, &named, &[])), token());
    assert_eq!(object(&get(base, &trusted, &environment)), token());
    assert_eq!(asked.lock().unwrap().len(), 2);
    let ended = get(base, &none, &environment);
    fails(&ended, 7);
    ended.never_says("canary-password");
    assert_eq!(asked.lock().unwrap().len(), 2);
}

#[test]
fn a_network_that_makes_no_sense_matters_to_those_who_use_it_only() {
    let variables = [("HTTPS_PROXY", "ftp://canary")];
    let ended = get("http://127.0.0.1:9", &[], &variables);
    fails(&ended, 2);
    ended.never_says("canary");
    let line = format!("authorize-url --client-id {CLIENT} --scope identify");
    let url = words(&line);
    assert_eq!(run_with(&url, &variables).code, 0);
}
