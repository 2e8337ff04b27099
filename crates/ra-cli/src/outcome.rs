//! The end of a run: its exit code, and the error line of a run that failed.

use core::error::Error;
use core::fmt::{self, Write as _};
use std::io;
use std::process::ExitCode;

use ra_http::Retry;

use crate::sanitize::sanitize;

/// Longest chain of causes that is shown; the chains of this project are two or three long.
const MAX_CAUSES: usize = 8;

/// The exit codes. Their numbers are part of the contract with scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// The command line was wrong, or there was nobody to ask.
    Usage = 2,
    /// Declined by the person, or cancelled here.
    Declined = 3,
    /// Nobody approved in time.
    Expired = 4,
    /// A captcha or a second factor is required.
    Captcha = 5,
    /// Refused by the service, or it broke the protocol.
    Refused = 6,
    /// Network, TLS or HTTP failure.
    Network = 7,
    /// A file or a key on this machine failed.
    Local = 8,
}

impl Exit {
    /// Every exit code.
    pub(crate) const ALL: &[Self] = &[
        Self::Done,
        Self::Usage,
        Self::Declined,
        Self::Expired,
        Self::Captcha,
        Self::Refused,
        Self::Network,
        Self::Local,
    ];

    /// The number that the shell sees.
    #[must_use]
    pub(crate) fn code(self) -> u8 {
        self as u8
    }

    /// The meaning in the help texts.
    const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Usage => "the command line was wrong, or there was nobody to ask",
            Self::Declined => "declined by the person, or cancelled here",
            Self::Expired => "expired: nobody approved in time",
            Self::Captcha => "a captcha or a second factor is required",
            Self::Refused => "refused by the service, or it broke the protocol",
            Self::Network => "network, TLS or HTTP failure",
            Self::Local => "a file, an address or a key on this machine failed",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// The end of a help text: examples, and the exit codes of the command.
pub(crate) fn after_help(examples: &str, exits: &[Exit]) -> String {
    let mut text = format!("{examples}\n\nExit codes:");
    for exit in exits {
        // writing to a String cannot fail
        let _ = write!(text, "\n  {}  {}", exit.code(), exit.meaning());
    }
    text
}

/// An end without a result.
#[derive(Debug)]
pub(crate) enum End {
    /// The person declined.
    Declined,
    /// Ctrl-C or SIGTERM.
    Cancelled,
    /// Ctrl-C or SIGTERM while a request that works once had no answer: it may have succeeded.
    CancelledUnanswered,
    /// Any other reason.
    Failed(Failure),
}

impl From<Failure> for End {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// The failure that a run ends with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// Decides the exit code.
    pub(crate) kind: Kind,
    /// One line for people, harmless to print.
    pub(crate) message: String,
    /// Advice on trying again.
    pub(crate) retry: Retry,
}

/// Kinds of [`Failure`]; all but the first are the `kind` of the JSON error event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The command line was wrong, or there was nobody to ask.
    Usage,
    /// Nobody approved in time.
    Expired,
    /// The gateway or the API refused.
    Refused,
    /// The other side broke the protocol.
    Protocol,
    /// A captcha or a second factor is required.
    Captcha,
    /// Network, TLS or HTTP failure.
    Network,
    /// A file or a key on this machine failed.
    Local,
}

impl Failure {
    /// A failure that trying again would not change.
    pub(crate) fn new(kind: Kind, message: impl AsRef<str>) -> Self {
        Self {
            kind,
            message: sanitize(message.as_ref()).into_owned(),
            retry: Retry::Never,
        }
    }

    /// A wrong option. `problem` must not repeat its value.
    pub(crate) fn usage(option: &str, problem: impl fmt::Display) -> Self {
        Self::new(Kind::Usage, format!("{option}: {problem}"))
    }

    /// A failure of this machine.
    pub(crate) fn local(what: impl fmt::Display, why: impl fmt::Display) -> Self {
        Self::new(Kind::Local, format!("{what}: {why}"))
    }

    /// A failure with its causes in one line.
    pub(crate) fn caused(kind: Kind, error: &(dyn Error + 'static), retry: Retry) -> Self {
        Self {
            retry,
            ..Self::new(kind, chain(error))
        }
    }

    /// Standard output or standard error cannot be written.
    pub(crate) fn output(error: &io::Error) -> Self {
        Self::local("cannot write the output", error)
    }

    /// The exit code of this failure.
    pub(crate) fn exit(&self) -> Exit {
        match self.kind {
            Kind::Usage => Exit::Usage,
            Kind::Expired => Exit::Expired,
            Kind::Refused | Kind::Protocol => Exit::Refused,
            Kind::Captcha => Exit::Captcha,
            Kind::Network => Exit::Network,
            Kind::Local => Exit::Local,
        }
    }

    /// [`Failure::retry`] in the JSON error event: `never`, `new_session` or `after:SECONDS`.
    pub(crate) fn retry_text(&self) -> String {
        match self.retry {
            Retry::NewSession => "new_session".into(),
            Retry::After(wait) => format!("after:{}", wait.as_secs_f64()),
            _ => "never".into(),
        }
    }
}

impl Kind {
    /// The word in the JSON error event.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Expired => "expired",
            Self::Refused => "refused",
            Self::Protocol => "protocol",
            Self::Captcha => "captcha",
            Self::Network => "network",
            Self::Local => "local",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Failure {}

/// Joins the error and its causes, the outermost first. Leaves out a cause that the text already ends with: some errors
/// repeat theirs.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    for _ in 0..MAX_CAUSES {
        let Some(error) = cause else { break };
        let line = error.to_string();
        if !text.ends_with(&line) {
            // writing to a String cannot fail
            let _ = write!(text, ": {line}");
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use ra_http::{TransportError, TransportErrorKind};

    use super::*;

    #[test]
    fn each_kind_has_the_exit_code_of_the_contract() {
        for (kind, code) in [
            (Kind::Usage, 2),
            (Kind::Expired, 4),
            (Kind::Captcha, 5),
            (Kind::Refused, 6),
            (Kind::Protocol, 6),
            (Kind::Network, 7),
            (Kind::Local, 8),
        ] {
            assert_eq!(Failure::new(kind, "").exit().code(), code);
        }
        assert_eq!((Exit::Done.code(), Exit::Declined.code()), (0, 3));
        assert_eq!(Exit::ALL.len(), 8);
    }

    #[test]
    fn causes_stand_in_one_harmless_line() {
        let refused = io::Error::other("refused\n\u{1b}[2J");
        let error = TransportError::with_source(TransportErrorKind::Connect, refused);
        let failure = Failure::caused(Kind::Network, &error, error.retry());
        assert_eq!(failure.message, "no connection: refused\\u{a}\\u{1b}[2J");
        assert_eq!(failure.retry_text(), "after:5");
    }

    #[derive(Debug)]
    struct Repeats(io::Error);

    impl fmt::Display for Repeats {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "bad answer: {}", self.0)
        }
    }

    impl Error for Repeats {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn a_cause_that_was_said_already_is_left_out() {
        let error = Repeats(io::Error::other("invalid version"));
        let failure = Failure::caused(Kind::Network, &error, Retry::Never);
        assert_eq!(failure.message, "bad answer: invalid version");
    }

    #[test]
    fn retry_has_three_forms() {
        let with = |retry| Failure {
            retry,
            ..Failure::new(Kind::Network, "x")
        };
        assert_eq!(with(Retry::Never).retry_text(), "never");
        assert_eq!(with(Retry::NewSession).retry_text(), "new_session");
        let wait = Duration::from_millis(1500);
        assert_eq!(with(Retry::After(wait)).retry_text(), "after:1.5");
    }
}
