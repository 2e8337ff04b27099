//! `ra approve`: the phone. Approval is the person's decision.

use std::env;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use ra_core::mobile::{Config, Event, MfaAnswer, MobileError, Outcome};
use ra_http::{BaseUrl, HttpError, HttpErrorKind};
use ra_proto::rest::MfaMethod;
use ra_proto::{MfaAnswerText, ScanUrl, Token};
use ra_tokio::Approval;
use zeroize::Zeroizing;

use crate::args::ApproveArgs;
use crate::commands::login::parse;
use crate::exit::Exit;
use crate::failure::{Failure, Kind};
use crate::network::network;
use crate::output::screen::Screen;
use crate::prompt;
use crate::stop::Stop;

const TOKEN_VARIABLE: &str = "RA_TOKEN";
/// No token comes near this.
const MAX_TOKEN_BYTES: u64 = 64 * 1024;

/// Asks the person, and tells the service.
///
/// # Errors
/// What is wrong with the command line, that there is nobody to ask, or why the decision did not get through.
pub(crate) async fn run(args: &ApproveArgs) -> Result<Exit, Failure> {
    let url: ScanUrl = parse("URL", &args.url)?;
    let api: BaseUrl = parse("--api", &args.api)?;
    let decided = decided(args, &api)?;
    let asks = prompt::somebody_is_there();
    if decided.is_none() && !asks {
        return Err(Failure::new(
            Kind::Usage,
            "there is no terminal, so nobody can be asked and nothing is approved",
        ));
    }
    let network = network(&args.network)?;
    let token = token(args.token_file.as_deref())?;
    let mut phone = Phone {
        screen: Screen::stderr(),
        stop: Stop::catch()
            .map_err(|error| Failure::new(Kind::Local, format!("cannot catch signals: {error}")))?,
        decided,
        asks,
        url,
        host: api.host().to_owned(),
    };
    let approval = Approval::start(Config::new(api, token), phone.url.fingerprint(), network)
        .map_err(|error| {
            let kind = match error {
                ra_tokio::StartError::Tls(_) => Kind::Network,
                _ => Kind::Local,
            };
            Failure::caused(kind, &error, ra_http::Retry::Never)
        })?;
    phone.run(approval).await
}

struct Phone {
    screen: Screen,
    stop: Stop,
    decided: Option<bool>,
    asks: bool,
    url: ScanUrl,
    host: String,
}

impl Phone {
    async fn run(&mut self, mut approval: Approval) -> Result<Exit, Failure> {
        loop {
            let event = tokio::select! {
                event = approval.next_event() => event,
                () = self.stop.requested() => return self.cancelled(),
            };
            match event {
                Some(Event::Confirm { .. }) => {
                    // refused only if it came too late, which is how it ends then
                    let _ = match self.confirm(&mut approval).await? {
                        true => approval.approve(),
                        false => approval.decline(),
                    };
                }
                Some(Event::MfaRequired { methods, retry }) => {
                    let _ = match self.second_factor(&mut approval, &methods, retry).await? {
                        Some(answer) => approval.answer_mfa(answer),
                        None => approval.decline(),
                    };
                }
                Some(_) => {}
                None => break,
            }
        }
        let (exit, line) = match approval.outcome().await {
            Ok(Outcome::Approved) => (Exit::Done, "Approved."),
            Ok(_) => (Exit::Declined, "Declined."),
            Err(error) => return Err(failed(&error)),
        };
        writeln!(io::stdout(), "{line}").map_err(|error| Failure::output(&error))?;
        Ok(exit)
    }

    /// Shows what is at stake and asks. Everything but a clear yes is a no.
    async fn confirm(&mut self, approval: &mut Approval) -> Result<bool, Failure> {
        if let Some(decided) = self.decided {
            return Ok(decided);
        }
        let lines = [
            format!("A device asks to be logged in to your account at {}.", self.host),
            format!("  Code:        {}", self.url),
            format!("  Fingerprint: {}", self.url.fingerprint()),
            "Only approve a code that you yourself opened on a device in front of you. Whoever sent you".into(),
            "a code, or a picture of one, gets into your account with your yes.".into(),
        ];
        for line in lines {
            self.screen
                .line(&line)
                .map_err(|error| Failure::output(&error))?;
        }
        let answer = self.ask(approval, "Log this device in? [y/N]").await?;
        Ok(
            answer
                .is_some_and(|answer| matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes")),
        )
    }

    /// Asks for a code. None if the person has none.
    async fn second_factor(
        &mut self,
        approval: &mut Approval,
        methods: &[MfaMethod],
        retry: bool,
    ) -> Result<Option<MfaAnswer>, Failure> {
        let one_time = methods.contains(&MfaMethod::Totp);
        let backup = methods.contains(&MfaMethod::Backup);
        let question = match (one_time, backup) {
            (true, true) => "Code of your authenticator app, or a backup code (Enter declines):",
            (true, false) => "Code of your authenticator app (Enter declines):",
            (false, true) => "Backup code (Enter declines):",
            (false, false) => {
                return Err(Failure::new(
                    Kind::Captcha,
                    "the account asks for a second factor that can only be given on the phone",
                ));
            }
        };
        if !self.asks {
            return Err(Failure::new(
                Kind::Captcha,
                "the account asks for a second factor and there is no terminal to ask at",
            ));
        }
        if retry {
            let wrong = "That code was wrong, or had been used.";
            self.screen
                .line(wrong)
                .map_err(|error| Failure::output(&error))?;
        }
        let answer = self.ask(approval, question).await?;
        Ok(answer.filter(|answer| !answer.is_empty()).map(|answer| {
            let method = match one_time && (!backup || is_one_time_code(&answer)) {
                true => MfaMethod::Totp,
                false => MfaMethod::Backup,
            };
            MfaAnswer::new(method, MfaAnswerText::new(answer.as_str().to_owned()))
        }))
    }

    /// The line that the person types; none if they stop, or if it gets too late meanwhile.
    async fn ask(
        &mut self,
        approval: &mut Approval,
        question: &str,
    ) -> Result<Option<Zeroizing<String>>, Failure> {
        let mut answer =
            prompt::ask(&mut self.screen, question).map_err(|error| Failure::output(&error))?;
        let answer = tokio::select! {
            answer = answer.typed() => answer,
            () = self.stop.requested() => None,
            // nothing is to happen while the person thinks but that the time runs out
            _ = approval.next_event() => None,
        };
        if answer.is_none() {
            // the cursor still stands behind the question
            self.screen
                .line("")
                .map_err(|error| Failure::output(&error))?;
        }
        Ok(answer)
    }

    fn cancelled(&mut self) -> Result<Exit, Failure> {
        self.screen
            .line("Cancelled.")
            .map_err(|error| Failure::output(&error))?;
        Ok(Exit::Declined)
    }
}

/// What `--yes` and `--deny` say. They exist for tests and gateways of one's own.
fn decided(args: &ApproveArgs, api: &BaseUrl) -> Result<Option<bool>, Failure> {
    let (option, decision) = match (args.yes, args.deny) {
        (true, _) => ("--yes", true),
        (_, true) => ("--deny", false),
        _ => return Ok(None),
    };
    if api.is_loopback() {
        Ok(Some(decision))
    } else {
        Err(Failure::usage(
            option,
            "only with an --api on this machine; elsewhere a person decides",
        ))
    }
}

fn token(file: Option<&Path>) -> Result<Token, Failure> {
    let text = match file {
        Some(path) => read(path)?,
        None => Zeroizing::new(env::var(TOKEN_VARIABLE).map_err(|_| {
            Failure::new(
                Kind::Usage,
                "no token: give --token-file or set the variable RA_TOKEN",
            )
        })?),
    };
    let token = text.trim();
    if token.is_empty()
        || !token
            .bytes()
            .all(|byte| byte.is_ascii_graphic() || byte == b' ')
    {
        let place = if file.is_some() {
            "--token-file"
        } else {
            TOKEN_VARIABLE
        };
        return Err(Failure::usage(place, "holds no token"));
    }
    Ok(Token::new(token.to_owned()))
}

/// Reads a file that holds one secret.
pub(crate) fn read(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::new());
    File::open(path)
        .and_then(|file| file.take(MAX_TOKEN_BYTES).read_to_string(&mut text))
        .map_err(|error| {
            Failure::new(
                Kind::Local,
                format!("cannot read {}: {error}", path.display()),
            )
        })?;
    Ok(text)
}

fn is_one_time_code(answer: &str) -> bool {
    answer.len() == 6 && answer.bytes().all(|byte| byte.is_ascii_digit())
}

fn failed(error: &MobileError) -> Failure {
    let kind = match (error, error.http()) {
        (MobileError::TooLate, _) => Kind::Expired,
        (MobileError::MfaFailed, _) => Kind::Captcha,
        (_, Some(http)) => refused(http),
        _ => Kind::Protocol,
    };
    Failure::caused(kind, error, error.retry())
}

/// The service's own no has one of its codes: an unknown fingerprint or handshake token is one that has expired, all
/// else is refused. A page without a code comes from something on the way there.
fn refused(error: &HttpError) -> Kind {
    let status = error.status().filter(|status| status.is_client_error());
    match (error.kind(), status.map(|status| status.as_u16())) {
        (HttpErrorKind::Captcha, _) => Kind::Captcha,
        (HttpErrorKind::BadBody, _) => Kind::Protocol,
        (HttpErrorKind::Status, Some(status)) if error.code().is_some() => match status {
            404 => Kind::Expired,
            _ => Kind::Refused,
        },
        _ => Kind::Network,
    }
}
