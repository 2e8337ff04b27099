//! Threads end with what they work for. The count is that of a process of its own, where no other test runs.
#![cfg(target_os = "linux")]

use std::process::Command;
use std::sync::Arc;
use std::thread;

use crate::adapter::options;
use ra_blocking::{KeyPool, Login};
use ra_testkit::Fake;
use ra_testkit::parity::gateway::Service;

use ra_testkit::parity::peers::{accept, read_request, watchdog};

#[test]
fn threads_end_with_their_login() {
    let _watchdog = watchdog();
    let own = std::env::current_exe().unwrap();
    let alone = Command::new(own)
        .args(["threads::alone", "--exact", "--ignored", "--test-threads=1"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&alone.stdout);
    assert!(
        alone.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

/// The names of this process's threads, those of the adapter alone.
fn ours() -> Vec<String> {
    let mut names = Vec::new();
    for task in std::fs::read_dir("/proc/self/task").unwrap().flatten() {
        // one that has ended meanwhile has no name any more
        if let Ok(name) = std::fs::read_to_string(task.path().join("comm"))
            && name.starts_with("ra-")
        {
            names.push(name.trim().to_owned());
        }
    }
    names.sort();
    names
}

/// Waits until this many threads of the adapter are there; the watchdog bounds it.
fn wait_for(expected: &[&str]) {
    while ours() != expected {
        thread::yield_now();
    }
}

#[test]
#[ignore = "counts threads: started by the test above in a process of its own"]
fn alone() {
    let _watchdog = watchdog();
    assert_eq!(ours(), [""; 0]);

    // a login that goes to its end, and is not dropped yet
    let service = Service::new();
    let mut login = Login::start(options(service.options())).unwrap();
    let gateway = thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.approve();
        service.answer("200 OK", &gateway.token_body());
    });
    assert_eq!((&mut login).count(), 2);
    gateway.join().unwrap();
    wait_for(&[]);
    drop(login);

    // one that is dropped while it waits for a frame: one thread waits for it, and no other
    let service = Service::new();
    let mut login = Login::start(options(service.options())).unwrap();
    let gateway = thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.handshake();
        gateway
    });
    login.next_event().unwrap();
    let mut gateway = gateway.join().unwrap();
    wait_for(&["ra-socket"]);
    drop(login);
    wait_for(&[]);
    assert_eq!(gateway.closed(), None);

    // one that is cancelled while its call is not answered
    let service = Service::new();
    let mut login = Login::start(options(service.options())).unwrap();
    let canceller = login.canceller();
    let gateway = thread::spawn(move || {
        service.accept().approve();
        let mut stream = accept(&service.rest);
        read_request(&mut stream);
        wait_for(&["ra-call"]);
        canceller.cancel();
        stream
    });
    assert_eq!((&mut login).count(), 2);
    wait_for(&[]);
    drop(gateway.join().unwrap());

    // one that is dropped while its socket is being opened, its events never asked for again
    let service = Service::new();
    let mut login = Login::start(options(service.options())).unwrap();
    let canceller = login.canceller();
    let opening = thread::spawn(move || {
        let mut stream = accept(&service.sockets);
        read_request(&mut stream);
        wait_for(&["ra-socket"]);
        canceller.cancel();
        stream
    });
    assert!(login.next_event().is_none());
    drop(login);
    wait_for(&[]);
    drop(opening.join().unwrap());

    // one that was never asked for an event has none at all
    let service = Service::new();
    let login = Login::start(options(service.options())).unwrap();
    assert_eq!(ours(), [""; 0]);
    drop(login);

    // a pool keeps its workers until its last clone goes
    let pool = KeyPool::start(Arc::new(Fake), 1).unwrap();
    let clone = pool.clone();
    drop(pool);
    wait_for(&["ra-keys"]);
    drop(clone);
    wait_for(&[]);
}
