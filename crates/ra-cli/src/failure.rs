//! The one error line that every unsuccessful run ends with.

use core::error::Error;
use core::fmt::{self, Write as _};
use std::io;

use ra_http::Retry;

use crate::exit::Exit;
use crate::plain::plain;

/// Causes that are followed below an error; the chains of this project are two or three long.
const MAX_CAUSES: usize = 8;

/// Why the run did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What kind of failure it is; decides the exit code.
    pub kind: Kind,
    /// One line for people, harmless to print.
    pub message: String,
    /// What to do about it.
    pub retry: Retry,
}

/// Kinds of [`Failure`]; all but the first are the `kind` of the JSON error event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
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
    pub fn new(kind: Kind, message: impl AsRef<str>) -> Self {
        Self {
            kind,
            message: plain(message.as_ref()).into_owned(),
            retry: Retry::Never,
        }
    }

    /// A wrong option. `problem` must not repeat its value.
    pub fn usage(option: &str, problem: impl fmt::Display) -> Self {
        Self::new(Kind::Usage, format!("{option}: {problem}"))
    }

    /// A failure with its causes in one line.
    pub fn caused(kind: Kind, error: &(dyn Error + 'static), retry: Retry) -> Self {
        Self {
            retry,
            ..Self::new(kind, chain(error))
        }
    }

    /// Standard output or standard error cannot be written.
    pub fn output(error: &io::Error) -> Self {
        Self::new(Kind::Local, format!("cannot write the output: {error}"))
    }

    /// The exit code of this failure.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self.kind {
            Kind::Usage => Exit::Usage,
            Kind::Expired => Exit::Expired,
            Kind::Refused | Kind::Protocol => Exit::Refused,
            Kind::Captcha => Exit::Captcha,
            Kind::Network => Exit::Network,
            Kind::Local => Exit::Local,
        }
    }

    /// [`Failure::retry`] as it stands in the JSON error event: `never`, `new_session` or `after:SECONDS`.
    #[must_use]
    pub fn retry_text(&self) -> String {
        match self.retry {
            Retry::NewSession => "new_session".into(),
            Retry::After(wait) => format!("after:{}", wait.as_secs_f64()),
            _ => "never".into(),
        }
    }
}

impl Kind {
    /// The word in the JSON error event.
    #[must_use]
    pub fn as_str(self) -> &'static str {
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

/// The error and its causes, the outermost first. A cause that the text already ends with is left out:
/// some errors repeat theirs.
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
        let code = |kind| Failure::new(kind, "").exit().code();
        assert_eq!(code(Kind::Usage), 2);
        assert_eq!(code(Kind::Expired), 4);
        assert_eq!(code(Kind::Captcha), 5);
        assert_eq!(code(Kind::Refused), 6);
        assert_eq!(code(Kind::Protocol), 6);
        assert_eq!(code(Kind::Network), 7);
        assert_eq!(code(Kind::Local), 8);
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
