//! `ra oauth2 verify-id-token`: verifies the ID token in a token file.

use std::path::PathBuf;

use clap::Args;
use oauth2_discord::api::Keys;
use oauth2_discord::id_token::{Claims, IdTokenError, Verdict, Verifier};
use oauth2_discord::{Nonce, Scope, Token};

use super::timestamp::{self, now};
use super::values::id;
use super::{CALL_EXITS, Context, secrets};
use crate::network::Unread;
use crate::outcome::{End, Failure, Kind, after_help};
use crate::output::Printer;

const LONG_ABOUT: &str = "\
Verify the ID token in a token file: signed by the service with RS256, issued to this application, valid now, with the \
nonce that was sent and for the access token beside it. The service's keys are fetched, and the claims are printed. \
Do not trust a claim of an ID token before that.";

const EXAMPLES: &str = "\
Examples:
  ra oauth2 verify-id-token --client-id ID --token-file token.json
  ra oauth2 verify-id-token --client-id ID --token-file token.json --nonce NONCE --json";

/// Verify the ID token in a token file and print its claims
#[derive(Debug, Args)]
#[command(long_about = LONG_ABOUT, after_help = after_help(EXAMPLES, CALL_EXITS))]
pub(super) struct VerifyIdTokenArgs {
    /// The application's id
    #[arg(long, value_name = "ID")]
    client_id: String,
    /// The file with the token object
    #[arg(long, value_name = "FILE")]
    token_file: PathBuf,
    /// The nonce of the authorize URL, if it had one
    #[arg(long, allow_hyphen_values = true)]
    nonce: Option<Unread>,
}

/// Verifies, and prints the claims.
pub(super) async fn run(args: &VerifyIdTokenArgs, context: &mut Context) -> Result<(), End> {
    let client_id = id("--client-id", &args.client_id)?;
    let token = secrets::token_set(&args.token_file, &mut context.printer)?.token;
    let nonce = args.nonce.as_ref().map(|Unread(nonce)| Nonce::new(nonce));
    let mut verifier = Verifier::new(client_id, context.urls.issuer.clone());
    let scope = token.scope.as_ref();
    let requested = scope.is_some_and(|scope| scope.contains(&Scope::Openid));
    let refused = |error| refused(error, nonce.is_some(), requested);

    let verdict = verifier.verify(now(), &token, nonce.as_ref());
    let verdict = match verdict.map_err(refused)? {
        Verdict::FetchKeys => {
            let endpoint = Keys::new().at(context.urls.keys.clone());
            let keys = context.caller()?.call(&endpoint, Keys::REPEAT).await?;
            verifier.keys_arrived(now(), &keys);
            let verdict = verifier.verify(now(), &token, nonce.as_ref());
            verdict.map_err(refused)?
        }
        verdict => verdict,
    };
    match verdict {
        Verdict::Valid(claims) => Ok(print(&claims, &token, &mut context.printer)?),
        _ => Err(refused(IdTokenError::UnknownKey).into()),
    }
}

fn refused(error: IdTokenError, with_nonce: bool, requested: bool) -> Failure {
    match error {
        IdTokenError::Missing if requested => Failure::new(
            Kind::Local,
            "there is no ID token in the file, although openid is in its scope: the service sent none; after a refresh \
             that is usual",
        ),
        IdTokenError::Missing => Failure::new(
            Kind::Local,
            "there is no ID token in the file; it comes with a login that has the scope openid, and a refresh drops it",
        ),
        IdTokenError::Claim("nonce") if !with_nonce => Failure::new(
            Kind::Protocol,
            format!("{error}; give the nonce that was sent by --nonce"),
        ),
        error => Failure::new(Kind::Protocol, error.to_string()),
    }
}

/// Prints all claims for a program, and the important ones for people.
fn print(claims: &Claims, token: &Token, printer: &mut Printer) -> Result<(), Failure> {
    if printer.is_json() {
        return printer.result(&payload(token)?);
    }
    printer.line("The ID token is genuine.")?;
    printer.line(&format!("Subject:  {}", claims.sub))?;
    for (name, time) in [
        ("Issued:", Some(claims.issued_at)),
        ("Expires:", Some(claims.expires_at)),
        ("Login:", claims.auth_time),
    ] {
        if let Some(time) = time {
            printer.line(&format!("{name:<9} {}", timestamp::text(time)))?;
        }
    }
    Ok(())
}

/// The signed part of a verified token.
fn payload(token: &Token) -> Result<String, Failure> {
    let unreadable = || Failure::new(Kind::Protocol, IdTokenError::Payload.to_string());
    let raw = token.id_token.as_ref().ok_or_else(unreadable)?;
    let part = raw.expose().split('.').nth(1).ok_or_else(unreadable)?;
    let bytes = ra_proto::base64::decode(part).map_err(|_| unreadable())?;
    String::from_utf8(bytes).map_err(|_| unreadable())
}
