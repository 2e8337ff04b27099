//! Results of criterion, and the machine.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::thread::available_parallelism;

use serde::{Deserialize, Serialize};

use crate::Outcome;

/// The latest result of each group: its functions, ours first, then by time.
#[derive(Serialize, Deserialize, Default)]
pub(crate) struct Results {
    /// Machines by the first part of a group's name, which names the bench.
    pub(crate) machines: BTreeMap<String, Machine>,
    pub(crate) groups: BTreeMap<String, Vec<Measured>>,
}

/// Machine, compiler and day of a run.
#[derive(Serialize, Deserialize, Clone, PartialEq)]
pub(crate) struct Machine {
    pub(crate) date: String,
    pub(crate) rustc: String,
    pub(crate) processor: String,
    pub(crate) cores: usize,
}

/// Times of one function of a group, in nanoseconds. The median suits rivals in interleaved rounds; the mean suits
/// times that depend on luck.
#[derive(Serialize, Deserialize, Clone)]
pub(crate) struct Measured {
    pub(crate) id: String,
    pub(crate) mean: f64,
    pub(crate) median: f64,
}

impl Machine {
    /// Returns this machine.
    pub(crate) fn here(date: &str, rustc: &str) -> Self {
        let known = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let processor = known
            .lines()
            .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
            .map_or("unknown processor", |(_, name)| name);
        Self {
            date: date.to_owned(),
            rustc: rustc.to_owned(),
            processor: processor.to_owned(),
            cores: available_parallelism().map_or(1, Into::into),
        }
    }
}

impl Measured {
    /// Returns whether this is the project's own code.
    pub(crate) fn is_ours(&self) -> bool {
        self.id.starts_with("ours")
    }
}

impl Results {
    /// Reads `<group>/<function>/new/{benchmark,estimates}.json` anywhere below `root`, of groups whose names begin
    /// with one of
    /// `parts`.
    pub(crate) fn of_criterion(root: &Path, parts: &[String], machine: &Machine) -> Outcome<Self> {
        let mut groups = BTreeMap::<_, Vec<Measured>>::new();
        let mut left = vec![root.to_owned()];
        while let Some(folder) = left.pop() {
            let entries = fs::read_dir(&folder);
            for entry in entries.map_err(|error| format!("{}: {error}", folder.display()))? {
                let path = entry?.path();
                if path.is_dir() {
                    left.push(path);
                } else if path.ends_with("new/benchmark.json") {
                    let (group, measured) = one(&path)?;
                    if parts.iter().any(|part| part == first_part(&group)) {
                        groups.entry(group).or_default().push(measured);
                    }
                }
            }
        }
        for functions in groups.values_mut() {
            // ours, then what else is ours, then rivals
            let place = |m: &Measured| (m.id != "ours", !m.is_ours());
            functions.sort_by(|a, b| (place(a).cmp(&place(b))).then(a.median.total_cmp(&b.median)));
        }
        for part in parts {
            if !groups.keys().any(|group| first_part(group) == part) {
                return Err(format!("criterion has measured nothing of {part}").into());
            }
        }
        let machines = parts.iter().map(|part| (part.clone(), machine.clone()));
        Ok(Self {
            machines: machines.collect(),
            groups,
        })
    }

    /// Replaces the results of the benches that were measured now, and keeps the others.
    pub(crate) fn replaced_by(mut self, newer: Self) -> Self {
        let is_older = |group: &str| !newer.machines.contains_key(first_part(group));
        self.groups.retain(|group, _| is_older(group));
        self.groups.extend(newer.groups);
        self.machines.extend(newer.machines);
        self
    }

    /// Reads saved results.
    pub(crate) fn load(path: &Path) -> Outcome<Self> {
        let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let text = fs::read_to_string(path).map_err(|error| failed(&error))?;
        Ok(serde_json::from_str(&text).map_err(|error| failed(&error))?)
    }

    /// Saves the results in lines, so that two runs can be compared.
    pub(crate) fn save(&self, path: &Path) -> Outcome<()> {
        fs::write(path, serde_json::to_string_pretty(self)? + "\n")?;
        Ok(())
    }

    /// Returns the groups named `name` or below it, with the last part of their names.
    pub(crate) fn below<'a>(&'a self, name: &str) -> Outcome<Vec<(&'a str, &'a [Measured])>> {
        let found: Vec<_> = self
            .groups
            .iter()
            .filter_map(|(group, functions)| {
                let rest = group.strip_prefix(name)?;
                let label = match rest.strip_prefix('/') {
                    Some(label) => label,
                    None if rest.is_empty() => group.rsplit('/').next()?,
                    None => return None,
                };
                Some((label, functions.as_slice()))
            })
            .collect();
        match found.is_empty() {
            true => Err(format!("nothing was measured of {name}").into()),
            false => Ok(found),
        }
    }
}

#[derive(Deserialize)]
struct Benchmark {
    group_id: String,
    function_id: Option<String>,
}

#[derive(Deserialize)]
struct Estimates {
    mean: Estimate,
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

fn first_part(group: &str) -> &str {
    group.split('/').next().unwrap_or(group)
}

fn one(benchmark: &Path) -> Outcome<(String, Measured)> {
    let said: Benchmark = serde_json::from_str(&fs::read_to_string(benchmark)?)?;
    let estimates = fs::read_to_string(benchmark.with_file_name("estimates.json"))?;
    let estimates: Estimates = serde_json::from_str(&estimates)?;
    let id = said.function_id.unwrap_or_default();
    Ok((
        said.group_id,
        Measured {
            id,
            mean: estimates.mean.point_estimate,
            median: estimates.median.point_estimate,
        },
    ))
}
