//! A whole login without a socket: `cargo run -p remote-auth --example simulation`.
//!
//! Desktop, gateway and phone are three machines on one thread and one clock that jumps from one thing to the next. The
//! keys are real. Whatever a machine puts out goes onto the agenda (`world.rs`), due when the network would have brought it. As time
//! and randomness are arguments, the same seed gives the same run, every time: this is how the project tests itself, and
//! how an embedder can test what is around the machines.

mod world;

use std::collections::BTreeMap;
use std::error::Error;

use ra_testkit::SeededEntropy;
use remote_auth::core::desktop::login::{self, Input, Login, Outcome};
use remote_auth::core::{Jitter, MonoTime, gateway, mobile};

use world::World;

/// One login: what happened when, and how it ended.
fn run(seed: u64) -> Result<(Vec<String>, Outcome), Box<dyn Error>> {
    let mut config = login::Config::default();
    config.gateway = "ws://127.0.0.1:1/".parse()?; // nobody connects to it
    config.api = world::API.parse()?;
    let mut world = World {
        now: MonoTime::ZERO,
        agenda: BTreeMap::new(),
        entropy: SeededEntropy::new(seed),
        desktop: Login::new(config, Jitter::from_seed(seed), MonoTime::ZERO),
        gateway: None,
        phone: None,
        sealed_token: String::new(),
        timeline: Vec::new(),
        end: None,
    };
    loop {
        // carry out all that is said: each machine's outputs in order
        while let Some(output) = world.desktop.poll_output() {
            world.desktop(output)?;
        }
        while let Some(output) = (world.gateway.as_mut()).and_then(gateway::Session::poll_output) {
            world.gateway(output)?;
        }
        while let Some(output) = world.phone.as_mut().and_then(mobile::Session::poll_output) {
            world.phone(output)?;
        }
        if let Some(outcome) = world.end {
            return Ok((world.timeline, outcome));
        }
        go_on(&mut world)?;
    }
}

/// Jumps to what comes next, an entry of the agenda or a deadline, and tells whom it concerns.
fn go_on(world: &mut World) -> world::Done {
    let deadlines = [
        world.desktop.deadline(),
        world.gateway.as_ref().and_then(gateway::Session::deadline),
        world.phone.as_ref().and_then(mobile::Session::deadline),
    ];
    let deadline = deadlines.into_iter().flatten().map(|due| due.at).min();
    let entry = world.agenda.first_key_value();
    let entry = entry.map(|((at, _), _)| MonoTime::from_millis(*at));
    world.now = deadline
        .into_iter()
        .chain(entry)
        .min()
        .ok_or("nothing will ever happen")?;
    if entry == Some(world.now) {
        let due = world.agenda.pop_first();
        return due.map_or(Ok(()), |(_, due)| due(world));
    }
    // a tick that comes before a machine's deadline changes nothing, so all may have it
    world.desktop.handle(world.now, Input::Tick);
    if let Some(gateway) = &mut world.gateway {
        gateway.handle(world.now, gateway::Input::Tick, &mut world.entropy);
    }
    if let Some(phone) = &mut world.phone {
        phone.handle(world.now, mobile::Input::Tick);
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let (timeline, outcome) = run(1)?;
    for line in timeline {
        println!("{line}");
    }
    if let Outcome::LoggedIn { token, user } = outcome {
        let length = token.expose().len();
        println!("{} is in, the token has {length} characters", user.username);
    }
    Ok(())
}

#[test]
fn a_login_takes_the_same_course_every_time() -> Result<(), Box<dyn Error>> {
    let (timeline, outcome) = run(1)?;
    let Outcome::LoggedIn { token, user } = outcome else {
        return Err(format!("{outcome:?}").into());
    };
    assert_eq!(
        (token.expose(), user.username.as_str()),
        ("the-token-of-mary", "mary")
    );
    // two and a half seconds each for the scan and for the yes; the rest is the network and a key
    let last = timeline.last().map_or("", String::as_str);
    assert_eq!(last, "  5450 ms  desktop  is logged in");
    assert_eq!(run(1)?.0, timeline);
    Ok(())
}
