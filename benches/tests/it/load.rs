//! The load generator at a small size, against the `ra` that was built beside it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

/// `cargo test --workspace` builds it; `cargo test -p ra-benches` alone does not.
fn gateway() -> Option<PathBuf> {
    let program = Path::new(env!("CARGO_BIN_EXE_ra-load")).with_file_name("ra");
    if program.is_file() {
        return Some(program);
    }
    let why = "no `ra` beside `ra-load`: build it by `cargo build -p ra-cli`";
    assert!(std::env::var_os("RA_REQUIRE_REAL").is_none(), "{why}");
    println!("SKIPPED: {why}");
    None
}

fn load(options: &[&str]) -> Option<Child> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ra-load"));
    command.arg("--gateway").arg(gateway()?);
    command.args(options).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    Some(command.spawn().unwrap())
}

/// Its exit code, and what it said on standard output and standard error.
fn ended(child: Child) -> (Option<i32>, String, String) {
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// The processes that it says it has started.
fn started(said: &str) -> Vec<Pid> {
    let ids = said.lines().filter_map(|line| {
        let id = line.split_once(": process ")?.1.split(' ').next()?;
        Pid::from_raw(id.parse().ok()?)
    });
    ids.collect()
}

fn is_gone(process: Pid) -> bool {
    test_kill_process(process).is_err()
}

#[test]
fn two_hundred_sessions_and_twenty_logins_come_to_a_table() {
    let small = "--sessions 200 --hold 1 --probes 20 --logins 20 --desktops 4 --phones 2";
    // unoptimised code, and the rest of the process shared by few: no figure to hold anything against
    let mut options: Vec<&str> = small.split(' ').collect();
    options.extend(["--max-bytes", "1000000"]);
    let Some(child) = load(&options) else { return };
    let (code, table, said) = ended(child);
    assert_eq!(code, Some(0), "{said}");
    let cells = |row: &str| -> Vec<String> {
        let found = table.lines().find(|line| line.contains(row));
        let line = found.unwrap_or_else(|| panic!("no row {row} in\n{table}"));
        line.split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    assert_eq!(cells("sessions held")[2..4], ["200", "200"]);
    assert_eq!(cells("of them lost")[2..4], ["0", "0"]);
    // six rounds with all of them, at both
    for answered in &cells("heartbeats answered")[2..4] {
        assert!(answered.parse::<u64>().unwrap() >= 1_200, "{table}");
    }
    for row in [
        "resident bytes",
        "scan →",
        "full logins",
        "one of them: p99",
    ] {
        for cell in &cells(row)[2..5] {
            assert!(cell.parse::<f64>().unwrap() > 0.0, "{row}: {table}");
        }
    }
    assert!(
        table.contains("20 logins by 4 desktops and 2 phones; 20 scans"),
        "{table}"
    );
    let processes = started(&said);
    assert_eq!(processes.len(), 4, "{said}");
    assert!(processes.into_iter().all(is_gone), "{said}");
}

#[test]
fn a_session_that_costs_too_much_fails_the_run() {
    let tiny = "--sessions 20 --hold 1 --probes 1 --logins 1 --desktops 1 --phones 1 --max-bytes 1";
    let options: Vec<&str> = tiny.split(' ').collect();
    let Some(child) = load(&options) else { return };
    let (code, table, said) = ended(child);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("resident bytes, more than 1"), "{said}");
    assert!(table.contains("| resident bytes a session |"), "{table}");
}

/// A run that holds sessions for minutes, up to the moment when it does, with its standard error until then.
fn holding() -> Option<(Child, BufReader<ChildStderr>, String)> {
    let options = "--sessions 20 --hold 600 --probes 1 --logins 1 --desktops 1 --phones 1";
    let mut child = load(&options.split(' ').collect::<Vec<_>>())?;
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("holding them") {
        assert!(lines.read_line(&mut said).unwrap() > 0, "{said}");
    }
    Some((child, lines, said))
}

#[test]
fn lost_sessions_fail_the_run_and_nothing_stays_behind() {
    let Some((child, mut lines, mut said)) = holding() else {
        return;
    };
    let processes = started(&said);
    kill_process(*processes.last().unwrap(), Signal::KILL).unwrap();
    lines.read_to_string(&mut said).unwrap();
    assert_eq!(ended(child).0, Some(1));
    assert!(said.contains("sockets were lost"), "{said}");
    assert!(processes.into_iter().all(is_gone), "{said}");
}

#[test]
fn being_told_to_stop_ends_what_it_started() {
    let Some((child, mut lines, mut said)) = holding() else {
        return;
    };
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    // ends when the last process that writes there has ended
    lines.read_to_string(&mut said).unwrap();
    assert!(said.contains("error: stopped"), "{said}");
    assert_eq!(ended(child).0, Some(1));
}
