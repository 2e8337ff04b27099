//! `ra approve`: plays the phone. The person decides about the approval.

use std::path::{Path, PathBuf};

use clap::Args;
use ra_core::mobile::{Config, Event, MfaAnswer, MobileError, Outcome};
use ra_http::{BaseUrl, HttpError, HttpErrorKind};
use ra_proto::rest::MfaMethod;
use ra_proto::{MfaAnswerText, ScanUrl, Token};
use ra_tokio::Approval;
use zeroize::Zeroizing;

use crate::commands::login::DEFAULT_API;
use crate::desktop::not_started;
use crate::network::{NetworkArgs, network};
use crate::outcome::{End, Exit, Failure, Kind, after_help};
use crate::output::Printer;
use crate::prompt;
use crate::secret_file;
use crate::signals::Stop;
use crate::usage::parse;

const TOKEN_VARIABLE: &str = "RA_TOKEN";

pub(crate) const LONG_ABOUT: &str = "\
Approve or decline a scanned QR code, as the phone does.

The command shows which login it is and asks at the terminal. Only approve a code that you yourself opened on a \
device in front of you. Anyone who sent you a code, or a picture of one, can use your account once you say yes. \
Without a terminal nothing is approved.

The token of the account comes from a file or from the variable RA_TOKEN, never from an argument: every program on \
the machine can read arguments.";

const EXAMPLES: &str = "\
Examples:
  ra approve https://discord.com/ra/... --token-file token.txt
  RA_TOKEN=... ra approve URL --api http://127.0.0.1:8787/api/v9 --yes";

/// `ra approve`.
#[derive(Debug, Args)]
#[command(after_help = after_help(EXAMPLES, Exit::ALL))]
pub(crate) struct ApproveArgs {
    /// Text of the scanned QR code
    url: String,
    /// Base URL of the REST API
    #[arg(long, value_name = "URL", default_value = DEFAULT_API)]
    api: String,
    /// Read the account's token from this file instead of the variable RA_TOKEN
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    #[command(flatten)]
    network: NetworkArgs,
    /// Approve without asking; only with an API on this machine
    #[arg(long, conflicts_with = "deny")]
    yes: bool,
    /// Decline without asking; only with an API on this machine
    #[arg(long)]
    deny: bool,
}

/// Asks the person and sends the decision.
///
/// # Errors
/// [`Kind::Usage`] for a wrong command line or without a terminal; else the reason why the decision was not
/// delivered.
pub(crate) async fn run(args: &ApproveArgs) -> Result<Exit, Failure> {
    let url: ScanUrl = parse("URL", &args.url)?;
    let api: BaseUrl = parse("--api", &args.api)?;
    let decided = decided(args, &api)?;
    let asks = prompt::has_terminal();
    if decided.is_none() && !asks {
        return Err(Failure::new(
            Kind::Usage,
            "there is no terminal, so nobody can be asked and nothing is approved",
        ));
    }
    let network = network(&args.network)?;
    let token = token(args.token_file.as_deref())?;
    let mut phone = Phone {
        printer: Printer::new(false),
        stop: Stop::catch()?,
        decided,
        asks,
        url,
        host: api.host().to_owned(),
    };
    let approval = Approval::start(Config::new(api, token), phone.url.fingerprint(), network)
        .map_err(|error| not_started(&error))?;
    match phone.decide(approval).await {
        Ok(()) => Ok(Exit::Done),
        Err(End::Failed(failure)) => Err(failure),
        Err(End::Declined) => {
            phone.printer.line("Declined.")?;
            Ok(Exit::Declined)
        }
        Err(end) => phone.printer.end(end),
    }
}

struct Phone {
    printer: Printer,
    stop: Stop,
    decided: Option<bool>,
    asks: bool,
    url: ScanUrl,
    host: String,
}

impl Phone {
    async fn decide(&mut self, mut approval: Approval) -> Result<(), End> {
        loop {
            let event = tokio::select! {
                event = approval.next_event() => event,
                () = self.stop.requested() => return Err(End::Cancelled),
            };
            match event {
                Some(Event::Confirm { .. }) => {
                    // refused only if it came too late; the outcome says so
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
        match approval.outcome().await {
            Ok(Outcome::Approved) => Ok(self.printer.line("Approved.")?),
            Ok(_) => Err(End::Declined),
            Err(error) => Err(failed(&error).into()),
        }
    }

    /// Shows which login it is and asks. Everything but a clear yes is a no.
    async fn confirm(&mut self, approval: &mut Approval) -> Result<bool, Failure> {
        if let Some(decided) = self.decided {
            return Ok(decided);
        }
        for line in [
            &*format!(
                "A device asks to be logged in to your account at {}.",
                self.host
            ),
            &format!("  Code:        {}", self.url),
            &format!("  Fingerprint: {}", self.url.fingerprint()),
            "Only approve a code that you yourself opened on a device in front of you. Anyone who sent you",
            "a code, or a picture of one, can use your account once you say yes.",
        ] {
            self.printer.message(line)?;
        }
        let answer = self.ask(approval, "Log this device in? [y/N]").await?;
        Ok(
            answer
                .is_some_and(|answer| matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes")),
        )
    }

    /// Asks for a code of a second factor. Returns none if the person has none.
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
            self.printer
                .message("That code was wrong, or had been used.")?;
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

    /// Returns the line that the person types; none on a stop, or if the time runs out meanwhile.
    async fn ask(
        &mut self,
        approval: &mut Approval,
        question: &str,
    ) -> Result<Option<Zeroizing<String>>, Failure> {
        let Some(screen) = self.printer.screen() else {
            return Ok(None);
        };
        let mut answer = prompt::ask(screen, question)?;
        let answer = tokio::select! {
            answer = answer.typed() => answer,
            () = self.stop.requested() => None,
            // while the person thinks, only the end of the time can come
            _ = approval.next_event() => None,
        };
        if answer.is_none() {
            // the cursor still stands behind the question
            screen.line("")?;
        }
        Ok(answer)
    }
}

/// Reads `--yes` and `--deny`, which exist for tests and for gateways of one's own.
fn decided(args: &ApproveArgs, api: &BaseUrl) -> Result<Option<bool>, Failure> {
    let (option, decision) = match (args.yes, args.deny) {
        (true, _) => ("--yes", true),
        (_, true) => ("--deny", false),
        _ => return Ok(None),
    };
    if api.is_loopback() {
        return Ok(Some(decision));
    }
    Err(Failure::usage(
        option,
        "only with an --api on this machine; elsewhere a person decides",
    ))
}

fn token(file: Option<&Path>) -> Result<Token, Failure> {
    let text = match file {
        Some(path) => secret_file::read(path)?,
        None => Zeroizing::new(std::env::var(TOKEN_VARIABLE).map_err(|_| {
            Failure::new(
                Kind::Usage,
                "no token: give --token-file or set the variable RA_TOKEN",
            )
        })?),
    };
    let token = text.trim();
    let is_printable = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    if token.is_empty() || !token.bytes().all(is_printable) {
        let place = file.map_or(TOKEN_VARIABLE, |_| "--token-file");
        return Err(Failure::usage(place, "holds no token"));
    }
    Ok(Token::new(token.to_owned()))
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

/// The service refuses with one of its error codes. An unknown fingerprint or handshake token has expired; any other
/// code is a refusal. An answer without a code comes from something in between.
fn refused(error: &HttpError) -> Kind {
    let status = error.status().filter(|status| status.is_client_error());
    match (error.kind(), status.map(|status| status.as_u16())) {
        (HttpErrorKind::Captcha, _) => Kind::Captcha,
        (HttpErrorKind::BadBody, _) => Kind::Protocol,
        (HttpErrorKind::Status, Some(404)) if error.code().is_some() => Kind::Expired,
        (HttpErrorKind::Status, Some(_)) if error.code().is_some() => Kind::Refused,
        _ => Kind::Network,
    }
}
