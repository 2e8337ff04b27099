//! A login from its first code to its verdict, told to whoever watches. `ra login` and `ra demo` share it.

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

use crate::failure::{Failure, Kind};
use crate::files;
use crate::output::Report;
use crate::prompt::{self, Answer};
use crate::qr::{Qr, png, svg};
use crate::stop::Stop;

/// What surrounds a login.
#[derive(Debug, Default)]
pub(crate) struct Around {
    /// Give up after this long.
    pub(crate) timeout: Option<Duration>,
    /// Where each code is written as PNG.
    pub(crate) png: Option<PathBuf>,
    /// Where each code is written as SVG.
    pub(crate) svg: Option<PathBuf>,
    /// Whether there is a person who can be asked.
    pub(crate) ask: bool,
    /// Hears of the first code.
    pub(crate) first_code: Option<oneshot::Sender<ScanUrl>>,
    /// A line for people once somebody has scanned.
    pub(crate) after_scan: Option<&'static str>,
}

/// Runs a login to its verdict.
///
/// # Errors
/// Why there is no verdict. [`Outcome::Cancelled`] is one: it was cancelled here.
pub(crate) async fn run(
    options: LoginOptions,
    around: Around,
    report: &mut Report,
) -> Result<Outcome, Failure> {
    // before anything is shown: from then on a signal is a cancellation
    let mut stop = Stop::catch()
        .map_err(|error| Failure::new(Kind::Local, format!("cannot catch signals: {error}")))?;
    let give_up_at = around.timeout.map(|timeout| Instant::now() + timeout);
    let mut login = Login::start(options).map_err(|error| not_started(&error))?;
    report.connecting()?;
    let mut watch = Watch::new(around, report);
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
            own = watch.next() => match own {
                Own::Second => watch.count()?,
                // refused only if it has ended meanwhile
                Own::Solution(Some(solution)) => drop(login.solve_captcha(solution)),
                Own::Solution(None) => drop(login.give_up_captcha()),
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

/// What had not happened yet when the time of `--timeout` was over.
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

/// What happens on this side.
enum Own {
    /// A second has passed.
    Second,
    /// The person has answered the captcha, or has given it up.
    Solution(Option<CaptchaSolution>),
}

/// What is on the screen.
struct Watch<'a> {
    around: Around,
    report: &'a mut Report,
    expires: Option<Instant>,
    scanned: Option<User>,
    answer: Option<Answer>,
    seconds: Interval,
}

impl<'a> Watch<'a> {
    fn new(around: Around, report: &'a mut Report) -> Self {
        let mut seconds = interval(Duration::from_secs(1));
        seconds.set_missed_tick_behavior(MissedTickBehavior::Skip);
        Self {
            around,
            report,
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
                self.report.user(&user)?;
                if let Some(line) = self.around.after_scan.filter(|_| self.report.has_people()) {
                    self.report.remark(line)?;
                }
                self.scanned = Some(user);
                self.count()
            }
            Event::Renewing { reason, delay } => {
                self.expires = None;
                self.scanned = None;
                self.report
                    .renewed(reason.as_str(), &renewing(reason, delay))
            }
            // what the gateway says beyond this version is for embedders, not for people
            _ => Ok(()),
        }
    }

    fn code(&mut self, url: &ScanUrl, expires_in: Duration) -> Result<(), Failure> {
        let qr = Qr::new(url.as_str())
            .map_err(|error| Failure::caused(Kind::Local, &error, Retry::Never))?;
        // the files first: who hears of the code finds them
        if let Some(path) = &self.around.png {
            let picture = png::encode(&qr)
                .map_err(|error| Failure::caused(Kind::Local, &error, Retry::Never))?;
            files::replace(path, &picture)?;
        }
        if let Some(path) = &self.around.svg {
            files::replace(path, svg::encode(&qr).as_bytes())?;
        }
        self.expires = Instant::now().checked_add(expires_in);
        self.scanned = None;
        self.report.qr(&qr, url, expires_in)?;
        if let Some(first) = self.around.first_code.take() {
            // nobody waits for it: then nobody scans
            let _ = first.send(url.clone());
        }
        Ok(())
    }

    /// Shows the challenge. Answers whether somebody is being asked.
    fn captcha(&mut self, challenge: &CaptchaChallenge) -> Result<bool, Failure> {
        self.expires = None;
        self.report.captcha(challenge)?;
        let (true, Some(screen)) = (self.around.ask, self.report.screen()) else {
            return Ok(false);
        };
        let question = "Its response, if you obtained one (Enter gives up):";
        let answer = prompt::ask_long(screen, question).map_err(|error| Failure::output(&error))?;
        self.answer = Some(answer);
        Ok(true)
    }

    /// What happens on this side: the person has answered, or a second has passed that is worth redrawing for.
    async fn next(&mut self) -> Own {
        let counts = self.expires.is_some() && self.report.has_people();
        tokio::select! {
            answer = typed(&mut self.answer) => {
                self.answer = None;
                let text = answer.filter(|text| !text.is_empty());
                Own::Solution(text.map(|text| CaptchaSolution::new(text.as_str())))
            }
            _ = self.seconds.tick(), if counts => Own::Second,
        }
    }

    fn count(&mut self) -> Result<(), Failure> {
        match self.expires {
            Some(expires) => {
                let left = expires.saturating_duration_since(Instant::now());
                self.report.countdown(left, self.scanned.as_ref())
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
    // the machine waits 1.5 s and more; nobody wants to read fractions
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

fn not_started(error: &StartError) -> Failure {
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
    // that it was a session that failed adds nothing for people
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
    fn only_what_has_not_happened_is_said_when_the_time_is_over() {
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
