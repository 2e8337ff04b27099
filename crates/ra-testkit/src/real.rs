//! Real programs that tests go through, started on loopback and ended by their id. A machine without them is no reason
//! to fail, unless `RA_REQUIRE_REAL` is 1.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Time limit for a program to listen.
const STARTED_WITHIN: Duration = Duration::from_secs(20);
/// Starts that may meet a port that somebody else took in between.
const STARTS_MOST: usize = 5;

/// User and password for a proxy.
pub type Credentials<'a> = Option<(&'a str, &'a str)>;

/// A listening program. Dropping the value ends it.
#[derive(Debug)]
pub struct Program {
    child: Child,
    address: SocketAddr,
}

impl Program {
    /// Returns the address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An HTTP proxy for `CONNECT`, Debian's `tinyproxy`. It connects to `only` where that is given and answers 403 to all
/// else. `None`, with a line that says why, where it is not installed.
///
/// # Panics
/// If it does not start, or is not installed and `RA_REQUIRE_REAL` is 1.
#[must_use]
pub fn tinyproxy(credentials: Credentials<'_>, only: Option<u16>) -> Option<Program> {
    started("tinyproxy", |port| {
        let mut lines = format!(
            "Port {port}\nListen 127.0.0.1\nMaxClients 100\nTimeout 60\nLogLevel Critical\nDisableViaHeader Yes\n"
        );
        if let Some((user, password)) = credentials {
            lines += &format!("BasicAuth {user} {password}\n");
        }
        if let Some(port) = only {
            lines += &format!("ConnectPort {port}\n");
        }
        (["-d", "-c", "/dev/stdin"].map(String::from).into(), lines)
    })
}

/// A SOCKS5 proxy, Debian's `microsocks`. `None`, with a line that says why, where it is not installed.
///
/// # Panics
/// See [`tinyproxy`].
#[must_use]
pub fn microsocks(credentials: Credentials<'_>) -> Option<Program> {
    started("microsocks", |port| {
        let mut args = vec![
            "-i".to_owned(),
            "127.0.0.1".into(),
            "-p".into(),
            port.to_string(),
        ];
        if let Some((user, password)) = credentials {
            args.extend(["-u", user, "-P", password].map(String::from));
        }
        (args, String::new())
    })
}

/// Starts a program on a free port, which `with` puts into its arguments and its standard input.
fn started(name: &str, with: impl Fn(u16) -> (Vec<String>, String)) -> Option<Program> {
    for _ in 0..STARTS_MOST {
        let port = free_port();
        let (args, input) = with(port);
        let spawned = Command::new(name)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut child) = spawned else {
            return missing(name);
        };
        // both lines: the program may have ended before it read anything
        let _ = child
            .stdin
            .take()
            .map(|mut stdin| stdin.write_all(input.as_bytes()));
        let mut program = Program {
            child,
            address: (Ipv4Addr::LOCALHOST, port).into(),
        };
        if program.listens() {
            return Some(program);
        }
    }
    panic!("{name} does not listen");
}

impl Program {
    /// Waits until the program accepts connections or ends.
    fn listens(&mut self) -> bool {
        let give_up_at = Instant::now() + STARTED_WITHIN;
        while Instant::now() < give_up_at {
            if TcpStream::connect(self.address).is_ok() {
                // somebody else's, if ours has ended
                return matches!(self.child.try_wait(), Ok(None));
            }
            if !matches!(self.child.try_wait(), Ok(None)) {
                return false;
            }
            sleep(Duration::from_millis(5)); // nothing tells when it listens but trying
        }
        false
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

fn missing<T>(name: &str) -> Option<T> {
    let required = std::env::var_os("RA_REQUIRE_REAL").is_some_and(|value| value == "1");
    assert!(!required, "{name} is not installed");
    println!("SKIPPED: {name} is not installed");
    None
}
