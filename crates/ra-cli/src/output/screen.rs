//! What people see: lines, the QR code, and one line that is redrawn while they wait.

use std::env;
use std::io::{self, IsTerminal, Write};

use crate::plain::plain;
use crate::qr::Qr;
use crate::qr::terminal::{Paint, lines};

const TO_START_OF_LINE: &str = "\r";
const CLEAR_TO_END_OF_LINE: &str = "\u{1b}[K";
const CLEAR_TO_END_OF_SCREEN: &str = "\u{1b}[J";

/// Columns and rows of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Characters in a line.
    pub columns: usize,
    /// Lines.
    pub rows: usize,
}

/// Where people's text goes.
pub struct Screen {
    out: Box<dyn Write + Send>,
    paint: Paint,
    redraws: bool,
    size: Box<dyn Fn() -> Option<Size> + Send>,
    status_shown: bool,
    /// Rows written since the QR code began, its own included; none if it cannot be taken back.
    since_qr: Option<usize>,
}

impl Screen {
    /// Standard error: standard output stays free for the token.
    #[must_use]
    pub fn stderr() -> Self {
        let terminal = io::stderr().is_terminal();
        Self::on(Box::new(io::stderr()), terminal, || {
            size(terminal_size::terminal_size_of(io::stderr()))
        })
    }

    /// Standard output.
    #[must_use]
    pub fn stdout() -> Self {
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

    /// A screen on any writer. `redraws` says whether the cursor may be moved; `size` is asked anew for each picture,
    /// so that a resized window is noticed, and answers none where lines have no end.
    pub fn new(
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
    ///
    /// # Errors
    /// Those of the writer.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        self.clear_status()?;
        let text = plain(text);
        let columns = (self.size)().map_or(usize::MAX, |size| size.columns.max(1));
        if let Some(rows) = &mut self.since_qr {
            *rows += text.chars().count().div_ceil(columns).max(1);
        }
        writeln!(self.out, "{text}")?;
        self.out.flush()
    }

    /// Redraws the line at the bottom. Nothing where the cursor cannot be moved.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn status(&mut self, text: &str) -> io::Result<()> {
        if !self.redraws {
            return Ok(());
        }
        // one column is left free: some terminals wrap after the last one
        let columns = (self.size)().map_or(79, |size| size.columns.saturating_sub(1));
        let text: String = plain(text).chars().take(columns).collect();
        write!(self.out, "{TO_START_OF_LINE}{text}{CLEAR_TO_END_OF_LINE}")?;
        self.status_shown = true;
        self.out.flush()
    }

    /// Writes a question and leaves the cursor behind it.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn question(&mut self, text: &str) -> io::Result<()> {
        self.clear_status()?;
        write!(self.out, "{} ", plain(text))?;
        self.since_qr = None; // what the person types moves the cursor too
        self.out.flush()
    }

    /// Draws a QR code and writes its address below; in a window that is too small, the address only. The code drawn
    /// before disappears if it still can, so that nobody scans a dead one.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn qr(&mut self, qr: &Qr, url: &str) -> io::Result<()> {
        self.clear_status()?;
        let picture = lines(qr, self.paint);
        let size = (self.size)();
        if let (Some(rows), Some(size), true) = (self.since_qr, size, self.redraws)
            && rows < size.rows
        {
            write!(self.out, "\u{1b}[{rows}A{CLEAR_TO_END_OF_SCREEN}")?;
        }
        self.since_qr = Some(0);
        if size.is_some_and(|size| size.columns < qr.side() || size.rows < picture.len() + 2) {
            let text = format!(
                "This window is too small for the QR code ({} columns, {} lines). Its address:",
                qr.side(),
                picture.len() + 2
            );
            self.line(&text)?;
        } else {
            self.since_qr = Some(picture.len());
            for line in picture {
                writeln!(self.out, "{line}")?;
            }
        }
        self.line(url)
    }

    /// Takes the redrawn line away, before somebody else writes to the same terminal.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn settle(&mut self) -> io::Result<()> {
        self.clear_status()?;
        self.out.flush()
    }

    fn clear_status(&mut self) -> io::Result<()> {
        if self.status_shown {
            self.status_shown = false;
            write!(self.out, "{TO_START_OF_LINE}{CLEAR_TO_END_OF_LINE}")?;
        }
        Ok(())
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
