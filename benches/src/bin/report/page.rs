//! Fills the template. A line of its own in double braces is a directive:
//!
//! - `{{machine}}`: the machine, compiler and day of the run.
//! - `{{ratios PREFIX}}`: a table with a row for each group below: our time, and the rivals' as multiples of ours.
//! - `{{times GROUP}}`: a table with a row for each function of one group.
//! - `mean-` before `ratios` or `times` takes means instead of medians.
//! - `{{include NAME}}`: the table that a program printed, `benches/results/NAME.md`.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::Outcome;
use crate::results::{Machine, Measured, Results};

/// Figure of a measurement that a table shows: its mean or its median.
type Figure = fn(&Measured) -> f64;

/// Returns the template with all directives replaced. A directive that is unknown, or that nothing was measured for, is
/// an error.
pub(crate) fn fill(template: &str, results: &Results, tables: &Path) -> Outcome<String> {
    let mut text = String::new();
    for line in template.lines() {
        match line.strip_prefix("{{").and_then(|l| l.strip_suffix("}}")) {
            Some(line) => text += &directive(line, results, tables)?,
            None => text += line,
        }
        text.push('\n');
    }
    Ok(text)
}

fn directive(line: &str, results: &Results, tables: &Path) -> Outcome<String> {
    let (verb, name) = line.split_once(' ').unwrap_or((line, ""));
    let (figure, verb): (Figure, _) = match verb.strip_prefix("mean-") {
        Some(verb) => (|measured| measured.mean, verb),
        None => (|measured| measured.median, verb),
    };
    match verb {
        "machine" => Ok(machines(results)),
        "ratios" => ratios(&results.below(name)?, figure),
        "times" => match results.groups.get(name) {
            Some(functions) => Ok(times(functions, figure)),
            None => Err(format!("nothing was measured of {name}").into()),
        },
        "include" => table(&tables.join(name).with_extension("md")),
        _ => Err(format!("unknown directive in the template: {verb}").into()),
    }
}

fn machines(results: &Results) -> String {
    let line = |machine: &Machine| {
        format!(
            "{}, {} cores, {}, {}.",
            machine.processor, machine.cores, machine.rustc, machine.date
        )
    };
    let mut machines = results.machines.values();
    match machines.next() {
        Some(first) if machines.all(|other| other == first) => line(first),
        _ => {
            let each = results.machines.iter();
            let each = each.map(|(part, machine)| format!("- `{part}`: {}", line(machine)));
            each.collect::<Vec<_>>().join("\n")
        }
    }
}

fn table(path: &Path) -> Outcome<String> {
    let table = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    if !table.lines().any(|line| line.starts_with('|')) {
        return Err(format!("{}: there is no table in it", path.display()).into());
    }
    Ok(table.trim().to_owned())
}

/// Ours first, then each rival in the order of the first group that has it.
fn ratios(groups: &[(&str, &[Measured])], figure: Figure) -> Outcome<String> {
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
        let ours = functions.first().filter(|measured| measured.is_ours());
        let ours = ours.ok_or_else(|| format!("the group of {label} has nothing of ours"))?;
        let _ = write!(text, "\n| {label} | {} |", duration(figure(ours)));
        for rival in &rivals {
            match functions.iter().find(|measured| measured.id == *rival) {
                Some(theirs) => {
                    let _ = write!(text, " {:.2}× |", figure(theirs) / figure(ours));
                }
                None => text += " |",
            }
        }
    }
    Ok(text)
}

fn times(functions: &[Measured], figure: Figure) -> String {
    let first = functions.first().map_or(1.0, figure);
    let mut text = String::from("| | time | ÷ the first |\n|---|--:|--:|");
    for measured in functions {
        let (time, ratio) = (duration(figure(measured)), figure(measured) / first);
        let digits = if ratio < 0.01 { 5 } else { 2 };
        let _ = write!(text, "\n| {} | {time} | {ratio:.digits$} |", measured.id);
    }
    text
}

/// Writes a time with three digits, in the unit that fits.
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
