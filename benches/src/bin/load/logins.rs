//! Whole logins: at full speed, or one at a time with timing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

use crate::Failed;
use crate::arguments::Arguments;
use crate::desktop::{Desktop, expect, next, open, send, upgrade};
use crate::keys::Keys;
use crate::phone::Phone;

/// Runs one login after the other with key number `index`. Returns the times from the phone's scan to the desktop's
/// event.
pub(crate) async fn one_by_one(
    address: SocketAddr,
    keys: &Keys,
    index: u32,
    count: u32,
) -> Result<Vec<Duration>, Failed> {
    let mut key = keys.key(index)?;
    let mut phone = Phone::new(address, 0);
    let mut times = Vec::new();
    for login in 0..count {
        let mut desktop = Desktop::open(address, login, &mut *key).await?;
        let start = Instant::now();
        let event = async {
            let event = expect(&mut desktop.socket, "pending_ticket").await?;
            Ok::<_, Failed>((start.elapsed(), event))
        };
        let (scanned, event) = tokio::join!(phone.scan(&desktop.fingerprint), event);
        let (time, event) = event?;
        times.push(time);
        open(&mut *key, &event["encrypted_user_payload"])?;
        phone.approve(scanned?).await?;
        let ticket = expect(&mut desktop.socket, "pending_login").await?;
        let answer = phone.exchange(&ticket["ticket"]).await?;
        open(&mut *key, &answer["encrypted_token"])?;
    }
    Ok(times)
}

/// Runs all logins at full speed: desktops with a key each, and phones that scan every QR code. Returns the time of
/// each login.
pub(crate) async fn at_full_speed(
    address: SocketAddr,
    keys: &Keys,
    arguments: &Arguments,
) -> Result<Vec<Duration>, Failed> {
    let (show, shown) = mpsc::channel::<String>(arguments.desktops as usize);
    let shown = Arc::new(Mutex::new(shown));
    let mut phones = JoinSet::new();
    for index in 0..arguments.phones {
        phones.spawn(approve_all(Phone::new(address, index), Arc::clone(&shown)));
    }
    drop(shown);
    let left = Arc::new(AtomicU32::new(arguments.logins));
    let mut desktops = JoinSet::new();
    for index in 0..arguments.desktops {
        let (show, left) = (show.clone(), Arc::clone(&left));
        let mut key = keys.key(index)?;
        desktops.spawn(async move {
            let mut calls = Phone::new(address, 0);
            let mut times = Vec::new();
            while one_of(&left) {
                let start = Instant::now();
                let mut desktop = Desktop::open(address, index, &mut *key).await?;
                show.send(desktop.fingerprint).await?;
                let event = expect(&mut desktop.socket, "pending_ticket").await?;
                open(&mut *key, &event["encrypted_user_payload"])?;
                let ticket = expect(&mut desktop.socket, "pending_login").await?;
                let answer = calls.exchange(&ticket["ticket"]).await?;
                open(&mut *key, &answer["encrypted_token"])?;
                times.push(start.elapsed());
            }
            Ok(times)
        });
    }
    drop(show);
    let times = all(desktops).await?;
    // nobody shows anything any more
    while let Some(phone) = phones.join_next().await {
        phone??;
    }
    Ok(times)
}

async fn approve_all(
    mut phone: Phone,
    shown: Arc<Mutex<mpsc::Receiver<String>>>,
) -> Result<(), Failed> {
    loop {
        let Some(fingerprint) = shown.lock().await.recv().await else {
            return Ok(());
        };
        let scanned = phone.scan(&fingerprint).await?;
        phone.approve(scanned).await?;
    }
}

/// The same load at an echo server: as many connections, each with four frames of that size in each direction.
pub(crate) async fn at_the_echo_server(
    address: SocketAddr,
    arguments: &Arguments,
) -> Result<Vec<Duration>, Failed> {
    let left = Arc::new(AtomicU32::new(arguments.logins));
    let mut desktops = JoinSet::new();
    for index in 0..arguments.desktops {
        let left = Arc::clone(&left);
        desktops.spawn(async move {
            let mut times = Vec::new();
            while one_of(&left) {
                let start = Instant::now();
                let mut socket = upgrade(address, index).await?;
                for _ in 0..4 {
                    send(&mut socket, "-".repeat(300)).await?;
                    next(&mut socket).await?;
                }
                times.push(start.elapsed());
            }
            Ok(times)
        });
    }
    all(desktops).await
}

/// Times echoes, one after the other on one socket.
pub(crate) async fn echoes(address: SocketAddr, count: u32) -> Result<Vec<Duration>, Failed> {
    let mut socket = upgrade(address, 0).await?;
    let mut times = Vec::new();
    for _ in 0..count {
        let start = Instant::now();
        send(&mut socket, "-".repeat(300)).await?;
        next(&mut socket).await?;
        times.push(start.elapsed());
    }
    Ok(times)
}

fn one_of(left: &AtomicU32) -> bool {
    left.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1))
        .is_ok()
}

async fn all(
    mut desktops: JoinSet<Result<Vec<Duration>, Failed>>,
) -> Result<Vec<Duration>, Failed> {
    let mut times = Vec::new();
    while let Some(desktop) = desktops.join_next().await {
        times.extend(desktop??);
    }
    Ok(times)
}
