//! The output of commands: text for people, or one JSON object a line for programs.

pub(crate) mod event;
pub(crate) mod screen;

mod login;
mod printer;

pub(crate) use printer::Printer;

use std::io::{self, Write as _};

use crate::outcome::Failure;

/// Writes to standard output at once.
pub(crate) fn write_stdout(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)
        .and_then(|()| out.flush())
        .map_err(|error| Failure::output(&error))
}
