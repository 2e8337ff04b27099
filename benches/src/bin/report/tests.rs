//! Tests of the page, the kept results and the aims.

use std::collections::BTreeMap;
use std::path::Path;

use crate::aims;
use crate::page;
use crate::results::{Machine, Measured, Results};

fn measured(id: &str, median: f64) -> Measured {
    Measured {
        id: id.into(),
        median,
        mean: 2.0 * median,
    }
}

fn machine(date: &str) -> Machine {
    Machine {
        date: date.into(),
        rustc: "rustc 1".into(),
        processor: "A & B".into(),
        cores: 2,
    }
}

fn results() -> Results {
    let group = |name: &str, functions: &[(&str, f64)]| {
        let functions = functions.iter().map(|(id, median)| measured(id, *median));
        (name.to_owned(), functions.collect())
    };
    Results {
        machines: BTreeMap::from([("frames".into(), machine("2026-11-20"))]),
        groups: BTreeMap::from([
            group("frames/one", &[("ours", 50.0), ("slow", 100.0)]),
            group("frames/two", &[("ours", 2_000.0), ("quick", 1_000.0)]),
            group("frames2", &[("ours", 1.0)]),
            group("alone", &[("rival <x>", 4e9)]),
        ]),
    }
}

fn filled(template: &str, table: &str) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("start.md"), table).unwrap();
    page::fill(template, &results(), folder.path()).map_err(|error| error.to_string())
}

#[test]
fn tables_hold_our_time_and_theirs_as_multiples() {
    let page = filled("before\n{{ratios frames}}\nafter {{x}}\n", "").unwrap();
    let expected = "before\n| | ours | slow | quick |\n|---|--:|--:|--:|\n| one | 50.0 ns | 2.00× | |\n\
                    | two | 2.00 µs | | 0.50× |\nafter {{x}}\n";
    assert_eq!(page, expected);
    let page = filled("{{mean-ratios frames}}", "").unwrap();
    assert!(page.contains("| one | 100 ns | 2.00× | |"), "{page}");
    let page = filled(
        "{{times frames/one}}\n{{mean-times alone}}\n{{machine}}",
        "",
    )
    .unwrap();
    assert!(page.contains("| slow | 100 ns | 2.00 |"), "{page}");
    assert!(page.contains("| rival <x> | 8.00 s | 1.00 |"), "{page}");
    assert!(
        page.contains("A & B, 2 cores, rustc 1, 2026-11-20."),
        "{page}"
    );
}

#[test]
fn what_was_not_measured_is_an_error() {
    for (template, word) in [
        ("{{ratios none}}", "none"),
        ("{{times frames}}", "frames"),
        ("{{ratios alone}}", "alone"),
        ("{{include none}}", "none"),
        ("{{unknown}}", "unknown"),
    ] {
        let error = filled(template, "| | ms |\n|--|--:|\n").unwrap_err();
        assert!(error.contains(word), "{template}: {error}");
    }
}

#[test]
fn a_run_that_printed_no_table_is_an_error() {
    for printed in ["", "\nMeasured on 2026-11-20.\n"] {
        let error = filled("{{include start}}", printed).unwrap_err();
        assert!(error.contains("no table"), "{error}");
    }
}

#[test]
fn criterions_files_are_read_wherever_they_lie() {
    let folder = tempfile::tempdir().unwrap();
    for (path, id) in [("a/x", "rival"), ("a/z", "ours-too"), ("deep/a/y", "ours")] {
        let new = folder.path().join(path).join("new");
        std::fs::create_dir_all(&new).unwrap();
        let said =
            format!(r#"{{"group_id":"g/h","function_id":"{id}","value_str":"7","extra":0}}"#);
        std::fs::write(new.join("benchmark.json"), said).unwrap();
        let estimates =
            r#"{"mean":{"point_estimate":5.5},"median":{"point_estimate":4.5},"slope":null}"#;
        std::fs::write(new.join("estimates.json"), estimates).unwrap();
    }
    let machine = Machine::here("2026-11-20", "rustc 1");
    assert!(machine.cores >= 1);
    let read = |part: &str| Results::of_criterion(folder.path(), &[part.into()], &machine);
    assert!(
        read("h").is_err(),
        "an older run of something else is no run of this"
    );
    let results = read("g").unwrap();
    let kept = folder.path().join("kept.json");
    results.save(&kept).unwrap();
    let results = Results::load(&kept).unwrap();
    let ids: Vec<_> = results.groups["g/h"].iter().map(|m| &m.id).collect();
    assert_eq!(ids, ["ours", "ours-too", "rival"]); // ours first, though slower
    let ours = &results.groups["g/h"][0];
    assert_eq!((ours.mean, ours.median), (5.5, 4.5));
    assert!(Results::load(Path::new("/nonexistent")).is_err());
}

#[test]
fn what_is_measured_anew_takes_the_place_of_its_part_alone() {
    let newer = Results {
        machines: BTreeMap::from([("frames".into(), machine("2027-01-01"))]),
        groups: BTreeMap::from([("frames/one".into(), vec![measured("ours", 7.0)])]),
    };
    let merged = results().replaced_by(newer);
    let names: Vec<_> = merged.groups.keys().map(String::as_str).collect();
    assert_eq!(names, ["alone", "frames/one", "frames2"]);
    assert_eq!(merged.groups["frames/one"].len(), 1);
    assert_eq!(merged.machines["frames"].date, "2027-01-01");
}

#[test]
fn an_aim_that_is_missed_is_named() {
    let mut results = results();
    let group = |ours, visitor, derived| {
        let each = [("ours", ours), ("visitor", visitor), ("derived", derived)];
        each.map(|(id, median)| measured(id, median)).to_vec()
    };
    let mut missed = |functions| {
        results
            .groups
            .insert("frames/decode/hello".into(), functions);
        aims::missed(&results)
    };
    assert_eq!(missed(group(10.0, 10.0, 16.0)), [""; 0]);
    assert_eq!(
        missed(group(10.0, 9.9, 15.9)),
        [
            "frames/decode/hello: visitor takes 0.99 of ours, at least 1.00 is wanted",
            "frames/decode/hello: derived takes 1.59 of ours, at least 1.60 is wanted",
        ]
    );
}

#[test]
fn parts_of_other_days_say_so() {
    let other = Results {
        machines: BTreeMap::from([("texts".into(), machine("2027-01-01"))]),
        ..Results::default()
    };
    let folder = tempfile::tempdir().unwrap();
    let text = page::fill("{{machine}}", &results().replaced_by(other), folder.path());
    assert_eq!(
        text.unwrap_or_else(|error| panic!("{error}")),
        "- `frames`: A & B, 2 cores, rustc 1, 2026-11-20.\n\
         - `texts`: A & B, 2 cores, rustc 1, 2027-01-01.\n"
    );
}
