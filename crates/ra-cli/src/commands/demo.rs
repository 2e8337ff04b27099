//! `ra demo`: plays all three roles on this machine, over real sockets and with a real key.

use core::error::Error;
use core::time::Duration;
use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::thread;

use clap::Args;
use ra_core::desktop::login::Renewal;
use ra_core::mobile;
use ra_crypto::AwsLc;
use ra_gateway::{Captcha, Config, Gateway};
use ra_http::Retry;
use ra_proto::{ScanUrl, Token};
use ra_tokio::{Approval, Keys, LoginOptions, Network};
use tokio::runtime::Builder;
use tokio::sync::oneshot;

use crate::commands::gateway::StaticFile;
use crate::commands::login::conclude;
use crate::desktop;
use crate::outcome::{End, Exit, Failure, Kind, after_help};
use crate::output::Printer;
use crate::output::screen::Screen;
use crate::runtime::{block_on, one_thread};
use crate::usage::parse;

pub(crate) const LONG_ABOUT: &str = "\
Play all three roles on this machine and watch a login happen.

A gateway listens on loopback. A desktop logs in through it over real sockets with a real RSA key. A second thread \
plays the phone. Nothing leaves this machine and the token is worth nothing.";

const EXAMPLES: &str = "\
Examples:
  ra demo             the phone approves: exit code 0
  ra demo --deny      the phone declines: exit code 3
  ra demo --captcha   the exchange asks for a captcha: exit code 5
  ra demo --expire    nobody scans: exit code 4";

const EXITS: &[Exit] = &[
    Exit::Done,
    Exit::Usage,
    Exit::Declined,
    Exit::Expired,
    Exit::Captcha,
    Exit::Local,
];

/// `ra demo`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES, EXITS))]
pub(crate) struct DemoArgs {
    /// The phone declines
    #[arg(long, group = "ending")]
    deny: bool,
    /// The ticket exchange asks for a captcha
    #[arg(long, group = "ending")]
    captcha: bool,
    /// Nobody scans and the code expires
    #[arg(long, group = "ending")]
    expire: bool,
    /// Print one JSON object a line on standard output
    #[arg(long)]
    json: bool,
}

/// Endings of the demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The phone approves.
    Approved,
    /// The phone declines.
    Declined,
    /// The ticket exchange asks for a captcha.
    Captcha,
    /// Nobody scans.
    Expired,
}

impl DemoArgs {
    /// The ending asked for.
    pub(crate) fn ending(&self) -> Ending {
        match (self.deny, self.captcha, self.expire) {
            (true, _, _) => Ending::Declined,
            (_, true, _) => Ending::Captcha,
            (_, _, true) => Ending::Expired,
            (false, false, false) => Ending::Approved,
        }
    }
}

const ACCOUNT: &str = r#"
[[account]]
authorization = "demo-phone"
id = "196769986071625728"
username = "mary"
avatar = "d0900b8fe361c755549ab0beadb35075"
token = "demo-token-that-is-worth-nothing"
"#;
const AUTHORIZATION: &str = "demo-phone";

/// Pause before the scan and before the answer, for people who watch.
const PAUSE: Duration = Duration::from_secs(2);
/// Lifetime of a code that nobody scans, for people who watch.
const SHORT_LIFE_WATCHED: Duration = Duration::from_secs(8);
/// Lifetime of a code that nobody scans, for programs.
const SHORT_LIFE: Duration = Duration::from_secs(4);

/// Plays the login with the ending that was asked for.
///
/// # Errors
/// The output cannot be written. Every other failure is shown and returned as an exit code.
pub(crate) fn run(args: &DemoArgs) -> Result<Exit, Failure> {
    // the gateway has a thread of its own, as it would have a machine of its own
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    block_on(runtime, async {
        let mut printer = match args.json {
            true => Printer::new(true),
            false => Printer::with_screen(false, Screen::stdout()),
        };
        let watched = !args.json && io::stdout().is_terminal();
        match play(args.ending(), watched, &mut printer).await {
            Ok(exit) => Ok(exit),
            Err(failure) => printer.end(End::Failed(failure)),
        }
    })
}

async fn play(ending: Ending, watched: bool, printer: &mut Printer) -> Result<Exit, Failure> {
    let gateway = gateway(ending, watched).await?;
    let address = gateway.local_addr();
    let handle = gateway.handle();
    tokio::spawn(gateway.run());

    let api = format!("http://{address}/api/v9");
    let mut login = LoginOptions::new(Keys::new(AwsLc));
    login.config.gateway = parse("the demo gateway", &format!("ws://{address}"))?;
    login.config.api = parse("the demo gateway", &api)?;
    login.config.renewal = Renewal::Limit(0);

    printer.message(&format!(
        "Desktop, phone and gateway on this machine ({address})."
    ))?;
    let (first_code, scan) = oneshot::channel();
    let (report_phone, mut phone_failed) = oneshot::channel();
    let first_code = (ending != Ending::Expired).then_some(first_code);
    if first_code.is_some() {
        let phone = Phone {
            api,
            scan,
            approves: ending != Ending::Declined,
            pause: if watched { PAUSE } else { Duration::ZERO },
        };
        thread::Builder::new()
            .name("phone".into())
            .spawn(move || {
                if let Err(failure) = block_on(one_thread(), phone.play()) {
                    // without a receiver the desktop has ended before
                    let _ = report_phone.send(failure);
                }
            })
            .map_err(|error| Failure::local("cannot start a thread", error))?;
    }
    let options = desktop::Options {
        invitation: "The phone of this demo scans it",
        first_code,
        after_scan: Some(match ending {
            Ending::Declined => "The owner of the phone is about to say no.",
            _ => "The owner of the phone is about to say yes.",
        }),
        ..desktop::Options::default()
    };
    let ended = tokio::select! {
        ended = desktop::run(login, options, printer) => ended,
        Ok(failure) = &mut phone_failed => Err(failure),
    };
    handle.shut_down();
    conclude(ended?, None, printer)
}

async fn gateway(ending: Ending, watched: bool) -> Result<Gateway, Failure> {
    let mut config = Config::default();
    match ending {
        Ending::Captcha => config.captcha = Some(Arc::new(Unsolvable)),
        Ending::Expired if watched => config.session.timeout = SHORT_LIFE_WATCHED,
        Ending::Expired => config.session.timeout = SHORT_LIFE,
        Ending::Approved | Ending::Declined => {}
    }
    let accounts: StaticFile = ACCOUNT
        .parse()
        .map_err(|error| Failure::caused(Kind::Local, &error, Retry::Never))?;
    Gateway::bind(config, Arc::new(accounts), Arc::new(AwsLc))
        .await
        .map_err(|error| Failure::local("cannot listen on loopback", error))
}

/// A captcha that nobody solves.
#[derive(Debug)]
struct Unsolvable;

impl Captcha for Unsolvable {
    fn challenge(&self, _: &http::HeaderMap) -> Option<String> {
        let challenge = serde_json::json!({
            "captcha_key": ["captcha-required"],
            "captcha_service": "hcaptcha",
            "captcha_sitekey": "00000000-0000-4000-8000-000000000000",
            "captcha_rqdata": "example-rqdata",
            "captcha_rqtoken": "example-rqtoken",
            "captcha_session_id": "example-session",
        });
        Some(challenge.to_string())
    }
}

/// The phone of the demo.
struct Phone {
    api: String,
    scan: oneshot::Receiver<ScanUrl>,
    approves: bool,
    pause: Duration,
}

impl Phone {
    async fn play(self) -> Result<Exit, Failure> {
        // no code will come: the desktop says why
        let Ok(scanned) = self.scan.await else {
            return Ok(Exit::Done);
        };
        tokio::time::sleep(self.pause).await;
        let api = parse("--api", &self.api)?;
        let config = mobile::Config::new(api, Token::new(AUTHORIZATION.to_owned()));
        let mut approval = Approval::start(config, scanned.fingerprint(), Network::default())
            .map_err(|error| phone_failed(&error))?;
        while let Some(event) = approval.next_event().await {
            if let mobile::Event::Confirm { .. } = event {
                tokio::time::sleep(self.pause).await;
                // refused only if it came too late; the outcome says so
                let _ = match self.approves {
                    true => approval.approve(),
                    false => approval.decline(),
                };
            }
        }
        approval
            .outcome()
            .await
            .map_err(|error| phone_failed(&error))?;
        Ok(Exit::Done)
    }
}

fn phone_failed(error: &(dyn Error + 'static)) -> Failure {
    let why = Failure::caused(Kind::Protocol, error, Retry::Never);
    Failure::new(
        Kind::Protocol,
        format!("the phone of the demo failed: {why}"),
    )
}
