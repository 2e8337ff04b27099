//! `ra oauth2 device`: logs in on a machine without a browser.

use core::time::Duration;

use clap::Args;
use oauth2_discord::device::{DeviceError, Event, Input, Outcome, Output, Session};
use oauth2_discord::grant::{DeviceAuthorization, PollDevice, StartDevice};
use oauth2_discord::{Client, MonoTime, ScopeSet, Token, Urls};
use serde::Serialize;
use tokio::time::{Instant, sleep_until};

use super::caller::Caller;
use super::client::ClientArgs;
use super::token_file::TokenFileArgs;
use super::values::ScopeArgs;
use super::{Context, outcome};
use crate::outcome::{End, Exit, Failure, after_help};
use crate::output::Printer;
use crate::qr::Qr;

const LONG_ABOUT: &str = "\
Log in on a machine without a browser: a person types a code on another device, or scans it.

The code and its address are shown, as a QR code too. Then the service is asked at its interval until the person \
has decided or the code has expired. Type or scan a code only if you yourself have just started this: \
a person who talks you into typing their code gets into your account.

With --json the first line is {\"event\":\"device\",\"user_code\",\"verification_uri\",\
\"verification_uri_complete\",\"expires_in\",\"interval\"}, and the token object follows.";

const EXAMPLES: &str = "\
Examples:
  ra oauth2 device --client-id ID --scope \"identify guilds\"
  ra oauth2 device --client-id ID --scope identify --token-file token.json > /dev/null
  RA_CLIENT_SECRET=... ra oauth2 device --client-id ID --scope identify --json --timeout 120";

/// Log in on a machine without a browser: type or scan a code elsewhere
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_help = after_help(EXAMPLES, Exit::ALL))]
pub(super) struct DeviceArgs {
    #[command(flatten)]
    client: ClientArgs,
    #[command(flatten)]
    scopes: ScopeArgs,
    #[command(flatten)]
    token_file: TokenFileArgs,
}

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

/// Shows the code and polls until the person has decided.
pub(super) async fn run(args: &DeviceArgs, context: &mut Context) -> Result<(), End> {
    let client = args.client.read()?;
    let start = start(client.clone(), args.scopes.read()?, &context.urls)?;
    let file = args.token_file.reserve()?;
    let mut caller = context.caller()?;
    let codes = caller.call(&start, StartDevice::REPEAT).await?;
    let clock = Clock::start();
    let session = Session::new(client, &codes, clock.now()).at(context.urls.token.clone());
    show(&codes, session.interval(), &mut context.printer)?;
    let token = wait(session, &clock, &mut caller, &mut context.printer).await?;
    file.keep(token, &mut context.printer)
}

/// The call for the codes.
fn start(client: Client, scopes: ScopeSet, urls: &Urls) -> Result<StartDevice, Failure> {
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

/// Polls at the interval that the service asks for.
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
                    show_event(event, left, printer)?;
                }
                Output::End(end) => return token(end),
                _ => {}
            }
        }
        let wake = match session.deadline() {
            Some(deadline) => clock.at(deadline.at),
            None => continue, // the end is in the queue
        };
        if caller.give_up_at().is_some_and(|end| end <= Instant::now()) {
            return Err(outcome::expired("nobody decided in the time of --timeout").into());
        }
        show_time_left(&session, clock, printer)?;
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

/// Shows an event. A wait that is longer than the codes live is shown without its length.
fn show_event(event: Event, left: Duration, printer: &mut Printer) -> Result<(), Failure> {
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

fn show_time_left(session: &Session, clock: &Clock, printer: &mut Printer) -> Result<(), Failure> {
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

fn token(end: Result<Outcome, DeviceError>) -> Result<Token, End> {
    match end {
        Ok(Outcome::Granted(token)) => Ok(*token),
        Ok(Outcome::Denied) => Err(End::Declined),
        Ok(_) => Err(End::Cancelled),
        Err(DeviceError::Refused(error)) => Err(outcome::of_call(&error, PollDevice::REPEAT)),
        Err(error) => Err(outcome::expired(&error.to_string()).into()),
    }
}

/// The session's clock: milliseconds since the codes arrived.
struct Clock(Instant);

impl Clock {
    fn start() -> Self {
        Self(Instant::now())
    }

    fn now(&self) -> MonoTime {
        let passed = self.0.elapsed().as_millis();
        MonoTime::from_millis(u64::try_from(passed).unwrap_or(u64::MAX))
    }

    /// The instant of a time. A time beyond the end of the system's clock is a day away; then it is checked again.
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

    fn is_accepted(device_url: Option<&str>, verification_uri: &str) -> bool {
        let mut urls = Urls::default();
        if let Some(url) = device_url {
            urls.device = url.parse().unwrap();
        }
        let client = PublicClient::new(Snowflake::new(1));
        let start = start(client.into(), ScopeSet::new(), &urls).unwrap();
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
        assert!(is_accepted(None, here));
        assert!(!is_accepted(None, there));
        let own = Some("https://discord.com/own/path");
        assert!(!is_accepted(own, there));
        let other = Some("https://id.example/device");
        assert!(is_accepted(other, there));
        assert!(!is_accepted(other, "http://evil.example/"));
    }

    #[test]
    fn o140_no_time_is_too_far_away() {
        let clock = Clock::start();
        assert!(clock.at(MonoTime::from_millis(u64::MAX)) > Instant::now());
        assert!(clock.at(clock.now()) <= Instant::now());
    }
}
