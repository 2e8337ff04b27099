//! Lua scripts: steps that Redis runs atomically.

use redis::{Cmd, cmd};

/// Delivers a verdict: publishes `message` to the node that has the session, and uses the handshake
/// token up if that node is there. With a ticket, its sealed token is stored first: if Redis has no
/// room for it, nothing changes.
///
/// Returns -1 if the stored handshake token changed or is gone, else the number of nodes that
/// received it.
const DECIDE: &str = "\
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return -1 end \
if KEYS[2] then redis.call('SET', KEYS[2], ARGV[4], 'PX', ARGV[5]) end \
local heard = redis.call('PUBLISH', ARGV[2], ARGV[3]) \
if heard > 0 then redis.call('DEL', KEYS[1]) \
elseif KEYS[2] then redis.call('DEL', KEYS[2]) end \
return heard";

/// Stores a handshake token and publishes it. If it cannot be stored, nothing is published.
const KEEP: &str = "\
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) \
return redis.call('PUBLISH', ARGV[3], ARGV[4])";

/// Stores a question for a second factor.
const ASK: &str = "\
redis.call('HSET', KEYS[1], 'b', ARGV[1], 'n', 0) \
redis.call('PEXPIRE', KEYS[1], ARGV[2]) \
return 1";

/// Counts an answer by ticket and by account. Returns 0 if this account has no such ticket or the
/// ticket has no tries left, 1 if the answer may be checked, and a negative number of milliseconds
/// if the account has to wait.
const COUNT: &str = "\
if redis.call('HGET', KEYS[1], 'b') ~= ARGV[1] then return 0 end \
if redis.call('HINCRBY', KEYS[1], 'n', 1) > tonumber(ARGV[2]) then return 0 end \
local n = redis.call('INCR', KEYS[2]) \
if n == 1 then redis.call('PEXPIRE', KEYS[2], ARGV[4]) end \
if n > tonumber(ARGV[3]) then return -math.max(1, redis.call('PTTL', KEYS[2])) end \
return 1";

/// Accepts a right answer: replaces the ticket by a token. Returns 0 if there is no such ticket.
const PASS: &str = "\
if redis.call('HGET', KEYS[1], 'b') ~= ARGV[1] then return 0 end \
redis.call('DEL', KEYS[1]) \
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3]) \
return 1";

/// An approval's ticket: its key, the sealed token, and how long it is kept.
pub(super) struct Granted<'a> {
    pub(super) key: &'a str,
    pub(super) sealed: &'a [u8],
    pub(super) millis: u64,
}

pub(super) fn decide(
    handshake: &str,
    record: &[u8],
    channel: &str,
    message: &[u8],
    granted: Option<Granted<'_>>,
) -> Cmd {
    let mut eval = cmd("EVAL");
    eval.arg(DECIDE);
    eval.arg(1 + usize::from(granted.is_some())).arg(handshake);
    if let Some(granted) = &granted {
        eval.arg(granted.key);
    }
    eval.arg(record).arg(channel).arg(message);
    if let Some(granted) = &granted {
        eval.arg(granted.sealed).arg(granted.millis);
    }
    eval
}

pub(super) fn keep(
    handshake: &str,
    record: &[u8],
    millis: u64,
    channel: &str,
    message: &[u8],
) -> Cmd {
    let mut eval = cmd("EVAL");
    eval.arg(KEEP).arg(1).arg(handshake);
    eval.arg(record).arg(millis).arg(channel).arg(message);
    eval
}

pub(super) fn ask(question: &str, bond: &[u8], millis: u64) -> Cmd {
    let mut eval = cmd("EVAL");
    eval.arg(ASK).arg(1).arg(question).arg(bond).arg(millis);
    eval
}

/// Limits for answers to a second factor, for each question and for each account.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tries {
    pub(super) by_ticket: u32,
    pub(super) by_account: u32,
    pub(super) window_millis: u64,
}

pub(super) fn count(question: &str, account: &str, bond: &[u8], tries: Tries) -> Cmd {
    let mut eval = cmd("EVAL");
    eval.arg(COUNT).arg(2).arg(question).arg(account).arg(bond);
    eval.arg(tries.by_ticket)
        .arg(tries.by_account)
        .arg(tries.window_millis);
    eval
}

pub(super) fn pass(
    question: &str,
    passed: &str,
    question_bond: &[u8],
    passed_bond: &[u8],
    millis: u64,
) -> Cmd {
    let mut eval = cmd("EVAL");
    eval.arg(PASS).arg(2).arg(question).arg(passed);
    eval.arg(question_bond).arg(passed_bond).arg(millis);
    eval
}
