use ra_http::CaptchaSolution;

use super::world::{MOST_LINES, World};
use crate::script::Script;

/// How much happens in one step where all goes on by itself.
const MOST_EVENTS: usize = 24;

/// Takes one step. The upper bits of the byte say who.
pub(super) fn take(step: u8, script: &mut Script<'_>, world: &mut World) {
    let (d, p) = (usize::from(step >> 7), usize::from(step >> 7));
    match step % 26 {
        0 | 1 => go_on(world),
        2 => world.give_key(d),
        3 => world.connect(d, script.byte() % 4 == 1),
        4 => up(world, d, script),
        5 => down(world, d, script),
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
        13 => world.pass(script.wait()),
        14 => {
            world.pass(script.wait());
            world.tick();
        }
        15 => {
            world.pass_to_deadline();
            world.tick();
        }
        16 => back(world, d, script),
        17 => meddle(world, d, script),
        18 => world.forge_down(d, script),
        19 => {
            // the last line most often: it may be the rogue's own
            let back = usize::from(script.byte() % 4);
            if let Some(line) = world.lines.len().checked_sub(1 + back) {
                world.forge_up(line, script);
            }
        }
        20 => {
            if world.lines.len() < MOST_LINES {
                world.open_line(None);
            }
        }
        21 => world.forge_call(script),
        22 => {
            let line = usize::from(script.byte());
            if line < world.lines.len() {
                world.cut(line, script.byte());
            }
        }
        23 => restart(world, d, script.byte()),
        24 => world.host.mishap = Some(script.byte()),
        _ => command(world, d, script.byte()),
    }
}

/// Everything on its way arrives, in order, and everything asked for is given.
fn go_on(world: &mut World) {
    for _ in 0..MOST_EVENTS {
        for d in 0..2 {
            world.give_key(d);
            world.connect(d, false);
            if let Some(line) = world.desks[d].line {
                world.carry_up(line, 0);
            }
            world.carry_down(d, 0);
        }
        world.answer(0, false);
        world.reply(0, false);
        if world.is_quiet() {
            return;
        }
    }
}

/// A message of a desktop arrives: the next, or one that overtakes others.
fn up(world: &mut World, d: usize, script: &mut Script<'_>) {
    let at = usize::from(script.byte() % 4);
    if let Some(line) = world.desks[d].line {
        world.carry_up(line, at);
    }
}

fn down(world: &mut World, d: usize, script: &mut Script<'_>) {
    let at = usize::from(script.byte() % 4);
    world.carry_down(d, at);
}

/// A clock runs backwards, at one desktop and one phone.
fn back(world: &mut World, d: usize, script: &mut Script<'_>) {
    let by = script.wait();
    let outputs = world.desks[d].login.at(world.now).tick_back(by);
    world.heed_desk(d, outputs);
    world.phone_ticks_back(d, by);
}

/// A message gets lost or comes twice, in either direction.
fn meddle(world: &mut World, d: usize, script: &mut Script<'_>) {
    let Some(line) = world.desks[d].line else {
        return;
    };
    let byte = script.byte();
    world.desks[d].is_meddled_with = true;
    let line = &mut world.lines[line];
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

fn restart(world: &mut World, d: usize, who: u8) {
    match who % 3 {
        0 | 1 => world.restart_desk(d),
        _ => world.restart_gateway(),
    }
}

/// What the person at a desktop does.
fn command(world: &mut World, d: usize, deed: u8) {
    let solution = || CaptchaSolution::new("canary-solution");
    // not a wish that fits every moment: what is out of place is refused
    world.command_desk(d, |login, now| {
        let _ = match deed % 4 {
            0 => login.cancel(now),
            1 => login.give_up_captcha(now),
            _ => login.solve_captcha(now, solution()),
        };
    });
}
