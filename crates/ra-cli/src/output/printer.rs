//! Prints results on standard output and messages for people on standard error. With `--json`, events replace messages.

use std::io::{self, Write as _};

use serde::Serialize;
use zeroize::Zeroizing;

use super::event::Event;
use super::screen::Screen;
use super::write_stdout;
use crate::outcome::{End, Exit, Failure, Kind};
use crate::sanitize::sanitize;

/// The output of one command.
pub(crate) struct Printer {
    json: bool,
    screen: Screen,
}

impl Printer {
    /// Prints for a program (`json`), or for people.
    pub(crate) fn new(json: bool) -> Self {
        Self::with_screen(json, Screen::stderr())
    }

    /// Prints messages for people on `screen`.
    pub(crate) fn with_screen(json: bool, screen: Screen) -> Self {
        Self { json, screen }
    }

    /// Returns true if events are printed for a program.
    pub(crate) const fn is_json(&self) -> bool {
        self.json
    }

    /// Prints a JSON object as one line on standard output, for programs and for people.
    pub(crate) fn result(&mut self, object: &str) -> Result<(), Failure> {
        self.write_out(&one_line(object))
    }

    /// Prints an event with `--json`, nothing otherwise.
    pub(crate) fn event(&mut self, event: &impl Serialize) -> Result<(), Failure> {
        if !self.json {
            return Ok(());
        }
        let object = serde_json::to_string(event).map(Zeroizing::new);
        let object = object.map_err(|error| Failure::output(&error.into()))?;
        self.result(&object)
    }

    /// Prints a line for people on standard output; nothing with `--json`.
    pub(crate) fn line(&mut self, text: &str) -> Result<(), Failure> {
        if self.json {
            return Ok(());
        }
        self.write_out(&format!("{}\n", sanitize(text)))
    }

    /// Prints a message for people; nothing with `--json`.
    pub(crate) fn message(&mut self, text: &str) -> Result<(), Failure> {
        if self.json {
            return Ok(());
        }
        self.screen.line(text)
    }

    /// Prints a message, with `--json` too.
    pub(crate) fn remark(&mut self, text: &str) -> Result<(), Failure> {
        self.screen.line(text)
    }

    /// Returns the screen, unless a program reads the output.
    pub(crate) fn screen(&mut self) -> Option<&mut Screen> {
        (!self.json).then_some(&mut self.screen)
    }

    /// Reports an end without a result and returns the exit code.
    pub(crate) fn end(mut self, end: End) -> Result<Exit, Failure> {
        let failure = match end {
            End::Cancelled => {
                self.remark("Cancelled.")?;
                return Ok(Exit::Declined);
            }
            End::CancelledUnanswered => {
                self.remark("Cancelled; what was sent may be spent.")?;
                return Ok(Exit::Declined);
            }
            End::Declined => {
                self.message("Declined.")?;
                self.event(&Event::Declined)?;
                return Ok(Exit::Declined);
            }
            End::Failed(failure) => failure,
        };
        // a wrong command line has no event
        if self.json && failure.kind != Kind::Usage {
            self.event(&Event::Error {
                kind: failure.kind.as_str(),
                message: &failure.message,
                retry: &failure.retry_text(),
            })?;
        } else {
            self.screen.settle()?;
            writeln!(io::stderr(), "error: {failure}").map_err(|error| Failure::output(&error))?;
        }
        Ok(failure.exit())
    }

    /// Writes to standard output, below what the screen shows.
    pub(super) fn write_out(&mut self, text: &str) -> Result<(), Failure> {
        self.screen.settle()?;
        write_stdout(text.as_bytes())
    }
}

/// Returns the same JSON in one line without blanks between members. Characters that could steer a terminal stand only
/// in texts, where they are escaped.
fn one_line(object: &str) -> Zeroizing<String> {
    // escaped characters take up to twelve bytes instead of two to four: reserve room, so that no copy is left behind
    let extra = object.chars().filter(|c| !c.is_ascii() || c.is_control());
    let mut line = Zeroizing::new(String::with_capacity(object.len() + 12 * extra.count() + 1));
    let (mut in_text, mut escaped) = (false, false);
    for c in object.chars() {
        match c {
            // between members: inside texts all of these but the blank are escaped
            '\n' | '\r' | '\t' => {}
            ' ' if !in_text => {}
            c if sanitize(c.encode_utf8(&mut [0; 4])).len() != c.len_utf8() => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    line.push_str(&format!("\\u{unit:04x}"));
                }
            }
            c => line.push(c),
        }
        in_text ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_one_harmless_line_with_the_same_meaning() {
        let object =
            "{\n\t\"na\\\\me\" : \"a \\\" b\u{9b}2J\u{202e}\u{7f}\u{e0041}é\u{1f980}\"\r\n}";
        let line = one_line(object);
        assert_eq!(
            line.as_str(),
            "{\"na\\\\me\":\"a \\\" b\\u009b2J\\u202e\\u007f\\udb40\\udc41é\u{1f980}\"}\n"
        );
        let meaning = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(meaning(&line), meaning(object));
    }
}
