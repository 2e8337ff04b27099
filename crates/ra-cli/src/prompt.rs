//! Asks the person at the terminal. Without a terminal nothing is ever asked.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};

use tokio::sync::oneshot;
use zeroize::Zeroizing;

use crate::output::screen::Screen;

/// Longest answer that is read; a captcha's response has a few thousand characters.
const MAX_ANSWER_BYTES: u64 = 64 * 1024;

/// Whether there is somebody who sees a question and can answer it.
#[must_use]
pub fn somebody_is_there() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks, and answers later: with the line that was typed, without the spaces around it, or with none at the end of
/// the input or when it cannot be read.
///
/// The line is read on a thread of its own, which nobody has to wait for.
///
/// # Errors
/// When the question cannot be shown.
pub fn ask(screen: &mut Screen, question: &str) -> io::Result<Answer> {
    screen.question(question)?;
    let (send, answer) = oneshot::channel();
    std::thread::Builder::new()
        .name("prompt".into())
        .spawn(move || {
            // nobody waits any more: then the line has nowhere to go
            let _ = send.send(read_line());
        })?;
    Ok(answer)
}

/// An answer to come. An error means none, as `None` does.
pub type Answer = oneshot::Receiver<Option<Zeroizing<String>>>;

fn read_line() -> Option<Zeroizing<String>> {
    let mut line = Zeroizing::new(String::new());
    let read = io::stdin()
        .lock()
        .take(MAX_ANSWER_BYTES)
        .read_line(&mut line);
    match read {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(Zeroizing::new(line.trim().to_owned())),
    }
}
