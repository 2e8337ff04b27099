//! `ra oauth2 device`.

use core::time::Duration;

use oauth2_discord::device::{DeviceError, Event, Input, Outcome, Output, Session};
use oauth2_discord::grant::{DeviceAuthorization, PollDevice, StartDevice};
use oauth2_discord::{Client, MonoTime, ScopeSet, Token, Urls};
use serde::Serialize;
use tokio::time::{Instant, sleep_until};

use super::call::Caller;
use super::token_file::TokenPlace;
use super::{Context, client, failed, option};
use crate::commands::oauth2::args::DeviceArgs;
use crate::outcome::End;
use crate::outcome::Failure;
use crate::output::Printer;
use crate::qr::Qr;

/// The first line of `--json`.
#[derive(Serialize)]
#[serde(tag = "event", rename = "device")]
struct Codes<'a> {
    user_code: &'a str,
    verification_uri: &'a str,
    verification_uri_complete: Option<&'a str>,
    expires_in: u64,
    interval: u64,
}

/// Shows the code, and asks until the person has decided.
pub(super) async fn run(args: &DeviceArgs, context: &mut Context) -> Result<(), End> {
    let client = client::any(&args.client)?;
    let scopes = option::scopes(&args.scopes)?;
    let start = asked(client.clone(), scopes, &context.urls)?;
    let place = TokenPlace::reserve(&args.token_file)?;
    let mut caller = context.caller()?;
    let codes = caller.call(&start, StartDevice::REPEAT).await?;
    let clock = Clock::start();
    let session = Session::new(client, &codes, clock.now()).at(context.urls.token.clone());
    show(&codes, session.interval(), &mut context.printer)?;
    let token = wait(session, &clock, &mut caller, &mut context.printer).await?;
    place.put(token, &mut context.printer)
}

/// The call for the codes.
fn asked(client: Client, scopes: ScopeSet, urls: &Urls) -> Result<StartDevice, Failure> {
    let start = StartDevice::new(client)
        .scopes(scopes)
        .at(urls.device.clone());
    if let Some(scope) = start.scope_of_other_grant() {
        // only scopes that the library knows belong to another grant: their names can be repeated
        let why = format!("{scope} is not for devices");
        return Err(Failure::usage("--scope", why));
    }
    // Discord sends people to Discord and nowhere else (S-24)
    if urls.device.as_str().starts_with("https://discord.com/") {
        return Ok(start.discord_only());
    }
    Ok(start)
}

fn show(
    codes: &DeviceAuthorization,
    interval: Duration,
    printer: &mut Printer,
) -> Result<(), Failure> {
    printer.event(&Codes {
        user_code: &codes.user_code,
        verification_uri: &codes.verification_uri,
        verification_uri_complete: codes.verification_uri_complete.as_deref(),
        expires_in: codes.expires_in.as_secs(),
        interval: interval.as_secs(),
    })?;
    let complete = codes.verification_uri_complete.as_deref();
    let scanned = complete.unwrap_or(&codes.verification_uri);
    if let (Some(screen), Ok(qr)) = (printer.screen(), Qr::new(scanned)) {
        screen.qr(&qr, scanned)?;
    }
    printer.message("Scan this code with another device, or open there:")?;
    printer.message(&format!("  {}", codes.verification_uri))?;
    printer.message(&format!("and type the code: {}", codes.user_code))?;
    printer
        .message("Only do so if you yourself started this: it lets this machine into your account.")
}

/// Asks in the rhythm that the service wants.
async fn wait(
    mut session: Session,
    clock: &Clock,
    caller: &mut Caller,
    printer: &mut Printer,
) -> Result<Token, End> {
    loop {
        while let Some(output) = session.poll_output() {
            match output {
                Output::Call(call) => {
                    let reply = caller.attempt_once(&call.poll, printer).await?;
                    session.handle(clock.now(), Input::Reply(call.id, reply));
                }
                Output::Event(event) => {
                    let left = session.expires_at().saturating_since(clock.now());
                    note(event, left, printer)?;
                }
                Output::End(end) => return decided(end),
                _ => {}
            }
        }
        let wake = match session.deadline() {
            Some(deadline) => clock.at(deadline.at),
            None => continue, // its end is in the queue
        };
        if caller.give_up_at().is_some_and(|end| end <= Instant::now()) {
            return Err(failed::too_late("nobody decided in the time of --timeout").into());
        }
        count(&session, clock, printer)?;
        // a terminal counts the seconds
        let second = printer
            .screen()
            .map(|_| Instant::now() + Duration::from_secs(1));
        let wakes = [Some(wake), caller.give_up_at(), second];
        let wake = wakes.into_iter().flatten().min().unwrap_or(wake);
        caller.unless_stopped(sleep_until(wake)).await?;
        session.handle(clock.now(), Input::Tick);
    }
}

/// Tells what came between. A wait that the codes do not live to see is not counted out.
fn note(event: Event, left: Duration, printer: &mut Printer) -> Result<(), Failure> {
    match event {
        Event::SlowedDown { interval } => printer.remark(&format!(
            "The service wants to be asked less often: every {} s from now on.",
            interval.as_secs()
        )),
        Event::AskedToWait { wait } if wait >= left => {
            printer.remark("The service asked for a longer wait than the code lives.")
        }
        Event::AskedToWait { wait } => printer.remark(&format!(
            "The service asked to wait. It is asked again in {} s.",
            wait.as_secs_f64().ceil()
        )),
        Event::Unanswered { wait } if wait >= left => printer
            .remark("The service did not answer, and the code expires before it is asked again."),
        Event::Unanswered { wait } => printer.remark(&format!(
            "The service did not answer. It is asked again in {} s.",
            wait.as_secs_f64().ceil()
        )),
        _ => Ok(()),
    }
}

fn count(session: &Session, clock: &Clock, printer: &mut Printer) -> Result<(), Failure> {
    let Some(screen) = printer.screen() else {
        return Ok(());
    };
    let left = session.expires_at().saturating_since(clock.now()).as_secs();
    let text = format!(
        "Waiting for your answer there, {}:{:02} left. Ctrl-C cancels.",
        left / 60,
        left % 60
    );
    screen.status(&text)
}

fn decided(end: Result<Outcome, DeviceError>) -> Result<Token, End> {
    match end {
        Ok(Outcome::Granted(token)) => Ok(*token),
        Ok(Outcome::Denied) => Err(End::Declined),
        Ok(_) => Err(End::Cancelled),
        Err(DeviceError::Refused(error)) => Err(failed::call(&error, PollDevice::REPEAT)),
        Err(error) => Err(failed::too_late(&error.to_string()).into()),
    }
}

/// The machine's clock: milliseconds since the codes came.
struct Clock(Instant);

impl Clock {
    fn start() -> Self {
        Self(Instant::now())
    }

    fn now(&self) -> MonoTime {
        let passed = self.0.elapsed().as_millis();
        MonoTime::from_millis(u64::try_from(passed).unwrap_or(u64::MAX))
    }

    /// A time on this machine; one that is too far away for its clock is a day away, after which it is looked at again.
    fn at(&self, time: MonoTime) -> Instant {
        let passed = Duration::from_millis(time.as_millis());
        let far = || Instant::now() + Duration::from_secs(86_400);
        self.0.checked_add(passed).unwrap_or_else(far)
    }
}

#[cfg(test)]
mod tests {
    use oauth2_discord::{PublicClient, Snowflake};
    use ra_http::{Body, Endpoint as _};

    use super::*;

    fn is_taken(device_url: Option<&str>, verification_uri: &str) -> bool {
        let mut urls = Urls::default();
        if let Some(url) = device_url {
            urls.device = url.parse().unwrap();
        }
        let client = PublicClient::new(Snowflake::new(1));
        let start = asked(client.into(), ScopeSet::new(), &urls).unwrap();
        let json = format!(
            r#"{{"device_code":"d","user_code":"u","verification_uri":"{verification_uri}","expires_in":9}}"#
        );
        let reply = http::Response::new(Body::from(json.into_bytes()));
        start.from_http(reply).is_ok()
    }

    #[test]
    fn s24_discord_sends_people_to_discord_and_others_where_they_like() {
        let (here, there) = (
            "https://discord.com/activate",
            "https://evil.example/activate",
        );
        assert!(is_taken(None, here));
        assert!(!is_taken(None, there));
        let own = Some("https://discord.com/own/path");
        assert!(!is_taken(own, there));
        let other = Some("https://id.example/device");
        assert!(is_taken(other, there));
        assert!(!is_taken(other, "http://evil.example/"));
    }

    #[test]
    fn o140_no_time_is_too_far_away() {
        let clock = Clock::start();
        assert!(clock.at(MonoTime::from_millis(u64::MAX)) > Instant::now());
        assert!(clock.at(clock.now()) <= Instant::now());
    }
}
