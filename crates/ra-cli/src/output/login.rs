//! Messages and events of a QR login, shared by `ra login` and `ra demo`.

use core::time::Duration;
use std::path::Path;

use ra_http::CaptchaChallenge;
use ra_proto::{ScanUrl, Token, User};
use zeroize::Zeroizing;

use super::Printer;
use super::event::Event;
use crate::outcome::Failure;
use crate::qr::Qr;

/// Each method fails with [`Kind::Local`](crate::outcome::Kind::Local) if the output cannot be written.
impl Printer {
    /// Tells people on a terminal that there is no code yet.
    pub(crate) fn connecting(&mut self) -> Result<(), Failure> {
        self.status("Connecting to the gateway. Ctrl-C cancels.")
    }

    /// Shows a new code.
    pub(crate) fn qr(&mut self, qr: &Qr, url: &ScanUrl, left: Duration) -> Result<(), Failure> {
        if let Some(screen) = self.screen() {
            return screen.qr(qr, url.as_str());
        }
        self.event(&Event::Qr {
            url: url.as_str(),
            fingerprint: url.fingerprint().to_string(),
            expires_in_ms: u64::try_from(left.as_millis()).unwrap_or(u64::MAX),
        })
    }

    /// Redraws the countdown. `invitation` asks for the scan; after it, `scanned` is the user who has to confirm.
    pub(crate) fn countdown(
        &mut self,
        left: Duration,
        invitation: &str,
        scanned: Option<&User>,
    ) -> Result<(), Failure> {
        let left = minutes(left);
        self.status(&match scanned {
            None => format!("{invitation} within {left}. Ctrl-C cancels."),
            Some(user) => format!(
                "Waiting for {} to confirm on the phone, {left} left. Ctrl-C cancels.",
                name(user)
            ),
        })
    }

    /// Shows who scanned the code.
    pub(crate) fn scanned(&mut self, user: &User) -> Result<(), Failure> {
        self.message(&format!("Scanned by {}.", name_and_id(user)))?;
        self.event(&Event::User {
            id: user.id.to_string(),
            username: &user.username,
            discriminator: &user.discriminator_text(),
            avatar: user.avatar.as_deref(),
        })
    }

    /// Says that a captcha has to be solved.
    pub(crate) fn captcha(&mut self, challenge: &CaptchaChallenge) -> Result<(), Failure> {
        let (service, sitekey) = (challenge.service.as_deref(), challenge.sitekey.as_deref());
        self.message(&format!(
            "A captcha is required (service: {}, site key: {}).",
            service.unwrap_or("not named"),
            sitekey.unwrap_or("not named")
        ))?;
        self.event(&Event::Captcha { service, sitekey })
    }

    /// Says that the code is being replaced: `reason` for programs, `sentence` for people.
    pub(crate) fn renewed(&mut self, reason: &str, sentence: &str) -> Result<(), Failure> {
        self.message(sentence)?;
        self.event(&Event::Renewed { reason })
    }

    /// Says that the phone declined.
    pub(crate) fn declined(&mut self) -> Result<(), Failure> {
        self.message("Declined on the phone.")?;
        self.event(&Event::Declined)
    }

    /// Says who is logged in and prints the token, unless it was written to `file`.
    pub(crate) fn token(
        &mut self,
        token: &Token,
        user: &User,
        file: Option<&Path>,
    ) -> Result<(), Failure> {
        self.event(&Event::Token {
            token: file.is_none().then(|| token.expose()),
            user_id: user.id.to_string(),
        })?;
        let who = name_and_id(user);
        match (self.is_json(), file) {
            (true, _) => Ok(()),
            (false, Some(path)) => self.message(&format!(
                "Logged in as {who}. The token is in {}.",
                path.display()
            )),
            (false, None) => {
                self.message(&format!("Logged in as {who}. The token:"))?;
                // printable: the login refuses any other token (R-30)
                self.write_out(&Zeroizing::new(format!("{}\n", token.expose())))
            }
        }
    }

    fn status(&mut self, text: &str) -> Result<(), Failure> {
        self.screen().map_or(Ok(()), |screen| screen.status(text))
    }
}

fn minutes(left: Duration) -> String {
    let seconds = left.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// `"name#1234"`, or `"name"` without a discriminator. The quotes show a name that consists of blanks; a quote inside
/// the name is escaped.
fn name(user: &User) -> String {
    let username = user.username.replace('\\', "\\\\").replace('"', "\\\"");
    match user.discriminator {
        0 => format!("\"{username}\""),
        _ => format!("\"{username}#{}\"", user.discriminator_text()),
    }
}

/// The name, and the id, which users cannot choose.
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
