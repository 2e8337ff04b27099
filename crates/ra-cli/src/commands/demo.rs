//! `ra demo`: all three roles on this machine, over real sockets and with a real key.

use core::time::Duration;
use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::thread;

use ra_core::desktop::login::Renewal;
use ra_core::mobile;
use ra_crypto::AwsLc;
use ra_gateway::accounts::StaticFile;
use ra_gateway::{Captcha, Config, Gateway};
use ra_http::Retry;
use ra_proto::{ScanUrl, Token};
use ra_tokio::{Approval, Keys, LoginOptions, Network};
use tokio::runtime::Builder;
use tokio::sync::oneshot;

use crate::args::{DemoArgs, Ending};
use crate::commands::login::conclude;
use crate::desktop::{self, Around};
use crate::exit::Exit;
use crate::failure::{Failure, Kind};
use crate::output::Report;
use crate::output::screen::Screen;
use crate::run::{on, one_thread};

const ACCOUNT: &str = r#"
[[account]]
authorization = "demo-phone"
id = "196769986071625728"
username = "mary"
avatar = "d0900b8fe361c755549ab0beadb35075"
token = "demo-token-that-is-worth-nothing"
"#;
const AUTHORIZATION: &str = "demo-phone";

/// How long the phone looks at a code, and its owner at the question, when somebody watches.
const A_MOMENT: Duration = Duration::from_secs(2);
/// How long a code lives that nobody scans: with somebody watching, and without.
const SHORT_LIFE: (Duration, Duration) = (Duration::from_secs(8), Duration::from_secs(4));

/// Plays the login, in the ending that was asked for.
///
/// # Errors
/// What could not be told any more; everything else is told and answered as an exit code.
pub(crate) fn run(args: &DemoArgs) -> Result<Exit, Failure> {
    // the gateway has threads of its own, as it would on another machine
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    on(runtime, async {
        let mut report = if args.json {
            Report::for_programs()
        } else {
            Report::for_people(Screen::stdout(), "The phone of this demo scans it")
        };
        let watched = !args.json && io::stdout().is_terminal();
        match play(args.ending(), watched, &mut report).await {
            Ok(exit) => Ok(exit),
            Err(failure) => {
                report.failure(&failure)?;
                Ok(failure.exit())
            }
        }
    })
}

async fn play(ending: Ending, watched: bool, report: &mut Report) -> Result<Exit, Failure> {
    let gateway = gateway(ending, watched).await?;
    let address = gateway.local_addr();
    let handle = gateway.handle();
    tokio::spawn(gateway.run());

    let api = format!("http://{address}/api/v9");
    let mut options = LoginOptions::new(Keys::new(AwsLc));
    let internal = |_| Failure::new(Kind::Local, "the demo gateway has an unusable address");
    options.config.gateway = format!("ws://{address}")
        .parse()
        .map_err(|_| internal(()))?;
    options.config.api = api.parse().map_err(|_| internal(()))?;
    options.config.renewal = Renewal::Limit(0);

    if report.has_people() {
        report.remark(&format!(
            "Desktop, phone and gateway on this machine ({address})."
        ))?;
    }
    let (first_code, scan) = oneshot::channel();
    let (report_phone, mut phone_failed) = oneshot::channel();
    if ending != Ending::Expired {
        let pause = if watched { A_MOMENT } else { Duration::ZERO };
        let phone = Phone {
            api,
            scan,
            approves: ending != Ending::Declined,
            pause,
        };
        thread::Builder::new()
            .name("phone".into())
            .spawn(move || {
                if let Err(failure) = on(one_thread(), phone.play()) {
                    // nobody waits any more: then the desktop has ended before
                    let _ = report_phone.send(failure);
                }
            })
            .map_err(|error| {
                Failure::new(Kind::Local, format!("cannot start a thread: {error}"))
            })?;
    }
    let around = Around {
        first_code: (ending != Ending::Expired).then_some(first_code),
        after_scan: Some(match ending {
            Ending::Declined => "The owner of the phone is about to say no.",
            _ => "The owner of the phone is about to say yes.",
        }),
        ..Around::default()
    };
    let ended = tokio::select! {
        ended = desktop::run(options, around, report) => ended,
        Ok(failure) = &mut phone_failed => Err(failure),
    };
    handle.shut_down();
    conclude(ended?, None, report)
}

async fn gateway(ending: Ending, watched: bool) -> Result<Gateway, Failure> {
    let mut config = Config::default();
    match ending {
        Ending::Captcha => config.captcha = Some(Captcha::new("nobody solves this one")),
        Ending::Expired => {
            config.session.timeout = if watched { SHORT_LIFE.0 } else { SHORT_LIFE.1 };
        }
        Ending::Approved | Ending::Declined => {}
    }
    let accounts: StaticFile = ACCOUNT
        .parse()
        .map_err(|error| Failure::caused(Kind::Local, &error, Retry::Never))?;
    Gateway::bind(config, Arc::new(accounts), Arc::new(AwsLc))
        .await
        .map_err(|error| Failure::new(Kind::Local, format!("cannot listen on loopback: {error}")))
}

/// The phone of somebody who wants to see this work.
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
        let api = crate::commands::login::parse("--api", &self.api)?;
        let config = mobile::Config::new(api, Token::new(AUTHORIZATION.to_owned()));
        let failed = |error: &(dyn core::error::Error + 'static)| {
            let failure = Failure::caused(Kind::Protocol, error, Retry::Never);
            Failure::new(
                Kind::Protocol,
                format!("the phone of the demo failed: {failure}"),
            )
        };
        let mut approval = Approval::start(config, scanned.fingerprint(), Network::default())
            .map_err(|error| failed(&error))?;
        while let Some(event) = approval.next_event().await {
            if let mobile::Event::Confirm { .. } = event {
                tokio::time::sleep(self.pause).await;
                // refused only if it came too late, which is how it ends then
                let _ = if self.approves {
                    approval.approve()
                } else {
                    approval.decline()
                };
            }
        }
        approval.outcome().await.map_err(|error| failed(&error))?;
        Ok(Exit::Done)
    }
}
