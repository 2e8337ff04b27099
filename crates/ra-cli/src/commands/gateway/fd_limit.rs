//! The limit of open files: how many files the gateway needs, and how many it may have.

use std::fmt;

use ra_gateway::Config;

use super::settings::Settings;
use crate::log::{note, warning};
use crate::outcome::{Failure, Kind};

/// Files of the process beside the gateway's: standard streams, the runtime, files that are read again.
const OWN: u64 = 32;
/// Connections of one login: a desktop's socket and its call, a phone's call, and a readiness probe.
pub(super) const LEAST_CONNECTIONS: u32 = 4;

/// Limits of open files of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Allowed {
    /// The limit in force.
    soft: u64,
    /// The highest limit that the process may set itself.
    hard: u64,
}

/// A limit of open files with room for fewer than [`limits.connections`](ra_gateway::Limits::connections).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shortage {
    needed: u64,
    allowed: u64,
    wanted: u32,
    /// Connections that fit into the limit.
    pub(super) connections: u32,
}

impl Shortage {
    /// Fails if no login fits into the limit.
    ///
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
    /// Reads the limits; `None` on systems without such a limit.
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

    /// The shortage that remains at the hard limit.
    pub(super) fn shortage(self, settings: &Settings, config: &Config) -> Option<Shortage> {
        short_of(self.hard, settings, config)
    }

    /// Raises the soft limit to the hard one if so many files are needed.
    fn raised(self, needed: u64) -> Self {
        if self.soft >= self.hard || needed <= self.soft {
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
            // some systems refuse their own hard limit: then the soft limit stays, and the caller reports it
            let _ = setrlimit(Resource::Nofile, all);
        }
        Self::now().unwrap_or(self)
    }
}

/// Raises the limit of open files if the settings need it, and lowers the limit of connections if that is not enough.
/// Logs each change.
///
/// # Errors
/// The errors of [`Shortage::check`].
pub(super) fn make_room(settings: &Settings, config: &mut Config) -> Result<(), Failure> {
    let Some(before) = Allowed::now() else {
        return Ok(());
    };
    let now = before.raised(needed(settings, config));
    if now.soft > before.soft {
        note(&format!(
            "this process may have {} files open now, and had {} before",
            now.soft, before.soft
        ));
    }
    if let Some(shortage) = short_of(now.soft, settings, config) {
        shortage.check()?;
        config.limits.connections = shortage.connections;
        warning(&shortage.to_string());
    }
    Ok(())
}

fn short_of(allowed: u64, settings: &Settings, config: &Config) -> Option<Shortage> {
    let (needed, wanted) = (needed(settings, config), config.limits.connections);
    let short = needed.checked_sub(allowed).filter(|short| *short > 0)?;
    let short = u32::try_from(short).unwrap_or(u32::MAX);
    Some(Shortage {
        needed,
        allowed,
        wanted,
        connections: wanted.saturating_sub(short),
    })
}

/// Most files that may be open at a time.
fn needed(settings: &Settings, config: &Config) -> u64 {
    let accounts = settings.accounts();
    let asked = accounts.url.as_ref();
    let asked = asked.map_or(0, |_| accounts.at_a_time().into());
    config.limits.open_files() + asked + OWN
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(connections: u32) -> Config {
        let mut config = Config::default();
        config.limits.connections = connections;
        config
    }

    fn needed_for(connections: u32) -> u64 {
        needed(&Settings::default(), &config(connections))
    }

    #[test]
    fn r55_connections_that_have_no_files_are_given_up_and_no_others() {
        let rest = needed_for(0);
        assert!((100..300).contains(&rest), "{rest}");
        let short =
            |allowed, connections| short_of(allowed, &Settings::default(), &config(connections));
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
        let asking = "[accounts]\nurl = \"https://a.example\"\nat_a_time = 7";
        let asking = toml::from_str(asking).unwrap();
        assert_eq!(needed(&asking, &config(10)), needed_for(10) + 7);
    }
}
