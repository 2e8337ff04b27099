//! Runs the built `ra`, and the peers that it talks to. Every wait is bounded; nothing sleeps.

pub mod fake;
pub mod terminal;

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use serde_json::Value;

/// Longest wait for anything. Far above what is ever needed: a busy machine is no failure.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A running `ra`, killed if the test ends before it does.
pub struct Ra {
    child: Child,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
    seen: String,
}

/// Exit code and output of a run.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Environment variables that set proxies.
const PROXY_VARIABLES: [&str; 8] = [
    "https_proxy",
    "HTTPS_PROXY",
    "http_proxy",
    "HTTP_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
];

/// `ra` without anything inherited that could change what it does.
pub fn command<S: AsRef<std::ffi::OsStr>>(args: &[S]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ra"));
    for variable in PROXY_VARIABLES {
        command.env_remove(variable);
    }
    command
        .args(args)
        .env_remove("RA_TOKEN")
        .env_remove("RUST_LOG")
        .env_remove("NO_COLOR")
        .env_remove("TERM")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Returns the arguments of `ra login --json` with these options.
pub fn login_args<'a>(gateway: &'a str, api: &'a str, options: &[&'a str]) -> Vec<&'a str> {
    let base = ["login", "--json", "--gateway", gateway, "--api", api];
    [&base[..], options].concat()
}

/// Runs the command with a closed standard output, and checks that it fails with one error line.
pub fn fails_without_a_reader(command: &mut Command) {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = command.stdout(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(8));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.starts_with("error: cannot write the output: "),
        "{stderr}"
    );
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
}

/// Runs `ra` to its end.
pub fn run<S: AsRef<std::ffi::OsStr>>(args: &[S]) -> Ended {
    Ra::start(args).end()
}

impl Ra {
    pub fn start<S: AsRef<std::ffi::OsStr>>(args: &[S]) -> Self {
        Self::spawn(&mut command(args))
    }

    pub fn spawn(command: &mut Command) -> Self {
        let mut child = command.spawn().expect("ra starts");
        Self {
            stdout: lines(child.stdout.take().expect("piped")),
            stderr: lines(child.stderr.take().expect("piped")),
            child,
            seen: String::new(),
        }
    }

    /// The next line on standard output.
    pub fn line(&mut self) -> String {
        match self.stdout.recv_timeout(PATIENCE) {
            Ok(line) => {
                self.seen.push_str(&line);
                line.trim_end_matches('\n').to_owned()
            }
            Err(RecvTimeoutError::Timeout) => panic!("no line in time after: {}", self.seen),
            Err(RecvTimeoutError::Disconnected) => {
                let stderr: String = self.stderr.iter().collect();
                panic!("no more lines after: {}\nstderr: {stderr}", self.seen)
            }
        }
    }

    /// Returns the next line on standard error. Skips notes that depend on this machine's limit of open files.
    pub fn diagnostic(&mut self) -> String {
        loop {
            let line = self.stderr.recv_timeout(PATIENCE).expect("a line in time");
            if !line.contains("limits.connections is") && !line.contains("files open now") {
                return line;
            }
        }
    }

    /// Returns the next JSON event and checks its name.
    pub fn event(&mut self, name: &str) -> Value {
        let line = self.line();
        let event: Value = serde_json::from_str(&line).expect("a JSON line");
        assert_eq!(event["event"], name, "{line}");
        event
    }

    pub fn terminate(&self) {
        self.signal(rustix::process::Signal::TERM);
    }

    pub fn interrupt(&self) {
        self.signal(rustix::process::Signal::INT);
    }

    pub fn hang_up(&self) {
        self.signal(rustix::process::Signal::HUP);
    }

    fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).expect("it runs");
    }

    /// Waits for the end.
    pub fn end(mut self) -> Ended {
        let mut stdout = std::mem::take(&mut self.seen);
        stdout.extend(drain(&self.stdout));
        let stderr = drain(&self.stderr).into_iter().collect();
        // both streams are closed: the process is ending
        let status = self.child.wait().expect("it ends");
        Ended {
            code: status.code().expect("no signal ends it"),
            stdout,
            stderr,
        }
    }
}

impl Drop for Ra {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ended {
    /// The events on standard output.
    pub fn events(&self) -> Vec<Value> {
        self.stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
            .collect()
    }

    /// Returns the error event. Checks that there is one and that it is the last event.
    pub fn error(&self) -> Value {
        let events = self.events();
        let errors = events
            .iter()
            .filter(|event| event["event"] == "error")
            .count();
        let last = events.last().unwrap_or(&Value::Null);
        assert!(errors == 1 && last["event"] == "error", "{self:?}");
        last.clone()
    }

    /// Checks that neither stream holds this text.
    pub fn never_says(&self, secret: &str) {
        assert!(
            !self.stdout.contains(secret),
            "{secret} on stdout: {self:?}"
        );
        assert!(
            !self.stderr.contains(secret),
            "{secret} on stderr: {self:?}"
        );
    }
}

fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (send, receive) = channel();
    std::thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        loop {
            let mut line = Vec::new();
            match stream.read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) => {
                    let line = String::from_utf8(line).expect("ra writes UTF-8");
                    if send.send(line).is_err() {
                        return;
                    }
                }
            }
        }
    });
    receive
}

fn drain(stream: &Receiver<String>) -> Vec<String> {
    let mut lines = Vec::new();
    loop {
        match stream.recv_timeout(PATIENCE) {
            Ok(line) => lines.push(line),
            Err(RecvTimeoutError::Disconnected) => return lines,
            Err(RecvTimeoutError::Timeout) => panic!("ra does not end; so far: {lines:?}"),
        }
    }
}

/// Reads the one QR code among these lines, in either polarity, the way a phone would.
pub fn picture(text: &str) -> String {
    let rows: Vec<Vec<char>> = text
        .lines()
        .map(|line| line.trim_end_matches('\r'))
        // a countdown may have stood where the first line is
        .map(|line| line.rsplit("\u{1b}[K").next().unwrap_or_default())
        .map(|line| {
            line.replace("\u{1b}[38;5;16;48;5;231m", "")
                .replace("\u{1b}[0m", "")
        })
        .filter(|line| line.chars().count() > 20 && line.chars().all(|c| " ▀▄█".contains(c)))
        .map(|line| line.chars().collect())
        .collect();
    // the quiet zone says which polarity it is
    let drawn_is_light = rows[0][0] == '█';
    let side = rows[0].len();
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side * 4, side * 4, |x, y| {
        let (x, y) = (x / 4, y / 4);
        let drawn = match rows[y / 2][x] {
            '█' => true,
            '▀' => y % 2 == 0,
            '▄' => y % 2 == 1,
            _ => false,
        };
        if drawn == drawn_is_light { 255 } else { 0 }
    });
    let grids = picture.detect_grids();
    assert_eq!(grids.len(), 1, "one code in: {text}");
    grids[0].decode().expect("readable").1
}

/// Writes a file that only its owner can read.
pub fn write(path: &Path, content: &str) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    // the gateway prints a note about secrets that others can read
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .and_then(|mut file| file.write_all(content.as_bytes()))
        .expect("writable");
}
