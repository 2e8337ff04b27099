//! Steps of the script: one byte each.

use ra_http::CaptchaSolution;
use ra_testkit::service::Canned;

use super::world::World;
use crate::script::Script;

/// Most events in a step that lets all go on by itself.
const MOST_EVENTS: usize = 24;

/// Takes one step. The highest bit of the byte selects the desktop or the phone.
pub(super) fn take(step: u8, script: &mut Script<'_>, world: &mut World) {
    let (d, p) = (usize::from(step >> 7), usize::from(step >> 7));
    match step % 26 {
        0 | 1 => go_on(world),
        2 => world.give_key(d),
        3 => world.connect(d, script.byte() % 4 == 1),
        // the next message, or one that overtakes others
        4 => world.carry_up(d, usize::from(script.byte() % 4)),
        5 => world.carry_down(d, usize::from(script.byte() % 4)),
        6 => world.answer(usize::from(script.byte()), false),
        7 => world.answer(usize::from(script.byte()), true),
        8 => {
            let byte = script.byte();
            world.reply(usize::from(byte & 0x7f), byte >> 7 != 0);
        }
        9 | 10 => {
            let account = usize::from(script.byte() % 2);
            if let Some(code) = world.code(script) {
                world.scan(p, account, code);
            }
        }
        11 | 12 => world.decide(p, script.byte()),
        13 | 14 => {
            world.parties.now = world.parties.now.saturating_add(script.wait());
            if step % 26 == 14 {
                world.tick();
            }
        }
        15 => {
            let now = world.parties.now;
            world.parties.now = now.max(world.parties.deadline().unwrap_or(now));
            world.tick();
        }
        16 => {
            // a clock runs backwards, at one desktop and one phone
            world.parties.tick_back(d, script.wait());
            world.settle("");
        }
        17 => meddle(world, d, script),
        18 => world.forge_down(d, script),
        19 => {
            // the last socket most often: it may be the adversary's own
            let back = u32::from(script.byte() % 4);
            let line = world.parties.service.opened().saturating_sub(back);
            if line > 0 {
                world.forge_up(line, script);
            }
        }
        20 => world.open_line(),
        21 => world.forge_call(script),
        22 => {
            let line = 1 + u32::from(script.byte());
            if line <= world.parties.service.opened() {
                world.cut(line, script.byte());
            }
        }
        23 => match script.byte() % 3 {
            0 | 1 => world.start_desktop(d),
            _ => world.restart_gateway(),
        },
        24 => world.parties.service.host.mishap = Some(mishap(script.byte())),
        _ => command(world, d, script.byte()),
    }
}

/// Everything on its way arrives, in order, and everything asked for is given.
fn go_on(world: &mut World) {
    for _ in 0..MOST_EVENTS {
        for d in 0..2 {
            world.give_key(d);
            world.connect(d, false);
            world.carry_up(d, 0);
            world.carry_down(d, 0);
        }
        world.answer(0, false);
        world.reply(0, false);
        if world.is_quiet() {
            return;
        }
    }
}

/// A message gets lost or comes twice, in either direction.
fn meddle(world: &mut World, d: usize, script: &mut Script<'_>) {
    if world.parties.desktops[d].line.is_none() {
        return;
    }
    let byte = script.byte();
    world.screens[d].is_meddled_with = true;
    let Some(line) = world.line_of(d) else { return };
    let way = if byte & 1 == 0 {
        &mut line.up
    } else {
        &mut line.down
    };
    if byte & 2 == 0 {
        way.pop_front();
    } else if let Some(wire) = way.front().cloned() {
        way.push_back(wire);
    }
}

/// Response of a busy, broken or lying service.
fn mishap(kind: u8) -> Canned {
    const LIES: &[u8] =
        br#"{"encrypted_token":"AAAA","handshake_token":"canary-made-up","token":"canary"}"#;
    let (status, body): (_, &[u8]) = match kind % 6 {
        0 => (429, br#"{"retry_after":0.5}"#),
        1 => (502, b"<html>canary"),
        2 => (302, b""),
        3 => (200, b"{}"),
        4 => (200, LIES),
        _ => (204, b""),
    };
    Canned {
        status,
        headers: &[],
        body,
    }
}

/// Carries out an action of the person at a desktop.
fn command(world: &mut World, d: usize, act: u8) {
    let solution = || CaptchaSolution::new("canary-solution");
    world.command_desktop(d, |login, now| {
        let _ = match act % 4 {
            0 => login.cancel(now),
            1 => login.give_up_captcha(now),
            _ => login.solve_captcha(now, solution()),
        };
    });
}
