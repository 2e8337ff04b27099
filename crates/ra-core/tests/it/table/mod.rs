//! `docs/state-tables.md`: what each machine does in each phase with each input, written down by
//! driving the machines themselves, and compared with the page so that neither drifts. The pictures in `docs/diagrams`
//! are drawn from the same tables.

mod desktop;
mod diagram;
mod gateway;
mod login;
mod mobile;

use std::fmt::{Debug, Display};
use std::path::PathBuf;

const HEAD: &str = "\
# State tables

What each machine of `ra-core` does with each input in each phase. A test drives the machines, writes this page and the
pictures ([desktop](diagrams/desktop.svg), [login](diagrams/login.svg), [gateway](diagrams/gateway.svg),
[mobile](diagrams/mobile.svg)), and fails when they differ. After a wanted change run
`RA_BLESS=1 cargo test -p ra-core --test it table` and read the difference.

A cell lists the outputs in order, then `→` and the next phase if it changes. *end* and *fail* lead to `Ended`, where no
input has an output. `–` means no output and no change. An empty cell means that the input cannot occur.
";

#[test]
fn state_tables_are_those_of_the_page() {
    let page = [
        HEAD,
        &desktop::table().render(),
        &login::table().render(),
        &gateway::table().render(),
        &mobile::table().render(),
    ]
    .concat();
    compare("state-tables.md", &page);
}

#[test]
fn diagrams_are_those_of_the_tables() {
    compare("diagrams/desktop.svg", &diagram::draw(&desktop::table()));
    compare("diagrams/login.svg", &diagram::draw(&login::table()));
    compare("diagrams/gateway.svg", &diagram::draw(&gateway::table()));
    compare("diagrams/mobile.svg", &diagram::draw(&mobile::table()));
}

/// Fails if what is kept in `docs` is not what the machines say; writes it if told to.
fn compare(name: &str, page: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(name);
    if std::env::var_os("RA_BLESS").is_some() {
        std::fs::write(&path, page).expect("docs can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let lines = |text: &str, number| text.lines().nth(number).map(ToOwned::to_owned);
    let differs = (0..kept.lines().count().max(page.lines().count()))
        .map(|number| (number + 1, lines(&kept, number), lines(page, number)))
        .find(|(_, kept, page)| kept != page);
    assert!(
        kept == page,
        "docs/{name} and the machines differ: if the change is wanted, run\n    \
         RA_BLESS=1 cargo test -p ra-core --test it table\nfirst difference (line, page, machines): {differs:#?}"
    );
}

/// One machine's table: a row an input, a column a phase.
pub(crate) struct Table<P> {
    title: String,
    head: String,
    /// The living phases and, last, the one after the end.
    phases: Vec<P>,
    rows: Vec<(&'static str, Vec<String>)>,
    /// The outputs that the page calls *unexpected*.
    unexpected: &'static str,
}

impl<P: Copy + Display> Table<P> {
    pub(crate) fn new(title: &str, about: &str, phases: &[P]) -> Self {
        Self {
            title: title.to_owned(),
            head: format!("\n## {title}\n\n{about}\n\n"),
            phases: phases.to_vec(),
            rows: Vec::new(),
            unexpected: "",
        }
    }

    /// Lets the page write *unexpected* for these outputs, and explains it.
    pub(crate) fn unexpected(&mut self, outputs: &'static str) {
        self.unexpected = outputs;
        self.head += &format!("*unexpected*: {outputs}.\n\n");
    }

    /// Notes what `feed` describes for each phase; `None` where there is no such thing.
    pub(crate) fn row(&mut self, input: &'static str, feed: impl Fn(P) -> Option<String>) {
        let mut cells: Vec<_> = (self.phases.iter())
            .map(|phase| feed(*phase).unwrap_or_default())
            .collect();
        let ended = cells.pop().expect("a phase after the end");
        assert!(
            matches!(&*ended, "" | "–" | "misuse Ended"),
            "{input} after the end: {ended}"
        );
        self.rows.push((input, cells));
    }

    fn render(&self) -> String {
        let living = &self.phases[..self.phases.len() - 1];
        let mut lines = vec![vec!["input".to_owned()]];
        lines[0].extend(living.iter().map(ToString::to_string));
        for (input, cells) in &self.rows {
            match lines[1..].iter_mut().find(|line| line[1..] == cells[..]) {
                Some(line) => line[0] += &format!("; {input}"),
                None => lines.push([&[(*input).to_owned()], &cells[..]].concat()),
            }
        }
        let everywhere: Vec<_> = lines
            .extract_if(1.., |line| line[2..].iter().all(|cell| *cell == line[1]))
            .collect();
        for cell in lines.iter_mut().flatten() {
            if cell == self.unexpected {
                "unexpected".clone_into(cell);
            }
        }
        let widths: Vec<_> = (0..=living.len())
            .map(|column| lines.iter().map(|l| l[column].chars().count()).max())
            .map(Option::unwrap_or_default)
            .collect();
        lines.insert(1, widths.iter().map(|width| "-".repeat(*width)).collect());
        let mut text = self.head.clone();
        for line in lines {
            for (cell, width) in line.iter().zip(&widths) {
                text += &format!("| {cell:width$} ");
            }
            text += "|\n";
        }
        text += "\nIn every phase:\n\n";
        for line in everywhere {
            text += &format!("- {}: {}\n", line[0], line[1]);
        }
        text
    }
}

/// A cell: what was put out and where it led.
pub(crate) fn cell<P: PartialEq + Display>(outputs: &[String], before: P, after: P) -> String {
    let over = (outputs.last()).is_some_and(|o| o.starts_with("end ") || o.starts_with("fail "));
    let mut parts = outputs.join(", ");
    if before != after && !over {
        parts = format!("{parts} → {after}").trim_start().to_owned();
    }
    if parts.is_empty() {
        "–".to_owned()
    } else {
        parts
    }
}

/// The cell of a command: its outputs and, if it was refused, the misuse.
pub(crate) fn answered(told: String, answer: Result<(), ra_core::Misuse>) -> String {
    match answer {
        Ok(()) => told,
        Err(misuse) if told == "–" => format!("misuse {misuse:?}"),
        Err(misuse) => format!("{told}, misuse {misuse:?}"),
    }
}

/// Drops the 256 outputs of a flood.
pub(crate) fn without_flood<T>(mut outputs: Vec<T>) -> Vec<T> {
    let flood = outputs.len().checked_sub(256).map_or(0, |_| 256);
    outputs.drain(..flood);
    outputs
}

/// The name of a variant, without its data.
pub(crate) fn name(value: &impl Debug) -> String {
    let text = format!("{value:?}");
    text.chars().take_while(|c| c.is_alphanumeric()).collect()
}

/// The end, as a cell tells it.
pub(crate) fn end<T: Debug, E: Debug>(end: &Result<T, E>) -> String {
    match end {
        Ok(outcome) => format!("end {}", name(outcome)),
        Err(error) => format!("fail {}", name(error)),
    }
}
