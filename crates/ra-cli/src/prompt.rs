//! Asks the person at the terminal. Without a terminal nothing is ever asked.

use std::io::{self, BufRead, BufReader, IsTerminal as _};

use tokio::sync::oneshot;
use zeroize::Zeroizing;

use crate::outcome::Failure;
use crate::output::screen::Screen;

/// Longest answer that is read; a captcha's response has a few thousand characters.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

const END_OF_INPUT: u8 = 4;
const ERASE: [u8; 2] = [8, 127];

/// Returns true if a person can see a question and answer it.
#[must_use]
pub(crate) fn has_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for a short line, which the person can edit as usual.
///
/// # Errors
/// [`Kind::Local`](crate::outcome::Kind::Local) if the terminal has gone away or the question cannot be shown.
pub(crate) fn ask(screen: &mut Screen, question: &str) -> Result<Answer, Failure> {
    Answer::start(screen, question, None)
}

/// Asks for a line of any length and takes it character by character: terminals hand over lines of at most 4,095 bytes,
/// which would cut the response of a captcha.
///
/// # Errors
/// The errors of [`ask`].
pub(crate) fn ask_long(screen: &mut Screen, question: &str) -> Result<Answer, Failure> {
    Answer::start(screen, question, Unbuffered::start())
}

/// An answer to come, read on a thread of its own. Dropping it restores the terminal and does not wait for the thread.
pub(crate) struct Answer {
    line: oneshot::Receiver<Option<Zeroizing<String>>>,
    _terminal: Option<Unbuffered>,
}

impl Answer {
    fn start(
        screen: &mut Screen,
        question: &str,
        terminal: Option<Unbuffered>,
    ) -> Result<Self, Failure> {
        let unusable = |error| Failure::output(&error);
        let keyboard = keyboard().map_err(unusable)?;
        // after the terminal's change of mode, which keeps typed characters
        discard_typed_ahead().map_err(unusable)?;
        screen.question(question)?;
        let (send, line) = oneshot::channel();
        std::thread::Builder::new()
            .name("prompt".into())
            .spawn(move || {
                // the receiver is gone if the command has ended
                let _ = send.send(read_line(BufReader::new(keyboard)));
            })
            .map_err(unusable)?;
        Ok(Self {
            line,
            _terminal: terminal,
        })
    }

    /// Returns the line that was typed, trimmed; none at the end of the input, or if it cannot be read.
    ///
    /// # Cancel safety
    /// Cancel safe: the line waits for the next call.
    pub(crate) async fn typed(&mut self) -> Option<Zeroizing<String>> {
        (&mut self.line).await.ok().flatten()
    }
}

/// Standard input without the buffer that the whole process shares: the rest of an answer goes away with its reader and
/// never answers the next question.
#[cfg(unix)]
fn keyboard() -> io::Result<std::fs::File> {
    use std::os::fd::AsFd as _;
    Ok(io::stdin().as_fd().try_clone_to_owned()?.into())
}

#[cfg(not(unix))]
fn keyboard() -> io::Result<io::Stdin> {
    Ok(io::stdin())
}

/// Discards characters typed before the question: they do not answer it.
#[cfg(unix)]
fn discard_typed_ahead() -> io::Result<()> {
    use rustix::termios::{QueueSelector, tcflush};
    Ok(tcflush(io::stdin(), QueueSelector::IFlush)?)
}

/// Other systems have no safe call for this.
#[cfg(not(unix))]
fn discard_typed_ahead() -> io::Result<()> {
    Ok(())
}

/// Reads up to the end of the line and handles the erase key, which an unbuffered terminal passes on.
fn read_line(input: impl BufRead) -> Option<Zeroizing<String>> {
    // all room at once, so that growing leaves no copies behind
    let mut line = Zeroizing::new(Vec::with_capacity(MAX_ANSWER_BYTES));
    for byte in input.bytes() {
        match byte.ok()? {
            b'\n' => {
                let text = core::str::from_utf8(&line).ok()?;
                return Some(Zeroizing::new(text.trim().to_owned()));
            }
            END_OF_INPUT => return None,
            byte if ERASE.contains(&byte) => {
                // the rest of a character goes with its first byte
                while line.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {}
            }
            _ if line.len() == MAX_ANSWER_BYTES => return None,
            byte => line.push(byte),
        }
    }
    None
}

/// Makes the terminal pass on each character at once, until it is dropped.
struct Unbuffered {
    #[cfg(unix)]
    before: rustix::termios::Termios,
}

#[cfg(unix)]
impl Unbuffered {
    fn start() -> Option<Self> {
        use rustix::termios::{
            LocalModes, OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr,
        };
        let before = tcgetattr(io::stdin()).ok()?;
        let mut now = before.clone();
        now.local_modes.remove(LocalModes::ICANON);
        now.special_codes[SpecialCodeIndex::VMIN] = 1;
        now.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(io::stdin(), OptionalActions::Now, &now).ok()?;
        Some(Self { before })
    }
}

#[cfg(unix)]
impl Drop for Unbuffered {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        // a terminal that has gone away needs no care
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
}

#[cfg(not(unix))]
impl Unbuffered {
    fn start() -> Option<Self> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(input: &[u8]) -> Option<String> {
        read_line(input).map(|line| line.to_string())
    }

    #[test]
    fn a_line_ends_with_its_end_and_loses_the_spaces_around_it() {
        assert_eq!(read(b" yes \r\nno\n").as_deref(), Some("yes"));
        assert_eq!(read(b"\n").as_deref(), Some(""));
    }

    #[test]
    fn erasing_takes_whole_characters() {
        assert_eq!(
            read("ab\u{e9}\u{7f}\u{8}c\n".as_bytes()).as_deref(),
            Some("ac")
        );
        assert_eq!(read(b"\x7f\x7fa\n").as_deref(), Some("a"));
    }

    #[test]
    fn without_a_whole_line_there_is_no_answer() {
        assert_eq!(read(b""), None);
        assert_eq!(read(b"yes"), None);
        assert_eq!(read(b"yes\x04\n"), None);
        assert_eq!(read(b"\xff\n"), None);
    }

    #[test]
    fn an_endless_line_is_no_answer() {
        assert_eq!(read_line(io::BufReader::new(io::repeat(b'x'))), None);
        let longest = [&[b'x'; MAX_ANSWER_BYTES][..], b"\n"].concat();
        assert_eq!(
            read(&longest).map(|line| line.len()),
            Some(MAX_ANSWER_BYTES)
        );
    }
}
