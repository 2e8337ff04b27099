//! Runs a login from its first code to its end and shows it. `ra login` and `ra demo` share this.

use core::time::Duration;
use std::path::PathBuf;

use ra_core::desktop::login::{Event, LoginError, LoginErrorKind, Outcome, Phase, RenewReason};
use ra_core::desktop::session;
use ra_http::{CaptchaChallenge, CaptchaSolution, Retry};
use ra_proto::{ScanUrl, User};
use ra_tokio::{Login, LoginOptions, StartError};
use tokio::sync::oneshot;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until};
use zeroize::Zeroizing;

use crate::outcome::{Failure, Kind};
use crate::output::Printer;
use crate::prompt::{self, Answer};
use crate::qr::{Qr, png, svg};
use crate::secret_file;
use crate::signals::Stop;

/// Options for showing a login.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// First half of the sentence that asks for the scan; the time that is left follows.
    pub(crate) invitation: &'static str,
    /// Give up after this long.
    pub(crate) timeout: Option<Duration>,
    /// File for each code as PNG.
    pub(crate) png: Option<PathBuf>,
    /// File for each code as SVG.
    pub(crate) svg: Option<PathBuf>,
    /// Set if a person can be asked.
    pub(crate) ask: bool,
    /// Receives the first code.
    pub(crate) first_code: Option<oneshot::Sender<ScanUrl>>,
    /// A line for people after the scan.
    pub(crate) after_scan: Option<&'static str>,
}

/// Runs a login to its outcome; [`Outcome::Cancelled`] if it was cancelled here.
///
/// # Errors
/// The reason why there is no outcome.
pub(crate) async fn run(
    login: LoginOptions,
    options: Options,
    printer: &mut Printer,
) -> Result<Outcome, Failure> {
    // before anything is shown: from then on a signal cancels
    let mut stop = Stop::catch()?;
    let give_up_at = options.timeout.map(|timeout| Instant::now() + timeout);
    let mut login = Login::start(login).map_err(|error| not_started(&error))?;
    printer.connecting()?;
    let mut watch = Watch::new(options, printer);
    let mut timed_out = None;
    loop {
        tokio::select! {
            event = login.next_event() => match event {
                Some(Event::Captcha(challenge)) => {
                    if !watch.captcha(&challenge)? {
                        // refused only if it is answered already
                        let _ = login.give_up_captcha();
                    }
                }
                Some(event) => watch.event(event)?,
                None => break,
            },
            () = stop.requested() => {
                // refused only if it has ended already
                let _ = login.cancel();
            }
            () = at(give_up_at), if timed_out.is_none() => {
                timed_out = Some(login.phase());
                let _ = login.cancel();
            }
            local = watch.next() => match local {
                Local::Second => watch.count()?,
                // refused only if it has ended meanwhile
                Local::Solution(Some(solution)) => drop(login.solve_captcha(solution)),
                Local::Solution(None) => drop(login.give_up_captcha()),
            },
        }
    }
    match (login.outcome().await, timed_out) {
        (Ok(Outcome::Cancelled), Some(phase)) => Err(Failure {
            retry: Retry::NewSession,
            ..Failure::new(Kind::Expired, out_of_time(phase))
        }),
        (Ok(outcome), _) => Ok(outcome),
        (Err(error), _) => Err(failed(&error)),
    }
}

/// Says what had not happened yet when the time of `--timeout` was over.
fn out_of_time(phase: Phase) -> &'static str {
    match phase {
        Phase::InSession(session::Phase::AwaitScan) => {
            "nobody scanned the code in the time of --timeout"
        }
        Phase::InSession(session::Phase::AwaitVerdict) => {
            "the code was scanned, but there was no verdict in the time of --timeout"
        }
        Phase::Exchanging => {
            "the login was approved, but the token did not come in the time of --timeout"
        }
        Phase::AwaitCaptcha => {
            "the login was approved, but the captcha was not solved in the time of --timeout"
        }
        _ => "there was no code to scan at the end of --timeout",
    }
}

/// An event of this machine.
enum Local {
    /// A second has passed.
    Second,
    /// The person has answered the captcha, or has given it up.
    Solution(Option<CaptchaSolution>),
}

/// State of the screen.
struct Watch<'a> {
    options: Options,
    printer: &'a mut Printer,
    expires: Option<Instant>,
    scanned: Option<User>,
    answer: Option<Answer>,
    seconds: Interval,
}

impl<'a> Watch<'a> {
    fn new(options: Options, printer: &'a mut Printer) -> Self {
        let mut seconds = interval(Duration::from_secs(1));
        seconds.set_missed_tick_behavior(MissedTickBehavior::Skip);
        Self {
            options,
            printer,
            expires: None,
            scanned: None,
            answer: None,
            seconds,
        }
    }

    fn event(&mut self, event: Event) -> Result<(), Failure> {
        match event {
            Event::Qr { url, expires_in } => self.code(&url, expires_in),
            Event::User(user) => {
                self.printer.scanned(&user)?;
                if let Some(line) = self.options.after_scan {
                    self.printer.message(line)?;
                }
                self.scanned = Some(user);
                self.count()
            }
            Event::Renewing { reason, delay } => {
                self.expires = None;
                self.scanned = None;
                self.printer
                    .renewed(reason.as_str(), &renewing(reason, delay))
            }
            // frames beyond this version are for embedders, not for people
            _ => Ok(()),
        }
    }

    fn code(&mut self, url: &ScanUrl, expires_in: Duration) -> Result<(), Failure> {
        let qr = Qr::new(url.as_str())
            .map_err(|error| Failure::caused(Kind::Local, &error, Retry::Never))?;
        // the files first: programs look for them once the code is shown
        if let Some(path) = &self.options.png {
            let picture = png::encode(&qr)
                .map_err(|error| Failure::caused(Kind::Local, &error, Retry::Never))?;
            secret_file::replace_picture(path, &picture)?;
        }
        if let Some(path) = &self.options.svg {
            secret_file::replace_picture(path, svg::encode(&qr).as_bytes())?;
        }
        self.expires = Instant::now().checked_add(expires_in);
        self.scanned = None;
        self.printer.qr(&qr, url, expires_in)?;
        self.printer
            .countdown(expires_in, self.options.invitation, None)?;
        if let Some(first) = self.options.first_code.take() {
            // without a receiver nobody scans
            let _ = first.send(url.clone());
        }
        Ok(())
    }

    /// Shows the challenge. Returns whether somebody is being asked.
    fn captcha(&mut self, challenge: &CaptchaChallenge) -> Result<bool, Failure> {
        self.expires = None;
        self.printer.captcha(challenge)?;
        let (true, Some(screen)) = (self.options.ask, self.printer.screen()) else {
            return Ok(false);
        };
        let question = "Its response, if you obtained one (Enter gives up):";
        self.answer = Some(prompt::ask_long(screen, question)?);
        Ok(true)
    }

    /// Waits for the person's answer, or for the next second of a countdown that is shown.
    async fn next(&mut self) -> Local {
        let counts = self.expires.is_some() && !self.printer.is_json();
        tokio::select! {
            answer = typed(&mut self.answer) => {
                self.answer = None;
                let text = answer.filter(|text| !text.is_empty());
                Local::Solution(text.map(|text| CaptchaSolution::new(text.as_str())))
            }
            _ = self.seconds.tick(), if counts => Local::Second,
        }
    }

    fn count(&mut self) -> Result<(), Failure> {
        match self.expires {
            Some(expires) => {
                let left = expires.saturating_duration_since(Instant::now());
                let invitation = self.options.invitation;
                self.printer
                    .countdown(left, invitation, self.scanned.as_ref())
            }
            None => Ok(()),
        }
    }
}

async fn typed(answer: &mut Option<Answer>) -> Option<Zeroizing<String>> {
    match answer {
        Some(answer) => answer.typed().await,
        None => core::future::pending().await,
    }
}

async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => core::future::pending().await,
    }
}

fn renewing(reason: RenewReason, delay: Duration) -> String {
    // the machine waits 1.5 s and more; fractions would not help anybody
    let seconds = delay.as_secs_f64().ceil();
    match reason {
        RenewReason::Expired => "The code has expired, a new one follows.".into(),
        RenewReason::Dead => format!("The gateway fell silent. Trying again in {seconds} s."),
        RenewReason::Fingerprint => format!(
            "The gateway answered for another key: somebody may stand in between. Trying again in {seconds} s."
        ),
        _ => format!("The connection to the gateway failed. Trying again in {seconds} s."),
    }
}

/// The failure of a driver that could not start.
pub(crate) fn not_started(error: &StartError) -> Failure {
    let kind = match error {
        StartError::Tls(_) => Kind::Network,
        _ => Kind::Local,
    };
    Failure::caused(kind, error, Retry::Never)
}

fn failed(error: &LoginError) -> Failure {
    let kind = match error.kind() {
        LoginErrorKind::Expired => Kind::Expired,
        LoginErrorKind::Refused => Kind::Refused,
        LoginErrorKind::Captcha => Kind::Captcha,
        LoginErrorKind::Network => Kind::Network,
        LoginErrorKind::Local => Kind::Local,
        _ => Kind::Protocol,
    };
    // the words "the session failed" add nothing for people
    let why: &(dyn core::error::Error + 'static) = match error {
        LoginError::Session(session) => session,
        error => error,
    };
    Failure::caused(kind, why, error.retry())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_names_only_what_has_not_happened() {
        let said = |phase| out_of_time(phase);
        let in_session = |phase| said(Phase::InSession(phase));
        for phase in [Phase::Opening, Phase::Waiting] {
            assert!(said(phase).starts_with("there was no code to scan"));
        }
        for phase in [
            session::Phase::AwaitHello,
            session::Phase::AwaitNonce,
            session::Phase::AwaitInit,
        ] {
            assert!(in_session(phase).starts_with("there was no code to scan"));
        }
        assert!(in_session(session::Phase::AwaitScan).starts_with("nobody scanned"));
        assert!(in_session(session::Phase::AwaitVerdict).contains("no verdict"));
        for phase in [Phase::Exchanging, Phase::AwaitCaptcha] {
            assert!(said(phase).starts_with("the login was approved, but the "));
        }
    }
}
