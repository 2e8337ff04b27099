//! The template with tables and plots in the places of its directives, each a line of its own in double braces:
//!
//! - `{{machine}}`: where it was measured.
//! - `{{ratios PREFIX}}`: a row for each group below, our time, and theirs as multiples of ours.
//! - `{{times GROUP}}`: a row for each function of one group.
//! - `{{dots PREFIX | title}}`: a plot, theirs as multiples of ours.
//! - `{{bars GROUP | title}}`: a plot of the times of one group.
//! - `mean-` before one of these four takes means instead of medians.
//! - `{{include NAME}}`: the table that a program printed, `benches/results/NAME.md`.
//! - `{{bars-of NAME / COLUMN | title}}`: a plot of a column of that table.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::plot::{self, Bar, Row};
use crate::results::{Machine, Measured, Results};

/// The page and its plots, by their paths below the project's root.
pub(crate) struct Page {
    files: BTreeMap<PathBuf, String>,
}

impl Page {
    /// Fills the template. A directive that is not known, or that nothing was measured for, is an error.
    pub(crate) fn fill(template: &str, results: &Results, tables: &Path) -> Outcome<Self> {
        let mut filled = Filling {
            results,
            tables,
            files: BTreeMap::new(),
        };
        let mut text = String::new();
        for line in template.lines() {
            match line.strip_prefix("{{").and_then(|l| l.strip_suffix("}}")) {
                Some(directive) => text += &filled.directive(directive)?,
                None => text += line,
            }
            text.push('\n');
        }
        let mut files = filled.files;
        files.insert("docs/benchmarks.md".into(), text);
        Ok(Self { files })
    }

    /// All files of it.
    pub(crate) fn files(&self) -> impl Iterator<Item = (PathBuf, &String)> {
        self.files.iter().map(|(path, text)| (path.clone(), text))
    }
}

/// The figure that is asked for.
type Of = fn(&Measured) -> f64;

struct Filling<'a> {
    results: &'a Results,
    tables: &'a Path,
    files: BTreeMap<PathBuf, String>,
}

impl Filling<'_> {
    fn directive(&mut self, directive: &str) -> Outcome<String> {
        let (what, title) = directive.split_once(" | ").unwrap_or((directive, ""));
        let (verb, name) = what.split_once(' ').unwrap_or((what, ""));
        let (of, verb): (Of, _) = if let Some(verb) = verb.strip_prefix("mean-") {
            (|m| m.mean, verb)
        } else {
            (|m| m.median, verb)
        };
        Ok(match verb {
            "machine" => self.machine(),
            "ratios" => ratios(&self.results.below(name)?, of),
            "times" => times(self.group(name)?, of),
            "dots" => {
                let rows = dots(&self.results.below(name)?, of)?;
                self.plot(name, title, plot::dots(title, &rows))
            }
            "bars" => {
                let bars = bars(self.group(name)?, of);
                self.plot(name, title, plot::bars(title, &bars))
            }
            "include" => self.table(name)?.trim().to_owned(),
            "bars-of" => {
                let (name, column) = name.split_once(" / ").ok_or("bars-of wants a column")?;
                let bars = column_of(&self.table(name)?, column)?;
                self.plot(name, title, plot::bars(title, &bars))
            }
            _ => return Err(format!("the template asks for {verb}").into()),
        })
    }

    fn machine(&self) -> String {
        let line = |machine: &Machine| {
            format!(
                "{}, {} cores, {}, {}.",
                machine.processor, machine.cores, machine.rustc, machine.date
            )
        };
        let mut machines = self.results.machines.values();
        match machines.next() {
            Some(first) if machines.all(|other| other == first) => line(first),
            _ => {
                let each = self.results.machines.iter();
                let each = each.map(|(part, machine)| format!("- `{part}`: {}", line(machine)));
                each.collect::<Vec<_>>().join("\n")
            }
        }
    }

    fn group(&self, name: &str) -> Outcome<&[Measured]> {
        let found = self.results.groups.get(name);
        Ok(found.ok_or_else(|| format!("nothing was measured of {name}"))?)
    }

    fn table(&self, name: &str) -> Outcome<String> {
        let path = self.tables.join(name).with_extension("md");
        let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let table = fs::read_to_string(&path).map_err(|error| failed(&error))?;
        if !table.lines().any(|line| line.starts_with('|')) {
            return Err(failed(&"there is no table in it").into());
        }
        Ok(table)
    }

    fn plot(&mut self, name: &str, title: &str, svg: String) -> String {
        let file = format!("benchmarks/{}.svg", name.replace(['/', ' '], "-"));
        let link = format!("![{title}]({file})");
        self.files.insert(Path::new("docs").join(file), svg);
        link
    }
}

/// Ours first, then each rival in the order of the first group that has it.
fn ratios(groups: &[(&str, &[Measured])], of: Of) -> String {
    let mut rivals: Vec<&str> = Vec::new();
    for measured in groups.iter().flat_map(|(_, functions)| functions.iter()) {
        if !measured.is_ours() && !rivals.contains(&measured.id.as_str()) {
            rivals.push(&measured.id);
        }
    }
    let mut text = String::from("| | ours |");
    for rival in &rivals {
        let _ = write!(text, " {rival} |");
    }
    text += "\n|---|--:|";
    text += &"--:|".repeat(rivals.len());
    for (label, functions) in groups {
        let Some(ours) = functions.first() else {
            continue;
        };
        let _ = write!(text, "\n| {label} | {} |", duration(of(ours)));
        for rival in &rivals {
            match functions.iter().find(|measured| measured.id == *rival) {
                Some(theirs) => {
                    let _ = write!(text, " {:.2} × |", of(theirs) / of(ours));
                }
                None => text += " |",
            }
        }
    }
    text
}

fn times(functions: &[Measured], of: Of) -> String {
    let first = functions.first().map_or(1.0, of);
    let mut text = String::from("| | time | ÷ the first |\n|---|--:|--:|");
    for measured in functions {
        let (time, ratio) = (duration(of(measured)), of(measured) / first);
        let digits = if ratio < 0.01 { 5 } else { 2 };
        let _ = write!(text, "\n| {} | {time} | {ratio:.digits$} |", measured.id);
    }
    text
}

fn dots<'a>(groups: &[(&'a str, &'a [Measured])], of: Of) -> Outcome<Vec<Row<'a>>> {
    let mut rows = Vec::new();
    for (label, functions) in groups {
        let (ours, rivals) = functions.split_first().ok_or("a group without functions")?;
        if !ours.is_ours() {
            return Err(format!("the group of {label} has nothing of ours").into());
        }
        let dots = rivals
            .iter()
            .map(|theirs| (theirs.id.as_str(), of(theirs) / of(ours)));
        rows.push(Row {
            label,
            dots: dots.collect(),
        });
    }
    Ok(rows)
}

fn bars(functions: &[Measured], of: Of) -> Vec<Bar> {
    let bar = |measured: &Measured| Bar {
        label: measured.id.clone(),
        length: of(measured),
        text: duration(of(measured)),
        ours: measured.is_ours(),
    };
    functions.iter().map(bar).collect()
}

/// The rows of a Markdown table as bars; those are ours whose label begins with `ra` or `ours`.
fn column_of(table: &str, column: &str) -> Outcome<Vec<Bar>> {
    let mut rows = table
        .lines()
        .filter_map(|line| line.trim().strip_prefix('|')?.strip_suffix('|'))
        .map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    let head = rows.next().ok_or("a file without a table")?;
    let at = head.iter().position(|name| *name == column);
    let at = at.ok_or_else(|| format!("no column {column}"))?;
    let mut bars = Vec::new();
    for row in rows.skip(1) {
        let (Some(label), Some(value)) = (row.first(), row.get(at)) else {
            break; // the end of the first table
        };
        let number = value.split(' ').next().unwrap_or_default();
        let Ok(length) = number.replace(',', "").parse() else {
            continue; // who could not be measured says so in words
        };
        let label = label.replace(['`', '*'], "");
        bars.push(Bar {
            ours: label.starts_with("ra") || label.starts_with("ours"),
            label,
            length,
            text: (*value).to_owned(),
        });
    }
    Ok(bars)
}

/// A time to three digits in the unit that fits it.
fn duration(nanoseconds: f64) -> String {
    let (value, unit) = match nanoseconds {
        n if n < 1e3 => (n, "ns"),
        n if n < 1e6 => (n / 1e3, "µs"),
        n if n < 1e9 => (n / 1e6, "ms"),
        n => (n / 1e9, "s"),
    };
    match value {
        v if v < 10.0 => format!("{v:.2} {unit}"),
        v if v < 100.0 => format!("{v:.1} {unit}"),
        v => format!("{v:.0} {unit}"),
    }
}
