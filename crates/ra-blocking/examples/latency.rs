//! Measures how long a cancellation from another thread takes, and what a login costs that only waits.
//!
//! `cargo run --release -p ra-blocking --example latency`
//!
//! A gateway on this machine that says nothing. Keys are fake: hundreds of logins that end before their key is made
//! would measure the making of keys. Linux only for the processor time.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a measurement stops when it fails

use std::io::Read as _;
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use ra_blocking::{Keys, Login, LoginOptions};
use ra_core::desktop::login::Outcome;

const ROUNDS: usize = 200;

fn main() {
    let upgraded = listening(true);
    let silent = listening(false);
    for (phase, address) in [("the upgrade", silent), ("a frame", upgraded)] {
        let mut took: Vec<Duration> = (0..ROUNDS).map(|_| cancel(address)).collect();
        took.sort();
        println!(
            "while waiting for {phase}: median {:?}, 99 % within {:?}, most {:?}",
            took[ROUNDS / 2],
            took[ROUNDS * 99 / 100],
            took[ROUNDS - 1]
        );
    }
    idle(upgraded);
}

/// Time that a waiting login takes to end.
fn cancel(address: SocketAddr) -> Duration {
    let login = login(address);
    let canceller = login.canceller();
    let waiting = std::thread::spawn(move || (login.outcome(), Instant::now()));
    std::thread::sleep(Duration::from_millis(20));
    let start = Instant::now();
    canceller.cancel();
    let (outcome, end) = waiting.join().unwrap();
    assert!(matches!(outcome, Ok(Outcome::Cancelled)));
    end - start
}

/// The processor time of this process while a login waits for ten seconds.
fn idle(address: SocketAddr) {
    let login = login(address);
    let canceller = login.canceller();
    let waiting = std::thread::spawn(move || login.outcome());
    std::thread::sleep(Duration::from_secs(1));
    let before = processor_time();
    std::thread::sleep(Duration::from_secs(10));
    println!(
        "ten seconds of waiting: {} ms of processor time",
        processor_time() - before
    );
    canceller.cancel();
    let _ = waiting.join().unwrap();
}

fn login(address: SocketAddr) -> Login {
    let mut options = LoginOptions::new(Keys::new(ra_testkit::Fake));
    options.config.gateway = format!("ws://{address}/").parse().unwrap();
    options.config.api = format!("http://{address}/").parse().unwrap();
    Login::start(options).unwrap()
}

/// A gateway that takes connections, upgrades them or not, and says nothing else.
fn listening(upgrades: bool) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || {
                let mut stream = stream.unwrap();
                if upgrades && let Ok(mut socket) = tungstenite::accept(&mut stream) {
                    while socket.read().is_ok() {}
                }
                while stream.read(&mut [0; 1024]).is_ok_and(|read| read > 0) {}
            });
        }
    });
    address
}

/// In milliseconds; the system counts in hundredths of a second.
fn processor_time() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split(' ');
    fields
        .skip(12)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum::<u64>()
        * 10
}
