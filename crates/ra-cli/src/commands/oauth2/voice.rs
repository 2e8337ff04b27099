//! Results on standard output, talk for people on standard error; with `--json` events instead of talk.

use std::io::{self, Write};

use serde::Serialize;
use zeroize::Zeroizing;

use super::end::End;
use crate::exit::Exit;
use crate::failure::{Failure, Kind};
use crate::output::json::{self, Event};
use crate::output::screen::Screen;
use crate::plain::plain;

/// Where everything is told.
pub(super) struct Voice {
    json: bool,
    screen: Screen,
    out: io::Stdout,
}

impl Voice {
    /// For a program, or for people.
    pub(super) fn new(json: bool) -> Self {
        Self {
            json,
            screen: Screen::stderr(),
            out: io::stdout(),
        }
    }

    /// Whether a program is told.
    pub(super) const fn is_for_programs(&self) -> bool {
        self.json
    }

    /// Prints a JSON object as one line on standard output, whoever reads it.
    pub(super) fn result(&mut self, object: &str) -> Result<(), Failure> {
        self.settle()?;
        let line = one_line(object);
        self.out
            .write_all(line.as_bytes())
            .and_then(|()| self.out.flush())
            .map_err(|error| Failure::output(&error))
    }

    /// Prints an object with `--json`; nothing else.
    pub(super) fn event(&mut self, event: &impl Serialize) -> Result<(), Failure> {
        if !self.json {
            return Ok(());
        }
        let object = serde_json::to_string(event).map(Zeroizing::new);
        let object = object.map_err(|error| Failure::output(&error.into()))?;
        self.result(&object)
    }

    /// Prints a line for people on standard output; nothing with `--json`.
    pub(super) fn line(&mut self, text: &str) -> Result<(), Failure> {
        if self.json {
            return Ok(());
        }
        self.settle()?;
        writeln!(self.out, "{}", plain(text)).map_err(|error| Failure::output(&error))
    }

    /// Tells people on standard error; nothing with `--json`.
    pub(super) fn talk(&mut self, text: &str) -> Result<(), Failure> {
        if self.json {
            return Ok(());
        }
        self.remark(text)
    }

    /// A line on standard error, with `--json` too.
    pub(super) fn remark(&mut self, text: &str) -> Result<(), Failure> {
        self.screen
            .line(text)
            .map_err(|error| Failure::output(&error))
    }

    /// What people see, if there are people.
    #[allow(dead_code, reason = "for the device flow")]
    pub(super) fn screen(&mut self) -> Option<&mut Screen> {
        (!self.json).then_some(&mut self.screen)
    }

    /// Says how it ended without a result, and answers the exit code.
    pub(super) fn end(mut self, end: End) -> Result<Exit, Failure> {
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
                self.talk("Declined.")?;
                self.event(&Event::Declined)?;
                return Ok(Exit::Declined);
            }
            End::Failed(failure) => failure,
        };
        // a wrong command line has no event
        if self.json && failure.kind != Kind::Usage {
            let event = Event::Error {
                kind: failure.kind.as_str(),
                message: &failure.message,
                retry: &failure.retry_text(),
            };
            json::write(&mut self.out, &event).map_err(|error| Failure::output(&error))?;
        } else {
            self.settle()?;
            writeln!(io::stderr(), "error: {failure}").map_err(|error| Failure::output(&error))?;
        }
        Ok(failure.exit())
    }

    fn settle(&mut self) -> Result<(), Failure> {
        self.screen
            .settle()
            .map_err(|error| Failure::output(&error))
    }
}

/// The same JSON in one line without blanks that steers no terminal: what could do so stands only in texts, where it can be
/// escaped.
fn one_line(object: &str) -> Zeroizing<String> {
    // escaped characters take up to twelve bytes instead of two to four; room for all, so that no copy is left behind
    let extra = object.chars().filter(|c| !c.is_ascii() || c.is_control());
    let mut line = Zeroizing::new(String::with_capacity(object.len() + 12 * extra.count() + 1));
    let (mut in_text, mut escaped) = (false, false);
    for c in object.chars() {
        match c {
            // between members: texts have all of these but the blank escaped
            '\n' | '\r' | '\t' => {}
            ' ' if !in_text => {}
            c if plain(c.encode_utf8(&mut [0; 4])).len() != c.len_utf8() => {
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
