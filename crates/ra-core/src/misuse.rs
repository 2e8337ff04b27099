//! Misuse: a command that the present phase does not take. Callers can be wrong in no other way.

use core::fmt;

/// A command came when the machine could not take it. Depends on the order of the caller's own
/// calls only, never on what a peer sent; the machine goes on as if the call had not been made.
///
/// ```
/// use ra_core::Misuse;
///
/// assert_eq!(Misuse::NoCaptcha.to_string(), "no captcha is waiting for an answer");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misuse {
    /// The machine has ended.
    Ended,
    /// There is no captcha to answer.
    NoCaptcha,
    /// There is no second factor to answer.
    NoMfa,
    /// The phone has nothing to approve or decline (yet, or any more).
    NothingToDecide,
    /// No user can be attached in this phase.
    NotReady,
    /// No user is attached, so there is nothing to approve or decline.
    NobodyAttached,
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ended => "the machine has ended",
            Self::NoCaptcha => "no captcha is waiting for an answer",
            Self::NoMfa => "no second factor is waiting for an answer",
            Self::NothingToDecide => "there is nothing to approve or decline",
            Self::NotReady => "the session is not ready for a user",
            Self::NobodyAttached => "no user is attached",
        })
    }
}

impl core::error::Error for Misuse {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn each_misuse_says_something_of_its_own() {
        let all = [
            Misuse::Ended,
            Misuse::NoCaptcha,
            Misuse::NoMfa,
            Misuse::NothingToDecide,
            Misuse::NotReady,
            Misuse::NobodyAttached,
        ];
        let mut said: alloc::vec::Vec<_> = all.iter().map(ToString::to_string).collect();
        assert!(
            said.iter()
                .all(|text| text.len() > 10 && !text.ends_with('.'))
        );
        said.sort();
        said.dedup();
        assert_eq!(said.len(), all.len());
    }
}
