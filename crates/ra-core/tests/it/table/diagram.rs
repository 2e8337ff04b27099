//! A machine's picture, drawn from its table: phases from top to bottom, what moves it on between them, moves that
//! leave the row on the left, ends on the right. What is the same in every phase stands once, below.

use std::collections::BTreeSet;
use std::fmt::{Display, Write as _};

use super::Table;

const BOX: (usize, usize) = (150, 42);
/// Where boxes begin, with moves on their left and without.
const BOX_X: (usize, usize) = (280, 40);
const PILL_X: usize = 480; // from there
const PILL_STEP: usize = 32;
const LINE: usize = 18;
const STYLE: &str = "\
text{font:13px sans-serif;fill:#222}.phase{font-weight:bold;text-anchor:middle}.left{text-anchor:end}\
.title{font-size:16px;font-weight:bold}\
.command{fill:#0b5cad}.out{fill:#666;font-size:12px}.fail{fill:#a8261b;font-size:12px}.note{fill:#444;font-size:12px}\
.box{fill:#eef3fa;stroke:#35557f;stroke-width:1.5}.pill{fill:#e9f5ea;stroke:#3b7d42}\
.end{text-anchor:middle;fill:#1d5a25}\
path{fill:none;stroke:#444;stroke-width:1.4;marker-end:url(#tip)}";

/// A transition of the diagram.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum To {
    Phase(usize),
    End(String),
    Fail(String),
}

/// Inputs that do the same in a phase.
struct Edge {
    from: usize,
    to: To,
    inputs: Vec<&'static str>,
    /// The outputs of the transition.
    out: String,
}

pub(super) fn draw<P: Copy + Display>(table: &Table<P>) -> String {
    let phases: Vec<_> = (table.phases.iter().map(ToString::to_string)).collect();
    let living = phases.len() - 1;
    let all = edges(table, &phases);
    let (common, own): (Vec<_>, Vec<_>) = all.into_iter().partition_in_every(living);
    let beside = own.iter().any(Edge::is_beside);
    let mut drawing = Drawing {
        text: String::new(),
        x: if beside { BOX_X.0 } else { BOX_X.1 },
        y: 70,
    };
    let boxes: Vec<_> = (0..living)
        .map(|phase| drawing.phase(phase, &phases[phase], &own))
        .collect();
    drawing.beside(&own, &boxes);
    drawing.common(&common);
    let (body, height) = (drawing.text, drawing.y);
    let width = if beside { 900 } else { 720 };
    let title = &table.title;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" \
         role=\"img\" aria-label=\"{title}\">\n<style>{STYLE}</style>\n\
         <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" \
         orient=\"auto\">\
         <polygon points=\"0,0 8,4 0,8\" fill=\"#444\"/></marker></defs>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<text class=\"title\" x=\"20\" y=\"30\">{title}</text>\n\
         <text class=\"note\" x=\"20\" y=\"50\">black: what comes from outside; blue: commands of the caller; \
         grey: what is put out; \
         red: how it can fail there</text>\n{body}</svg>\n"
    )
}

impl Edge {
    /// Leads to another phase than the next.
    fn is_beside(&self) -> bool {
        matches!(self.to, To::Phase(to) if to != self.from + 1)
    }
}

/// Every cell that leads elsewhere, those with the same way together.
fn edges<P: Copy + Display>(table: &Table<P>, phases: &[String]) -> Vec<Edge> {
    let mut edges: Vec<Edge> = Vec::new();
    for (input, cells) in &table.rows {
        for (from, cell) in cells.iter().enumerate() {
            let (out, last) = cell.rsplit_once(", ").unwrap_or(("", cell));
            let (out, to) = if let Some((out, phase)) = cell.split_once("→ ") {
                let phase = phases.iter().position(|name| name == phase);
                (out, To::Phase(phase.expect("a phase of the table")))
            } else if let Some(end) = last.strip_prefix("end ") {
                (out, To::End(end.to_owned()))
            } else if let Some(fail) = last.strip_prefix("fail ") {
                ("", To::Fail(fail.to_owned()))
            } else {
                continue;
            };
            match edges
                .iter_mut()
                .find(|edge| edge.from == from && edge.to == to)
            {
                Some(edge) => edge.inputs.push(input),
                None => edges.push(Edge {
                    from,
                    to,
                    inputs: vec![input],
                    out: out.trim_end().replace('`', ""),
                }),
            }
        }
    }
    edges
}

/// Splits off what is the same in every phase.
trait InEvery: Iterator<Item = Edge> + Sized {
    fn partition_in_every(self, phases: usize) -> (Vec<Edge>, Vec<Edge>) {
        let all: Vec<_> = self.collect();
        let common: BTreeSet<To> = (all.iter().map(|edge| edge.to.clone()))
            .filter(|to| !matches!(to, To::Phase(_)))
            .filter(|to| all.iter().filter(|edge| edge.to == *to).count() == phases)
            .collect();
        all.into_iter().partition(|edge| common.contains(&edge.to))
    }
}

impl<I: Iterator<Item = Edge>> InEvery for I {}

struct Drawing {
    text: String,
    /// Where boxes begin.
    x: usize,
    /// How far down it is drawn.
    y: usize,
}

impl Drawing {
    fn label(&mut self, class: &str, x: usize, y: usize, text: &str) {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        writeln!(
            self.text,
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{text}</text>"
        )
        .expect("a string");
    }

    fn shape(&mut self, class: &str, at: (usize, usize), size: (usize, usize), round: usize) {
        let ((x, y), (width, height)) = (at, size);
        writeln!(
            self.text,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{round}\"/>"
        )
        .expect("a string");
    }

    fn path(&mut self, points: &str) {
        writeln!(self.text, "<path d=\"{points}\"/>").expect("a string");
    }

    /// A phase, its ends and failures beside it, its way to the next below; answers where its box begins and ends.
    fn phase(&mut self, number: usize, name: &str, edges: &[Edge]) -> (usize, usize) {
        let from_here = || edges.iter().filter(|edge| edge.from == number);
        let ends: Vec<_> = from_here()
            .filter(|edge| matches!(edge.to, To::End(_)))
            .collect();
        let next: Vec<_> = from_here()
            .filter(|edge| edge.to == To::Phase(number + 1))
            .collect();
        let failures: Vec<_> = (from_here())
            .filter_map(|edge| match &edge.to {
                To::Fail(fail) => Some(fail.as_str()),
                _ => None,
            })
            .collect();

        let (x, top, (width, least)) = (self.x, self.y, BOX);
        let height = least.max(ends.len() * PILL_STEP + 10);
        let (middle, right, bottom) = (x + width / 2, x + width, top + height);
        self.shape("box", (x, top), (width, height), 6);
        self.label("phase", middle, top + height / 2 + 5, name);
        let mut side = top + 17;
        for edge in ends {
            let To::End(end) = &edge.to else { continue };
            self.label(class(edge.inputs[0]), right + 30, side, &inputs(edge));
            self.path(&format!("M{right} {} H{}", side + 5, self.x + PILL_X - 2));
            self.shape("pill", (self.x + PILL_X, side - 7), (110, 24), 12);
            self.label("end", self.x + PILL_X + 55, side + 10, end);
            side += PILL_STEP;
        }
        for line in wrapped(&failures.join(", "), 62) {
            self.label("fail", right + 30, side + 4, &line);
            side += LINE;
        }

        let mut below = bottom.max(side - 8) + LINE;
        for edge in &next {
            self.label(class(edge.inputs[0]), middle + 14, below, &inputs(edge));
            self.label("out", middle + 14, below + LINE - 2, &edge.out);
            below += 2 * LINE;
        }
        self.y = below + 6;
        if !next.is_empty() {
            self.path(&format!("M{middle} {bottom} V{}", self.y - 2));
        }
        (top, bottom)
    }

    /// Moves to another phase than the next: out on the left, the longest outermost.
    fn beside(&mut self, edges: &[Edge], boxes: &[(usize, usize)]) {
        let (x, mut left, mut entered) = (self.x, vec![0; boxes.len()], vec![0; boxes.len()]);
        let mut beside: Vec<_> = (edges.iter().filter(|edge| edge.is_beside()))
            .filter_map(|edge| match edge.to {
                To::Phase(to) => Some((edge, to)),
                _ => None,
            })
            .collect();
        beside.sort_by_key(|(edge, to)| std::cmp::Reverse(to.abs_diff(edge.from)));
        for (number, (edge, to)) in beside.into_iter().enumerate() {
            let column = 24 + 22 * number;
            let leaves = boxes[edge.from].0 + 16 + 20 * left[edge.from];
            let enters = boxes[to].1 - 6 - 10 * entered[to];
            left[edge.from] += 1;
            entered[to] += 1;
            self.path(&format!("M{x} {leaves} H{column} V{enters} H{}", x - 2));
            let text = inputs(edge);
            let class = format!("{} left", class(edge.inputs[0]));
            self.label(&class, x - 10, leaves - 4, &text);
        }
    }

    fn common(&mut self, edges: &[Edge]) {
        let mut ends = Vec::new();
        let mut fails = BTreeSet::new();
        for edge in edges {
            match &edge.to {
                To::End(end) => {
                    let inputs: Vec<_> = edge.inputs.iter().map(|input| plain(input)).collect();
                    let line = format!("{end} by {}", inputs.join(", "));
                    if !ends.contains(&line) {
                        ends.push(line);
                    }
                }
                To::Fail(fail) => drop(fails.insert(fail.as_str())),
                To::Phase(_) => {}
            }
        }
        if edges.is_empty() {
            return;
        }
        self.y += 12;
        self.label("note", 20, self.y, "In every phase:");
        let fails: Vec<_> = fails.into_iter().collect();
        let fails = wrapped(&fails.join(", "), 105);
        for (class, line) in ends
            .iter()
            .map(|line| ("note", line))
            .chain(fails.iter().map(|line| ("fail", line)))
        {
            self.y += LINE;
            self.label(class, 36, self.y, line);
        }
        self.y += LINE;
    }
}

fn plain(input: &str) -> String {
    input.replace("command ", "").replace('`', "")
}

fn class(input: &str) -> &'static str {
    if input.starts_with("command ") {
        "command"
    } else {
        "input"
    }
}

/// The inputs of an edge, or the shortest and how many there are beside it.
fn inputs(edge: &Edge) -> String {
    let mut all: Vec<_> = edge.inputs.iter().map(|input| plain(input)).collect();
    if all.len() <= 2 {
        return all.join(" or ");
    }
    all.sort_by_key(String::len);
    format!("{} or {} others", all[0], all.len() - 1)
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
