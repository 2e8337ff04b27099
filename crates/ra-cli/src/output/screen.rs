//! The screen that people see: lines, the QR code, and one status line that is redrawn while they wait.

use core::fmt;
use std::env;
use std::io::{self, IsTerminal, Write};

use crate::outcome::Failure;
use crate::qr::Qr;
use crate::qr::terminal::{Paint, lines};
use crate::sanitize::sanitize;

const TO_START_OF_LINE: &str = "\r";
const CLEAR_TO_END_OF_LINE: &str = "\u{1b}[K";
const CLEAR_TO_END_OF_SCREEN: &str = "\u{1b}[J";

/// Columns and rows of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    columns: usize,
    rows: usize,
}

/// Text for people on a terminal or in a file. Each method fails with [`Kind::Local`](crate::outcome::Kind::Local) if
/// the text cannot be written.
pub(crate) struct Screen {
    out: Box<dyn Write + Send>,
    paint: Paint,
    redraws: bool,
    size: Box<dyn Fn() -> Option<Size> + Send>,
    status_shown: bool,
    /// Rows written since the QR code began, including the code; none if the code cannot be taken back.
    since_qr: Option<usize>,
}

impl Screen {
    /// Standard error: standard output stays free for the token.
    pub(crate) fn stderr() -> Self {
        let terminal = io::stderr().is_terminal();
        Self::on(Box::new(io::stderr()), terminal, || {
            size(terminal_size::terminal_size_of(io::stderr()))
        })
    }

    /// Standard output.
    pub(crate) fn stdout() -> Self {
        let terminal = io::stdout().is_terminal();
        Self::on(Box::new(io::stdout()), terminal, || {
            size(terminal_size::terminal_size_of(io::stdout()))
        })
    }

    fn on(
        out: Box<dyn Write + Send>,
        terminal: bool,
        size: impl Fn() -> Option<Size> + Send + 'static,
    ) -> Self {
        let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        let redraws = terminal && env::var_os("TERM").is_none_or(|term| term != "dumb");
        let paint = if redraws && !set("NO_COLOR") {
            Paint::Colours
        } else {
            Paint::Characters
        };
        Self::new(out, paint, redraws, size)
    }

    /// A screen on any writer. `redraws` says whether the cursor may be moved. `size` is called for each picture, so
    /// that a resized window is noticed, and returns none where lines have no end.
    fn new(
        out: Box<dyn Write + Send>,
        paint: Paint,
        redraws: bool,
        size: impl Fn() -> Option<Size> + Send + 'static,
    ) -> Self {
        Self {
            out,
            paint,
            redraws,
            size: Box::new(size),
            status_shown: false,
            since_qr: None,
        }
    }

    /// Writes a line of text, made harmless.
    pub(crate) fn line(&mut self, text: &str) -> Result<(), Failure> {
        self.clear_status()?;
        let text = sanitize(text);
        let columns = (self.size)().map_or(usize::MAX, |size| size.columns.max(1));
        if let Some(rows) = &mut self.since_qr {
            *rows += text.chars().count().div_ceil(columns).max(1);
        }
        writeln!(self, "{text}")?;
        self.flush()
    }

    /// Redraws the line at the bottom. Does nothing where the cursor cannot be moved.
    pub(crate) fn status(&mut self, text: &str) -> Result<(), Failure> {
        if !self.redraws {
            return Ok(());
        }
        // one column is left free: some terminals wrap after the last one
        let columns = (self.size)().map_or(79, |size| size.columns.saturating_sub(1));
        let text: String = sanitize(text).chars().take(columns).collect();
        write!(self, "{TO_START_OF_LINE}{text}{CLEAR_TO_END_OF_LINE}")?;
        self.status_shown = true;
        self.flush()
    }

    /// Writes a question and leaves the cursor behind it.
    pub(crate) fn question(&mut self, text: &str) -> Result<(), Failure> {
        self.clear_status()?;
        write!(self, "{} ", sanitize(text))?;
        self.since_qr = None; // the answer moves the cursor too
        self.flush()
    }

    /// Draws a QR code and writes its address below it. Writes the address alone in a window that is too small. Erases
    /// the code drawn before if possible, so that nobody scans a dead one.
    pub(crate) fn qr(&mut self, qr: &Qr, url: &str) -> Result<(), Failure> {
        self.clear_status()?;
        let picture = lines(qr, self.paint);
        let size = (self.size)();
        if let (Some(rows), Some(size), true) = (self.since_qr, size, self.redraws)
            && rows < size.rows
        {
            write!(self, "\u{1b}[{rows}A{CLEAR_TO_END_OF_SCREEN}")?;
        }
        self.since_qr = Some(0);
        if size.is_some_and(|size| size.columns < qr.side() || size.rows < picture.len() + 2) {
            self.line(&format!(
                "This window is too small for the QR code ({} columns, {} lines). Its address:",
                qr.side(),
                picture.len() + 2
            ))?;
        } else {
            self.since_qr = Some(picture.len());
            for line in picture {
                writeln!(self, "{line}")?;
            }
        }
        self.line(url)
    }

    /// Erases the status line before another writer uses the same terminal.
    pub(crate) fn settle(&mut self) -> Result<(), Failure> {
        self.clear_status()?;
        self.flush()
    }

    fn clear_status(&mut self) -> Result<(), Failure> {
        if self.status_shown {
            self.status_shown = false;
            write!(self, "{TO_START_OF_LINE}{CLEAR_TO_END_OF_LINE}")?;
        }
        Ok(())
    }

    /// For `write!`.
    fn write_fmt(&mut self, text: fmt::Arguments<'_>) -> Result<(), Failure> {
        self.out
            .write_fmt(text)
            .map_err(|error| Failure::output(&error))
    }

    fn flush(&mut self) -> Result<(), Failure> {
        self.out.flush().map_err(|error| Failure::output(&error))
    }
}

fn size(asked: Option<(terminal_size::Width, terminal_size::Height)>) -> Option<Size> {
    // some terminals answer 0 for "unknown"
    let (columns, rows) = asked.filter(|(columns, rows)| columns.0 > 0 && rows.0 > 0)?;
    Some(Size {
        columns: usize::from(columns.0),
        rows: usize::from(rows.0),
    })
}

#[cfg(test)]
mod tests;
