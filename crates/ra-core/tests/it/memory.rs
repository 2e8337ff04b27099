//! Memory that a machine takes while it waits for a scan: its own size and its heap. A desktop's key and settings that
//! sessions share count apart.

use std::sync::Arc;

use allocation_counter::measure;
use ra_core::desktop::{self, login, session};
use ra_core::{Jitter, MonoTime, gateway};
use ra_crypto::SessionKey;
use ra_proto::ScanPrefix;
use ra_testkit::{Fake, FakeKey, SeededEntropy};

const OPENED: MonoTime = MonoTime::from_millis(1_000);
/// A whole interval later: one heartbeat has been due.
const LATER: MonoTime = MonoTime::from_millis(42_250);

/// Makes a value and counts the bytes that it holds: its own size and the heap that making it left allocated.
fn held<T>(make: impl FnOnce() -> T) -> (T, usize) {
    let mut made = None;
    let left = measure(|| made = Some(make()));
    let bytes = usize::try_from(left.bytes_current).unwrap();
    (made.unwrap(), size_of::<T>() + bytes)
}

fn gateway() -> gateway::Session {
    gateway::Session::new(Arc::default(), Arc::new(Fake), OPENED)
}

fn key() -> Box<dyn SessionKey> {
    Box::new(FakeKey::new(7))
}

/// Carries frames between a gateway and a desktop until neither has one; `desktop` hears one and answers with others.
fn talk(
    now: MonoTime,
    gateway: &mut gateway::Session,
    mut desktop: impl FnMut(Option<&str>) -> Vec<String>,
) {
    let mut entropy = SeededEntropy::new(1);
    let mut said = desktop(None);
    for _ in 0..100 {
        for frame in said.drain(..) {
            gateway.handle(now, gateway::Input::Text(&frame), &mut entropy);
        }
        let Some(output) = gateway.poll_output() else {
            return;
        };
        if let gateway::Output::Send(frame) = output {
            said = desktop(Some(frame.expose()));
        }
    }
    panic!("they never stop talking");
}

/// As many bytes as a prefix may have; half of them are host, so that its text is moved once while it is read.
fn longest_prefix() -> ScanPrefix {
    let prefix = format!("https://{}/{}/", "h".repeat(56), "p".repeat(62));
    assert_eq!(prefix.len(), 128);
    prefix.parse().unwrap()
}

/// A desktop's session and its gateway's: a code is shown, a heartbeat sent and acknowledged, all queues drained.
fn waiting_pair(
    key: Box<dyn SessionKey>,
    mut gateway: gateway::Session,
) -> (desktop::Session, gateway::Session) {
    let mut config = session::Config::default();
    config.scan_prefix = longest_prefix();
    let mut desktop = desktop::Session::new(config, key, Jitter::from_seed(3), OPENED);
    for now in [OPENED, LATER] {
        talk(now, &mut gateway, |frame| {
            desktop.handle(
                now,
                frame.map_or(session::Input::Tick, session::Input::Text),
            );
            let outputs = std::iter::from_fn(|| desktop.poll_output());
            let frames = outputs.filter_map(|output| match output {
                session::Output::Send(text) => Some(text.into_string()),
                _ => None,
            });
            frames.collect()
        });
    }
    assert_eq!(desktop.phase(), session::Phase::AwaitScan);
    assert_eq!(gateway.phase(), gateway::Phase::AwaitScan);
    (desktop, gateway)
}

#[test]
fn a_desktop_session_that_waits_for_a_scan_holds_512_bytes_at_most() {
    let key = key();
    let (session, bytes) = held(|| waiting_pair(key, gateway()).0);
    let own = size_of_val(&session);
    println!("desktop::Session: {bytes} bytes, {own} of them its own");
    assert!((own..=512).contains(&bytes), "{bytes} bytes");
}

#[test]
fn a_login_that_waits_for_a_scan_holds_512_bytes_at_most() {
    let mut config = login::Config::default();
    config.scan_prefix = longest_prefix();
    let (key, config) = (key(), Arc::new(config));
    let make = || {
        let mut gateway = gateway();
        let mut login = desktop::Login::new(config, Jitter::from_seed(3), OPENED);
        login.handle(OPENED, login::Input::Key(Ok(key)));
        login.handle(OPENED, login::Input::Connected);
        for now in [OPENED, LATER] {
            talk(now, &mut gateway, |frame| {
                login.handle(now, frame.map_or(login::Input::Tick, login::Input::text));
                let outputs = std::iter::from_fn(|| login.poll_output());
                let frames = outputs.filter_map(|output| match output {
                    login::Output::Send(text) => Some(text.into_string()),
                    _ => None,
                });
                frames.collect()
            });
        }
        login
    };
    let (login, bytes) = held(make);
    let waits = login::Phase::InSession(session::Phase::AwaitScan);
    assert_eq!(login.phase(), waits);
    let own = size_of_val(&login);
    println!("desktop::Login: {bytes} bytes, {own} of them its own");
    assert!((own..=512).contains(&bytes), "{bytes} bytes");
}

/// 294 of its bytes are the desktop's public key.
#[test]
fn a_gateway_session_that_waits_for_a_scan_holds_512_bytes_at_most() {
    let (config, backend) = (Arc::default(), Arc::new(Fake));
    let make = || gateway::Session::new(config, backend, OPENED);
    let (session, bytes) = held(|| waiting_pair(key(), make()).1);
    let own = size_of_val(&session);
    println!("gateway::Session: {bytes} bytes, {own} of them its own");
    assert!((own..=512).contains(&bytes), "{bytes} bytes");
}

#[test]
fn a_queue_that_was_flooded_and_drained_holds_nothing() {
    let mut gateway = gateway();
    let mut entropy = SeededEntropy::new(1);
    while gateway.poll_output().is_some() {}
    let left = measure(|| {
        for _ in 0..200 {
            let beat = gateway::Input::Text(r#"{"op":"heartbeat"}"#);
            gateway.handle(OPENED, beat, &mut entropy);
        }
        let drained = std::iter::from_fn(|| gateway.poll_output()).count();
        assert_eq!(drained, 200);
    });
    assert_eq!(left.bytes_current, 0);
}
