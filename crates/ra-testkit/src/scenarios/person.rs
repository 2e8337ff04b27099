//! The two persons of a scenario. They log each event and act as the scenario says.

use ra_core::desktop::login::{self, Event};
use ra_core::mobile::{self, MfaAnswer};
use ra_proto::rest::MfaMethod;
use ra_proto::{Fingerprint, MfaAnswerText, ScanUrl};

use super::{Phone, Scenario};

/// Action of the person at the desktop after an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Keeps watching.
    Watch,
    /// Cancels the login.
    Cancel,
    /// Answers the captcha.
    Solve(&'static str),
    /// Gives the captcha up.
    GiveUp,
}

/// Decision of the phone's owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// Approves.
    Yes,
    /// Declines.
    No,
    /// Does not answer.
    Nothing,
    /// Abandons the approval.
    PutsAway,
}

/// Action of the phone's owner after an event.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Does nothing.
    Wait,
    /// Approves.
    Approve,
    /// Declines.
    Decline,
    /// Enters this code.
    Mfa(MfaAnswer),
    /// Gives the approval up.
    Abandon,
}

/// The person at the desktop.
#[derive(Clone, Debug)]
pub struct DesktopPerson {
    /// Log of the events and the end, one line each, without times.
    pub log: Vec<String>,
    acts: Vec<(&'static str, Act)>,
    scans: Option<u32>,
    scanned: Option<Fingerprint>,
    qrs: u32,
}

impl DesktopPerson {
    /// The person of a scenario, with the phone's owner beside them.
    #[must_use]
    pub fn of(scenario: &Scenario) -> Self {
        Self::new(scenario.desktop.acts.to_vec(), scenario.phone.scans)
    }

    /// Makes a person with these rules, beside a phone that scans that QR.
    #[must_use]
    pub const fn new(acts: Vec<(&'static str, Act)>, scans: Option<u32>) -> Self {
        Self {
            log: Vec::new(),
            acts,
            scans,
            scanned: None,
            qrs: 0,
        }
    }

    /// Logs an event and returns the action.
    ///
    /// # Panics
    ///
    /// On an event that this code does not know, and if a phone would not take the scan URL.
    pub fn sees(&mut self, event: &Event) -> Act {
        let line = match event {
            Event::Qr { url, .. } => {
                if self.scans == Some(self.qrs) {
                    // read through the text, like a camera does
                    let scanned: ScanUrl = url.as_str().parse().expect("a scan URL for phones");
                    self.scanned = Some(scanned.fingerprint());
                }
                self.qrs += 1;
                "qr".into()
            }
            Event::User(user) => format!("user {}", user.username),
            Event::Captcha(challenge) => {
                format!("captcha {}", challenge.service.as_deref().unwrap_or("?"))
            }
            Event::Renewing { reason, .. } => format!("renewing: {}", reason.as_str()),
            Event::UnknownOp(op) => format!("unknown op {op}"),
            other => panic!("an event that the person does not know: {other:?}"),
        };
        let act = self.acts.iter().find(|(rule, _)| line.starts_with(rule));
        let act = act.map_or(Act::Watch, |(_, act)| *act);
        self.log.push(line);
        act
    }

    /// Takes the fingerprint that the phone has just scanned, once.
    pub fn take_scan(&mut self) -> Option<Fingerprint> {
        self.scanned.take()
    }

    /// Logs the end of the login.
    pub fn ended(&mut self, end: &Result<login::Outcome, login::LoginError>) {
        self.log.push(match end {
            Ok(login::Outcome::LoggedIn { token, user }) => {
                format!("logged in as {} with {}", user.username, token.expose())
            }
            Ok(outcome) => format!("{outcome:?}").to_lowercase(),
            Err(error) => format!("failed: {}: {error}", error.kind().as_str()),
        });
    }
}

/// The phone's owner.
#[derive(Clone, Debug)]
pub struct PhonePerson {
    /// Log of the events and the end.
    pub log: Vec<String>,
    says: Says,
    codes: Vec<String>,
}

impl PhonePerson {
    /// The owner in a scenario.
    #[must_use]
    pub fn of(phone: &Phone) -> Self {
        let codes = phone.codes.iter().map(|code| (*code).into()).collect();
        Self::new(phone.says, codes)
    }

    /// Makes an owner with this decision who enters these codes in order, then refuses.
    #[must_use]
    pub const fn new(says: Says, codes: Vec<String>) -> Self {
        Self {
            log: Vec::new(),
            says,
            codes,
        }
    }

    /// Logs an event and returns the action.
    ///
    /// # Panics
    ///
    /// On an event that this code does not know.
    pub fn sees(&mut self, event: &mobile::Event) -> Answer {
        match event {
            mobile::Event::Confirm { .. } => {
                self.log.push("confirm".into());
                match self.says {
                    Says::Yes => Answer::Approve,
                    Says::No => Answer::Decline,
                    Says::Nothing => Answer::Wait,
                    Says::PutsAway => Answer::Abandon,
                }
            }
            mobile::Event::MfaRequired { retry, .. } => {
                let again = if *retry { " again" } else { "" };
                self.log.push(format!("second factor{again}"));
                if self.codes.is_empty() {
                    return Answer::Decline;
                }
                let code = MfaAnswerText::new(self.codes.remove(0));
                Answer::Mfa(MfaAnswer::new(MfaMethod::Totp, code))
            }
            other => panic!("an event that the owner does not know: {other:?}"),
        }
    }

    /// Logs the end of the approval.
    pub fn ended(&mut self, end: &Result<mobile::Outcome, mobile::MobileError>) {
        self.log.push(match end {
            Ok(outcome) => format!("{outcome:?}").to_lowercase(),
            Err(error) => format!("failed: {error}"),
        });
    }
}
