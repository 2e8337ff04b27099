//! Resources of a process, and a child process for one test alone. Reads `/proc`, and takes
//! 127.0.0.2 for another address: Linux.

use std::process::{Command, Stdio};

use tokio::net::TcpSocket;

use super::*;

/// A process in which no other test opens anything: this test once more, by itself.
pub(super) fn runs_alone(test: &str) -> bool {
    const ALONE: &str = "RA_TEST_RUNS_ALONE";
    if std::env::var_os(ALONE).is_some() {
        return true;
    }
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args([test, "--exact", "--nocapture"]).env(ALONE, "1");
    let output = again.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
    false
}

pub(super) fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Resident memory in KiB.
pub(super) fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let value = line.unwrap().split_whitespace().next();
    value.unwrap().parse().unwrap()
}

/// A connection from this address of this machine: 127.0.0.2 and so on.
pub(super) async fn from(last: u8, address: SocketAddr) -> Tcp {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, last], 0).into()).unwrap();
    Tcp(within(socket.connect(address)).await.unwrap())
}
