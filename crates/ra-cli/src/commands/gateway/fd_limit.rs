//! Open files: how many a gateway needs, and how many it may have.

use std::fmt;

use super::log::Lines;
use super::settings::Settings;
use crate::outcome::{Failure, Kind};

/// What the process needs beside the gateway: its own streams, the runtime, files that are read again.
const OWN: u64 = 32;
/// What one login needs, with whoever asks whether the gateway is ready: a desktop's socket and its call, a phone's call.
pub(super) const LEAST_CONNECTIONS: u32 = 4;

/// How many files this process may have open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Allowed {
    /// For now.
    soft: u64,
    /// As many as the process may allow itself.
    hard: u64,
}

/// How many connections there is room for, when it is fewer than [`limits.connections`](ra_gateway::Limits::connections).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shortage {
    needed: u64,
    allowed: u64,
    wanted: u32,
    /// So many can be reached.
    pub(super) connections: u32,
}

impl Shortage {
    /// # Errors
    /// [`Kind::Local`] if what is left is not enough for a single login.
    pub(super) fn check(self) -> Result<(), Failure> {
        match self.connections {
            LEAST_CONNECTIONS.. => Ok(()),
            _ => Err(Failure::new(
                Kind::Local,
                format!("too few open files for a single login: {self}"),
            )),
        }
    }
}

impl fmt::Display for Shortage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            needed,
            allowed,
            wanted,
            connections,
        } = self;
        write!(
            f,
            "limits.connections is {wanted}, which takes {needed} open files, and this process may have {allowed} \
             (ulimit -n, LimitNOFILE): it takes {connections} connections"
        )
    }
}

impl Allowed {
    /// What the system says; `None` where it has no such limit.
    pub(super) fn now() -> Option<Self> {
        #[cfg(unix)]
        {
            use rustix::process::{Resource, getrlimit};

            let limit = getrlimit(Resource::Nofile);
            let hard = limit.maximum.unwrap_or(u64::MAX);
            let soft = limit.current.unwrap_or(u64::MAX);
            Some(Self { soft, hard })
        }
        #[cfg(not(unix))]
        None
    }

    /// What is short with these settings even once all is allowed that may be.
    pub(super) fn shortage(self, settings: &Settings) -> Option<Shortage> {
        short_of(self.hard, settings)
    }

    /// Raises the soft limit to the hard one, if these settings need that.
    fn raised(self, settings: &Settings) -> Self {
        if self.soft >= self.hard || needed(settings) <= self.soft {
            return self;
        }
        #[cfg(unix)]
        {
            use rustix::process::{Resource, Rlimit, setrlimit};

            let hard = Some(self.hard).filter(|hard| *hard != u64::MAX);
            let all = Rlimit {
                current: hard,
                maximum: hard,
            };
            // some systems have a limit below what they say: then it stays as it is, and is told
            let _ = setrlimit(Resource::Nofile, all);
        }
        Self::now().unwrap_or(self)
    }
}

/// Has the process allow itself as many files as these settings need, and the settings as many connections as that is
/// enough for. Tells what was changed.
///
/// # Errors
/// As [`Shortage::check`].
pub(super) fn make_room(settings: &mut Settings, lines: &Lines) -> Result<(), Failure> {
    let Some(before) = Allowed::now() else {
        return Ok(());
    };
    let now = before.raised(settings);
    if now.soft > before.soft {
        lines.note(&format!(
            "this process may have {} files open now, and had {} before",
            now.soft, before.soft
        ));
    }
    if let Some(shortage) = short_of(now.soft, settings) {
        shortage.check()?;
        settings.config.limits.connections = shortage.connections;
        lines.warning(&shortage.to_string());
    }
    Ok(())
}

fn short_of(allowed: u64, settings: &Settings) -> Option<Shortage> {
    let (needed, wanted) = (needed(settings), settings.config.limits.connections);
    let short = needed.checked_sub(allowed).filter(|short| *short > 0)?;
    let short = u32::try_from(short).unwrap_or(u32::MAX);
    Some(Shortage {
        needed,
        allowed,
        wanted,
        connections: wanted.saturating_sub(short),
    })
}

/// All that may be open at a time.
fn needed(settings: &Settings) -> u64 {
    let asked = settings.accounts.url.as_ref();
    let asked = asked.map_or(0, |_| settings.accounts.at_a_time.into());
    settings.config.limits.open_files() + asked + OWN
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(connections: u32) -> Settings {
        let mut settings = Settings::default();
        settings.config.limits.connections = connections;
        settings
    }

    #[test]
    fn r55_connections_that_have_no_files_are_given_up_and_no_others() {
        let rest = needed(&settings(0));
        assert!((100..300).contains(&rest), "{rest}");
        let short = |allowed, connections| short_of(allowed, &settings(connections));
        assert_eq!(short(1_000 + rest, 1_000), None);
        assert_eq!(short(999 + rest, 1_000).unwrap().connections, 999);
        assert_eq!(short(0, 1_000).unwrap().connections, 0);
        assert_eq!(short(0, u32::MAX).unwrap().connections, 0);
        let is_enough = |connections| {
            let short = short(u64::from(connections) + rest, 1_000).unwrap();
            short.check().is_ok()
        };
        assert!(is_enough(LEAST_CONNECTIONS) && !is_enough(LEAST_CONNECTIONS - 1));
        assert_eq!(short(u64::MAX, u32::MAX), None);
        let told = short(999 + rest, 1_000).unwrap().to_string();
        assert!(
            told.starts_with("limits.connections is 1000, which takes "),
            "{told}"
        );
        assert!(told.ends_with(": it takes 999 connections"), "{told}");
    }

    #[test]
    fn r57_questions_to_a_server_of_accounts_take_files_too() {
        let mut asking = settings(10);
        asking.accounts.url = Some("https://a.example".parse().unwrap());
        asking.accounts.at_a_time = 7;
        assert_eq!(needed(&asking), needed(&settings(10)) + 7);
    }
}
