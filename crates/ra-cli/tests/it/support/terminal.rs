//! `ra` on a pseudo-terminal, as a person has it.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

use super::PATIENCE;

pub struct Terminal {
    child: Child,
    keyboard: File,
    output: Receiver<Vec<u8>>,
    seen: String,
}

impl Terminal {
    /// Starts `ra` with all three streams on a terminal of this size.
    pub fn start(command: &mut Command, columns: u16, rows: u16) -> Self {
        Self::start_as("xterm-256color", command, columns, rows)
    }

    /// The same with another kind of terminal.
    pub fn start_as(kind: &str, command: &mut Command, columns: u16, rows: u16) -> Self {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)
            .expect("a pseudo-terminal");
        grantpt(&ours).expect("granted");
        unlockpt(&ours).expect("unlocked");
        let size = Winsize {
            ws_col: columns,
            ws_row: rows,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&ours, size).expect("sized");
        let name = ptsname(&ours, Vec::new()).expect("named");
        let theirs: OwnedFd = rustix::fs::open(
            name.as_c_str(),
            OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC,
            Mode::empty(),
        )
        .expect("openable");
        let theirs = File::from(theirs);
        let child = command
            .env("TERM", kind)
            .stdin(theirs.try_clone().expect("cloned"))
            .stdout(theirs.try_clone().expect("cloned"))
            .stderr(theirs)
            .spawn()
            .expect("ra starts");
        // the command would keep the terminal open
        command
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null());
        let keyboard = File::from(ours);
        let mut screen = keyboard.try_clone().expect("cloned");
        let (send, output) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // the last one to close the other side makes reading fail
            while let Ok(read @ 1..) = screen.read(&mut bytes) {
                if send.send(bytes[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            keyboard,
            output,
            seen: String::new(),
        }
    }

    /// Waits until this text was printed; answers everything up to its end and forgets it.
    pub fn until(&mut self, text: &str) -> String {
        let begin = Instant::now();
        loop {
            if let Some(at) = self.seen.find(text) {
                let rest = self.seen.split_off(at + text.len());
                return std::mem::replace(&mut self.seen, rest);
            }
            let left = PATIENCE.saturating_sub(begin.elapsed());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.seen += &String::from_utf8_lossy(&bytes),
                Err(_) => panic!("never saw {text:?} in {:?}", self.seen),
            }
        }
    }

    /// Types a line.
    pub fn answer(&mut self, line: &str) {
        self.type_in(&format!("{line}\n"));
    }

    /// Types exactly this.
    pub fn type_in(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).expect("typed");
    }

    /// Returns true if the terminal lets people edit lines, which is its normal mode.
    pub fn edits_lines(&self) -> bool {
        let modes = tcgetattr(&self.keyboard).expect("a terminal").local_modes;
        modes.contains(LocalModes::ICANON | LocalModes::ECHO)
    }

    pub fn interrupt(&self) {
        kill_process(Pid::from_child(&self.child), Signal::INT).expect("it runs");
    }

    /// Waits for the end: the exit code and what was printed since the last `until`.
    pub fn end(&mut self) -> (i32, String) {
        let begin = Instant::now();
        while let Ok(bytes) = self
            .output
            .recv_timeout(PATIENCE.saturating_sub(begin.elapsed()))
        {
            self.seen += &String::from_utf8_lossy(&bytes);
        }
        assert!(begin.elapsed() < PATIENCE, "ra does not end: {}", self.seen);
        let status = self.child.wait().expect("it ends");
        let seen = std::mem::take(&mut self.seen);
        (status.code().expect("no signal ends it"), seen)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
