//! Measures each size, and compares the sizes.

use std::fmt;
use std::time::Duration;

use allocation_counter::measure as count;
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

use crate::crowd::{Counted, Crowd, Lost, PHASES};

/// Allowed difference of the work per session. Heartbeats start at a random part of their interval.
const MAY_DIFFER: f64 = 0.01;

/// One size.
pub(crate) struct Size {
    pub(crate) sessions: u32,
    pub(crate) phases: Vec<Phase>,
    /// Bytes in use while every session waits, including the timeline.
    pub(crate) bytes: u64,
    pub(crate) counted: Counted,
}

/// One phase of a run.
#[derive(Clone, Copy, Default)]
pub(crate) struct Phase {
    pub(crate) events: u64,
    pub(crate) allocations: u64,
    /// CPU time of this thread in the fastest round.
    pub(crate) time: Duration,
}

impl Size {
    fn events(&self) -> u64 {
        self.phases.iter().map(|phase| phase.events).sum()
    }

    fn allocations(&self) -> u64 {
        self.phases.iter().map(|phase| phase.allocations).sum()
    }

    fn time(&self) -> Duration {
        self.phases.iter().map(|phase| phase.time).sum()
    }

    fn a_session(&self, work: u64) -> f64 {
        work as f64 / f64::from(self.sessions)
    }
}

fn nanoseconds_each(time: Duration, events: u64) -> f64 {
    time.as_nanos() as f64 / events as f64
}

pub(crate) struct Report(Vec<Size>);

/// Counts the work of each size once, and measures its time in `rounds` rounds.
pub(crate) fn measure(sizes: &[u32], rounds: u32) -> Result<Report, Lost> {
    let mut report = Report(Vec::new());
    for sessions in sizes {
        report.0.push(counted(*sessions)?);
    }
    for _ in 0..rounds {
        for size in &mut report.0 {
            timed(size)?;
        }
    }
    Ok(report)
}

fn counted(sessions: u32) -> Result<Size, Lost> {
    let (mut phases, mut held, mut most) = (Vec::new(), 0, 0);
    let mut crowd = None;
    held += count(|| crowd = Some(Crowd::new(sessions))).bytes_current;
    let mut crowd = crowd.ok_or("nothing was built")?;
    let mut before = 0;
    for (name, until) in PHASES {
        let mut ended = Ok(());
        let counted = count(|| ended = crowd.run(until));
        ended?;
        held += counted.bytes_current;
        if name == "waiting" {
            crowd.check_waiting()?;
            most = held;
        }
        phases.push(Phase {
            events: crowd.counted().events - before,
            allocations: counted.count_total,
            time: Duration::MAX,
        });
        before = crowd.counted().events;
    }
    crowd.check_ended()?;
    Ok(Size {
        sessions,
        phases,
        bytes: u64::try_from(most).map_err(|_| "more was freed than allocated")?,
        counted: crowd.counted(),
    })
}

fn timed(size: &mut Size) -> Result<(), Lost> {
    let mut crowd = Crowd::new(size.sessions);
    for (phase, (_, until)) in size.phases.iter_mut().zip(PHASES) {
        let start = processor_time();
        crowd.run(until)?;
        phase.time = phase.time.min(processor_time().saturating_sub(start));
    }
    if crowd.counted() != size.counted {
        return Err(format!(
            "two runs differ: {:?}, {:?}",
            crowd.counted(),
            size.counted
        ));
    }
    Ok(())
}

/// Returns the CPU time of this thread, which other load on the machine affects little.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

impl Report {
    /// Fails unless the counted work grows with the number of sessions.
    pub(crate) fn verdict(&self) -> Result<(), Lost> {
        for pair in self.0.windows(2) {
            let [small, large] = pair else { continue };
            for (what, work) in [
                ("events", Size::events as fn(&Size) -> u64),
                ("allocations", Size::allocations),
            ] {
                let (one, other) = (small.a_session(work(small)), large.a_session(work(large)));
                if (other / one - 1.0).abs() > MAY_DIFFER {
                    return Err(format!(
                        "{one:.2} {what} a session of {}, {other:.2} of {}",
                        small.sessions, large.sessions
                    ));
                }
            }
        }
        Ok(())
    }

    pub(crate) fn json(&self) -> Value {
        let size = |size: &Size| {
            let phases = PHASES.iter().zip(&size.phases).map(|((name, _), phase)| {
                json!({
                    "name": name,
                    "events": phase.events,
                    "allocations": phase.allocations,
                    "ns_an_event": nanoseconds_each(phase.time, phase.events),
                })
            });
            json!({
                "sessions": size.sessions,
                "bytes_a_session": size.a_session(size.bytes),
                "heartbeats": size.counted.heartbeats,
                "ns_an_event": nanoseconds_each(size.time(), size.events()),
                "phases": phases.collect::<Vec<_>>(),
            })
        };
        json!({ "sizes": self.0.iter().map(size).collect::<Vec<_>>() })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = |f: &mut fmt::Formatter<'_>, name: &str, cell: &dyn Fn(&Size) -> String| {
            write!(f, "| {name} |")?;
            for size in &self.0 {
                write!(f, " {} |", cell(size))?;
            }
            writeln!(f)
        };
        row(f, "sessions on one thread", &|size| {
            size.sessions.to_string()
        })?;
        writeln!(f, "|---|{}", "--:|".repeat(self.0.len()))?;
        row(f, "of them lost", &|_| "0".to_owned())?;
        row(f, "heartbeats, all answered", &|size| {
            size.counted.heartbeats.to_string()
        })?;
        row(f, "approved, declined, expired", &|size| {
            let Counted {
                approved,
                declined,
                expired,
                ..
            } = size.counted;
            format!("{approved}, {declined}, {expired}")
        })?;
        row(f, "bytes a session, both ends and their timers", &|size| {
            format!("{:.0}", size.a_session(size.bytes))
        })?;
        row(f, "events a session", &|size| {
            format!("{:.2}", size.a_session(size.events()))
        })?;
        row(f, "allocations a session", &|size| {
            format!("{:.2}", size.a_session(size.allocations()))
        })?;
        for (index, (name, _)) in PHASES.iter().enumerate() {
            row(f, &format!("ns an event, {name}"), &|size| {
                let phase = size.phases[index];
                format!("{:.0}", nanoseconds_each(phase.time, phase.events))
            })?;
        }
        row(f, "ns an event, all together", &|size| {
            format!("{:.0}", nanoseconds_each(size.time(), size.events()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(sessions: u32, events: u64, allocations: u64) -> Size {
        let phase = Phase {
            events,
            allocations,
            time: Duration::from_nanos(1),
        };
        Size {
            sessions,
            phases: vec![phase],
            bytes: 1,
            counted: Counted::default(),
        }
    }

    #[test]
    fn work_that_grows_faster_than_the_number_of_sessions_is_refused() {
        let verdict = |other| Report(vec![size(10, 1_000, 5_000), other]).verdict();
        assert_eq!(verdict(size(100, 10_050, 50_050)), Ok(()));
        assert!(
            verdict(size(100, 10_200, 50_000))
                .unwrap_err()
                .contains("events")
        );
        assert!(
            verdict(size(100, 10_000, 51_000))
                .unwrap_err()
                .contains("allocations")
        );
        assert!(verdict(size(100, 9_000, 50_000)).is_err());
    }
}
