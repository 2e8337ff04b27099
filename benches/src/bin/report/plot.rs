//! Two plots as SVG: bars of times, and dots of ratios on a logarithmic scale. Colours and letters fit light and dark pages.

use std::fmt::Write as _;

const LABELS: f64 = 260.0; // px left of the plot
const WIDTH: f64 = 420.0; // px of the plot
const RIGHT: f64 = 90.0; // px right of it, for values
const ROW: f64 = 24.0; // px from a row to the next
const TOP: f64 = 44.0; // px above the first row
const OURS: &str = "#2f7ed8";
const THEIRS: [&str; 6] = [
    "#8a8f98", "#e0862b", "#3aa76d", "#b0558f", "#c9a227", "#6d6fc4",
];

/// A bar of a plot.
pub(crate) struct Bar {
    pub(crate) label: String,
    pub(crate) length: f64,
    pub(crate) text: String,
    pub(crate) ours: bool,
}

/// A row of dots: rivals by name, as multiples of ours.
pub(crate) struct Row<'a> {
    pub(crate) label: &'a str,
    pub(crate) dots: Vec<(&'a str, f64)>,
}

/// Bars from zero, ours in colour.
pub(crate) fn bars(title: &str, bars: &[Bar]) -> String {
    let longest = bars.iter().map(|bar| bar.length).fold(0.0, f64::max);
    let mut svg = Svg::new(title, bars.len());
    for (index, bar) in bars.iter().enumerate() {
        let y = row(index);
        let width = WIDTH * bar.length / longest.max(f64::MIN_POSITIVE);
        let colour = if bar.ours { OURS } else { THEIRS[0] };
        svg.text(LABELS - 8.0, y, "end", &bar.label);
        svg.push(format_args!(
            r#"<rect x="{LABELS}" y="{:.1}" width="{width:.1}" height="14" rx="2" fill="{colour}"/>"#,
            y - 7.0
        ));
        svg.text(LABELS + width + 6.0, y, "start", &bar.text);
    }
    svg.finish()
}

/// Dots right of the line are slower than we are, dots left of it faster.
pub(crate) fn dots(title: &str, rows: &[Row<'_>]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in rows.iter().flat_map(|row| &row.dots) {
        if !names.contains(name) {
            names.push(name);
        }
    }
    let all = || rows.iter().flat_map(|row| &row.dots).map(|dot| dot.1);
    let low = all().fold(0.5, f64::min).log2().floor();
    let high = all().fold(2.0, f64::max).log2().ceil();
    let at = |ratio: f64| LABELS + WIDTH * (ratio.log2() - low) / (high - low);
    let bottom = row(rows.len());

    let mut svg = Svg::new(title, rows.len() + 2);
    let mut power = low;
    while power <= high {
        let (x, ratio) = (at(power.exp2()), power.exp2());
        let (colour, width) = if power == 0.0 {
            (OURS, 2)
        } else {
            ("#8a8f98", 1)
        };
        let faint = if power == 0.0 { 1.0 } else { 0.35 };
        svg.push(format_args!(
            r#"<line x1="{x:.1}" y1="{:.1}" x2="{x:.1}" y2="{bottom:.1}" stroke="{colour}" stroke-width="{width}" opacity="{faint}"/>"#,
            TOP - 14.0
        ));
        let label = if power == 0.0 {
            "ours".to_owned()
        } else {
            format!("{ratio} ×")
        };
        svg.text(x, bottom + 10.0, "middle", &label);
        power += 1.0;
    }
    for (index, row_of) in rows.iter().enumerate() {
        let y = row(index);
        svg.text(LABELS - 8.0, y, "end", row_of.label);
        for (name, ratio) in &row_of.dots {
            let colour = colour_of(&names, name);
            svg.push(format_args!(
                r#"<circle cx="{:.1}" cy="{y:.1}" r="5" fill="{colour}"><title>{}: {ratio:.2} ×</title></circle>"#,
                at(*ratio),
                escaped(name)
            ));
        }
    }
    let mut x = LABELS;
    for name in &names {
        let y = bottom + ROW + 8.0;
        let colour = colour_of(&names, name);
        svg.push(format_args!(
            r#"<circle cx="{x:.1}" cy="{y:.1}" r="5" fill="{colour}"/>"#
        ));
        svg.text(x + 10.0, y, "start", name);
        x += 34.0 + 7.2 * name.chars().count() as f64;
    }
    svg.finish()
}

fn row(index: usize) -> f64 {
    TOP + ROW * index as f64
}

fn colour_of(names: &[&str], name: &str) -> &'static str {
    let index = names.iter().position(|known| *known == name).unwrap_or(0);
    THEIRS[index % THEIRS.len()]
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

struct Svg(String);

impl Svg {
    fn new(title: &str, rows: usize) -> Self {
        let (width, height) = (LABELS + WIDTH + RIGHT, row(rows));
        let mut svg = Self(String::new());
        svg.push(format_args!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" font-family="sans-serif" font-size="13">"#
        ));
        svg.push(format_args!(
            "<style>text{{fill:#24292f}}@media(prefers-color-scheme:dark){{text{{fill:#d0d7de}}}}</style>"
        ));
        svg.push(format_args!(
            r#"<text x="8" y="20" font-weight="bold">{}</text>"#,
            escaped(title)
        ));
        svg
    }

    fn text(&mut self, x: f64, y: f64, anchor: &str, text: &str) {
        self.push(format_args!(
            r#"<text x="{x:.1}" y="{:.1}" text-anchor="{anchor}">{}</text>"#,
            y + 4.5,
            escaped(text)
        ));
    }

    fn push(&mut self, element: std::fmt::Arguments<'_>) {
        let _ = writeln!(self.0, "{element}");
    }

    fn finish(mut self) -> String {
        self.0 += "</svg>\n";
        self.0
    }
}
