//! Two hundred desktops on one thread and a bare event loop (mio): `cargo run -p remote-auth --example event_loop`.
//!
//! One loop serves all: wait until a socket is ready or the earliest deadline has come, then give each desktop that it
//! concerns a turn. What blocks is elsewhere: a worker makes keys and wakes the loop, the phones are a thread of their own.
//! `desktop.rs` holds what one desktop does in its turn, `call.rs` an HTTP exchange.
//!
//! The keys here are fake, as two hundred RSA keys would take a minute to make; everything else is real.

mod call;
mod desktop;
#[path = "../support/mod.rs"]
mod support;

use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use mio::{Events, Poll, Token, Waker};
use remote_auth::core::desktop::login::{Input, KeyUnavailable, Outcome};
use remote_auth::crypto::{Backend as _, OsEntropy};
use remote_auth::proto::ScanUrl;
use support::{Clock, Failure, Host};

use desktop::{Desktop, World};

/// A token that no socket has.
const WORKER: Token = Token(usize::MAX);
/// How many events are taken at a time; the rest waits in the system.
const EVENTS: usize = 256;

/// Logs `count` desktops in at once, and tells how.
fn run(count: usize) -> Result<Vec<Outcome>, Failure> {
    let host = Host::start(Arc::new(ra_testkit::Fake), count)?;
    let mut poll = Poll::new()?;

    // a worker for keys; with real ones, as many as there are cores to spare, or keys made in advance
    let waker = Waker::new(poll.registry(), WORKER)?;
    let (need_key, wanted) = mpsc::sync_channel::<usize>(count);
    let (made, keys) = mpsc::sync_channel(count);
    thread::spawn(move || {
        for number in wanted {
            let key = ra_testkit::Fake.generate(&mut OsEntropy);
            if made
                .send((number, key.map_err(|_| KeyUnavailable)))
                .is_err()
                || waker.wake().is_err()
            {
                return; // nobody waits any more
            }
        }
    });

    // the phones' owners, who say yes one after the other
    let phones: Vec<_> = (0..count)
        .map(|number| host.phone(number))
        .collect::<Result<_, _>>()?;
    let (show, scanned) = mpsc::sync_channel::<(usize, ScanUrl)>(count);
    thread::spawn(move || {
        for (number, url) in scanned {
            let approved = support::approve(phones[number].clone(), &url);
            approved.map_or_else(|error| eprintln!("phone {number}: {error}"), drop);
        }
    });

    let clock = Clock::start();
    let world = World {
        registry: poll.registry().try_clone()?,
        clock,
        need_key,
        show,
    };
    let mut desktops = Vec::new();
    for number in 0..count {
        desktops.push(Desktop::new(number, host.desktop()?, clock.now()));
    }
    let mut events = Events::with_capacity(EVENTS);
    let mut turns: Vec<usize> = (0..count).collect();
    loop {
        for number in turns.drain(..) {
            desktops[number].turn(&world);
        }
        if desktops.iter().all(|desktop| desktop.end.is_some()) {
            break;
        }
        // a host with many thousands of logins keeps deadlines in a heap or a timer wheel
        let earliest = desktops.iter().filter_map(Desktop::due).min();
        let wait = earliest.map(|due| due.saturating_since(clock.now()));
        poll.poll(
            &mut events,
            wait.map(|wait| wait.max(Duration::from_millis(1))),
        )?;

        turns.extend(
            events
                .iter()
                .filter(|event| event.token() != WORKER)
                .map(|event| desktop::number(event.token())),
        );
        while let Ok((number, key)) = keys.try_recv() {
            desktops[number].handle(clock.now(), Input::Key(key));
            turns.push(number);
        }
        let now = clock.now();
        turns.extend(
            (0..count).filter(|number| desktops[*number].due().is_some_and(|due| due <= now)),
        );
        turns.sort_unstable();
        turns.dedup();
    }
    let ends = desktops.into_iter().filter_map(|desktop| desktop.end);
    Ok(ends.collect::<Result<_, _>>()?)
}

fn main() -> Result<(), Failure> {
    let clock = Clock::start();
    let outcomes = run(200)?;
    println!("{} desktops are in after {:?}", outcomes.len(), clock.now());
    Ok(())
}

#[test]
fn two_hundred_desktops_log_in_on_one_thread_each_with_its_own_token() -> Result<(), Failure> {
    let outcomes = run(200)?;
    assert_eq!(outcomes.len(), 200);
    for (number, outcome) in outcomes.iter().enumerate() {
        let Outcome::LoggedIn { token, user } = outcome else {
            return Err(format!("desktop {number}: {outcome:?}").into());
        };
        assert_eq!(token.expose(), format!("token-{number}"));
        assert_eq!(user.username, format!("user-{number}"));
    }
    Ok(())
}
