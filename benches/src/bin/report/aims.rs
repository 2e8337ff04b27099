//! The aims: the least time of a rival as a multiple of ours. `check` compares the results with them.

use crate::results::{Measured, Results};

struct Aim {
    /// A group, or a prefix of groups.
    groups: &'static str,
    rival: &'static str,
    of: fn(&Measured) -> f64,
    at_least: f64,
}

const AIMS: &[Aim] = &[
    median("frames/decode", "visitor", 1.0),
    median("frames/decode", "derived", 1.6),
    median("frames/encode", "to_string", 3.0),
    // our layer costs a twentieth at most
    median("crypto/proof/aws-lc-rs", "aws-lc-rs", 1.0 / 1.05),
    median("crypto/proof/rustcrypto", "rsa", 1.0 / 1.05),
    mean("crypto/key", "ours-one-thread", 1.0 / 0.6),
    mean("crypto/session", "aws-lc-rs", 1.0 / 0.77),
    mean("crypto/session", "openssl", 1.0 / 0.25),
];

const fn median(groups: &'static str, rival: &'static str, at_least: f64) -> Aim {
    Aim {
        groups,
        rival,
        of: |measured| measured.median,
        at_least,
    }
}

const fn mean(groups: &'static str, rival: &'static str, at_least: f64) -> Aim {
    Aim {
        of: |measured| measured.mean,
        ..median(groups, rival, at_least)
    }
}

/// Returns a line for each missed aim. Rivals without results are left out.
pub(crate) fn missed(results: &Results) -> Vec<String> {
    let mut missed = Vec::new();
    for aim in AIMS {
        let below = |name: &str| {
            name.strip_prefix(aim.groups)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        for (name, functions) in results.groups.iter().filter(|(name, _)| below(name)) {
            let find = |id| functions.iter().find(|measured| measured.id == id);
            let (Some(ours), Some(theirs)) = (find("ours"), find(aim.rival)) else {
                continue;
            };
            let ratio = (aim.of)(theirs) / (aim.of)(ours);
            if ratio < aim.at_least {
                missed.push(format!(
                    "{name}: {} takes {ratio:.2} of ours, at least {:.2} is wanted",
                    aim.rival, aim.at_least
                ));
            }
        }
    }
    missed
}
