//! Says what happens in one of two voices: people's text, or JSON events.

use core::time::Duration;
use std::io::{self, Write};
use std::path::Path;

use ra_http::CaptchaChallenge;
use ra_proto::{ScanUrl, Token, User};

use super::json::{self, Event};
use super::screen::Screen;
use crate::failure::{Failure, Kind};
use crate::plain::plain;
use crate::qr::Qr;

/// Where a login is told about.
pub struct Report {
    voice: Voice,
    /// Diagnostics, and the error line for people.
    diagnostics: Box<dyn Write + Send>,
}

enum Voice {
    People {
        screen: Screen,
        /// Who is to scan.
        invitation: &'static str,
        /// The token and nothing else. It is printable: the login refuses any other (R-30).
        token: Box<dyn Write + Send>,
    },
    Program(Box<dyn Write + Send>),
}

impl Report {
    /// JSON events on standard output.
    #[must_use]
    pub fn for_programs() -> Self {
        Self {
            voice: Voice::Program(Box::new(io::stdout())),
            diagnostics: Box::new(io::stderr()),
        }
    }

    /// Text on `screen`, the token on standard output. `invitation` is the first half of a sentence that goes on with
    /// the time that is left.
    #[must_use]
    pub fn for_people(screen: Screen, invitation: &'static str) -> Self {
        Self {
            voice: Voice::People {
                screen,
                invitation,
                token: Box::new(io::stdout()),
            },
            diagnostics: Box::new(io::stderr()),
        }
    }

    /// Nothing to see yet: tells people on a terminal why.
    ///
    /// # Errors
    /// [`Kind::Local`] if the output cannot be written; likewise below.
    pub fn connecting(&mut self) -> Result<(), Failure> {
        match &mut self.voice {
            Voice::People { screen, .. } => screen
                .status("Connecting to the gateway. Ctrl-C cancels.")
                .map_err(|error| Failure::output(&error)),
            Voice::Program(_) => Ok(()),
        }
    }

    /// A new code to scan.
    ///
    /// # Errors
    /// As [`Report::connecting`].
    pub fn qr(&mut self, qr: &Qr, url: &ScanUrl, expires_in: Duration) -> Result<(), Failure> {
        self.say(
            |screen| screen.qr(qr, url.as_str()),
            || Event::Qr {
                url: url.as_str().into(),
                fingerprint: url.fingerprint().to_string().into(),
                expires_in_ms: u64::try_from(expires_in.as_millis()).unwrap_or(u64::MAX),
            },
        )?;
        self.countdown(expires_in, None)
    }

    /// A second has passed. `scanned` is who has to confirm.
    ///
    /// # Errors
    /// As [`Report::connecting`].
    pub fn countdown(&mut self, left: Duration, scanned: Option<&User>) -> Result<(), Failure> {
        let Voice::People {
            screen, invitation, ..
        } = &mut self.voice
        else {
            return Ok(());
        };
        let left = minutes(left);
        let text = match scanned {
            None => format!("{invitation} within {left}. Ctrl-C cancels."),
            Some(user) => format!(
                "Waiting for {} to confirm on the phone, {left} left. Ctrl-C cancels.",
                name(user)
            ),
        };
        screen
            .status(&text)
            .map_err(|error| Failure::output(&error))
    }

    /// Somebody scanned the code.
    ///
    /// # Errors
    /// As [`Report::connecting`].
    pub fn user(&mut self, user: &User) -> Result<(), Failure> {
        self.say(
            |screen| screen.line(&format!("Scanned by {}.", name_and_id(user))),
            || Event::User {
                id: user.id.to_string().into(),
                username: user.username.as_str().into(),
                discriminator: user.discriminator_text(),
                avatar: user.avatar.as_deref().map(Into::into),
            },
        )
    }

    /// A captcha has to be solved.
    ///
    /// # Errors
    /// As [`Report::connecting`].
    pub fn captcha(&mut self, challenge: &CaptchaChallenge) -> Result<(), Failure> {
        let (service, sitekey) = (challenge.service.as_deref(), challenge.sitekey.as_deref());
        self.say(
            |screen| {
                let service = service.unwrap_or("not named");
                let sitekey = sitekey.unwrap_or("not named");
                screen.line(&format!(
                    "A captcha is required (service: {service}, site key: {sitekey})."
                ))
            },
            || Event::Captcha {
                service: service.map(Into::into),
                sitekey: sitekey.map(Into::into),
            },
        )
    }

    /// The code is being replaced. `reason` is for programs, `sentence` for people.
    ///
    /// # Errors
    /// As [`Report::connecting`].
    pub fn renewed(&mut self, reason: &str, sentence: &str) -> Result<(), Failure> {
        self.say(
            |screen| screen.line(sentence),
            || Event::Renewed {
                reason: reason.into(),
            },
        )
    }

    /// The phone declined.
    ///
    /// # Errors
    /// As [`Report::connecting`].
    pub fn declined(&mut self) -> Result<(), Failure> {
        self.say(
            |screen| screen.line("Declined on the phone."),
            || Event::Declined,
        )
    }

    /// Cancelled here. No event: a program knows what it did.
    ///
    /// # Errors
    /// As [`Report::connecting`].
    pub fn cancelled(&mut self) -> Result<(), Failure> {
        self.remark("Cancelled.")
    }

    /// Logged in. With `file` the token was written there and is not repeated here.
    ///
    /// # Errors
    /// As [`Report::connecting`].
    pub fn token(
        &mut self,
        token: &Token,
        user: &User,
        file: Option<&Path>,
    ) -> Result<(), Failure> {
        let written = match &mut self.voice {
            Voice::Program(out) => json::write(
                out,
                &Event::Token {
                    token: file.is_none().then(|| token.expose()),
                    user_id: user.id.to_string().into(),
                },
            ),
            Voice::People {
                screen, token: out, ..
            } => match file {
                Some(path) => screen.line(&format!(
                    "Logged in as {}. The token is in {}.",
                    name_and_id(user),
                    path.display()
                )),
                None => screen
                    .line(&format!("Logged in as {}. The token:", name_and_id(user)))
                    .and_then(|()| writeln!(out, "{}", token.expose()))
                    .and_then(|()| out.flush()),
            },
        };
        written.map_err(|error| Failure::output(&error))
    }

    /// The one error line. A wrong command line is told to people only.
    ///
    /// # Errors
    /// As [`Report::connecting`].
    pub fn failure(&mut self, failure: &Failure) -> Result<(), Failure> {
        let written = match &mut self.voice {
            Voice::Program(out) if failure.kind != Kind::Usage => json::write(
                out,
                &Event::Error {
                    kind: failure.kind.as_str(),
                    message: &failure.message,
                    retry: &failure.retry_text(),
                },
            ),
            Voice::Program(_) => writeln!(self.diagnostics, "error: {failure}"),
            Voice::People { screen, .. } => screen
                .settle()
                .and_then(|()| writeln!(self.diagnostics, "error: {failure}")),
        };
        written.map_err(|error| Failure::output(&error))
    }

    /// A line that is no event: to people, or to the diagnostics beside the events.
    ///
    /// # Errors
    /// As [`Report::connecting`].
    pub fn remark(&mut self, text: &str) -> Result<(), Failure> {
        match &mut self.voice {
            Voice::People { screen, .. } => screen.line(text),
            Voice::Program(_) => writeln!(self.diagnostics, "{}", plain(text)),
        }
        .map_err(|error| Failure::output(&error))
    }

    /// Whether people are told, and not a program.
    #[must_use]
    pub fn has_people(&self) -> bool {
        matches!(self.voice, Voice::People { .. })
    }

    /// The screen, if there are people to ask.
    pub fn screen(&mut self) -> Option<&mut Screen> {
        match &mut self.voice {
            Voice::People { screen, .. } => Some(screen),
            Voice::Program(_) => None,
        }
    }

    fn say<'a>(
        &mut self,
        people: impl FnOnce(&mut Screen) -> io::Result<()>,
        program: impl FnOnce() -> Event<'a>,
    ) -> Result<(), Failure> {
        match &mut self.voice {
            Voice::People { screen, .. } => people(screen),
            Voice::Program(out) => json::write(out, &program()),
        }
        .map_err(|error| Failure::output(&error))
    }
}

fn minutes(left: Duration) -> String {
    let seconds = left.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// `"name#1234"`, or `"name"` where there is no discriminator. The quotes show where a name of blanks is; a quote in
/// the name does not end it.
fn name(user: &User) -> String {
    let username = user.username.replace('\\', "\\\\").replace('"', "\\\"");
    match user.discriminator {
        0 => format!("\"{username}\""),
        _ => format!("\"{username}#{}\"", user.discriminator_text()),
    }
}

/// The name and the id, which nobody can choose.
fn name_and_id(user: &User) -> String {
    format!("{} (id {})", name(user), user.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(username: &str) -> String {
        let user = User::new(7, 0, None, username.to_owned()).unwrap();
        name_and_id(&user)
    }

    #[test]
    fn names_end_at_their_quotes() {
        assert_eq!(named("mary"), r#""mary" (id 7)"#);
        assert_eq!(named("   "), r#""   " (id 7)"#);
        assert_eq!(named(r#"mary" (id 1). \"#), r#""mary\" (id 1). \\" (id 7)"#);
        let user = User::new(7, 12, None, "mary".to_owned()).unwrap();
        assert_eq!(name(&user), r#""mary#0012""#);
    }
}
