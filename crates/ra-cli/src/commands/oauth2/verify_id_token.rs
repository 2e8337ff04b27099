//! `ra oauth2 verify-id-token`.

use oauth2_discord::api::Keys;
use oauth2_discord::id_token::{Claims, IdTokenError, Verdict, Verifier};
use oauth2_discord::{Nonce, Scope, Token};

use super::{Context, date, option, secret, token_file};
use crate::commands::oauth2::args::VerifyIdTokenArgs;
use crate::network::Unread;
use crate::outcome::End;
use crate::outcome::{Failure, Kind};

/// Verifies, and prints the claims.
pub(super) async fn run(args: &VerifyIdTokenArgs, context: &mut Context) -> Result<(), End> {
    let client_id = option::id("--client-id", &args.client_id)?;
    let token = secret::token_set(&args.token_file, &mut context.printer)?.token;
    let nonce = args.nonce.as_ref().map(|Unread(nonce)| Nonce::new(nonce));
    let mut verifier = Verifier::new(client_id, context.urls.issuer.clone());
    let scope = token.scope.as_ref();
    let asked = scope.is_some_and(|scope| scope.contains(&Scope::Openid));
    let refused = |error| refused(error, nonce.is_some(), asked);

    let verdict = verifier.verify(token_file::now(), &token, nonce.as_ref());
    let verdict = match verdict.map_err(refused)? {
        Verdict::FetchKeys => {
            let endpoint = Keys::new().at(context.urls.keys.clone());
            let keys = context.caller()?.call(&endpoint, Keys::REPEAT).await?;
            verifier.keys_arrived(token_file::now(), &keys);
            let verdict = verifier.verify(token_file::now(), &token, nonce.as_ref());
            verdict.map_err(refused)?
        }
        verdict => verdict,
    };
    match verdict {
        Verdict::Valid(claims) => Ok(tell(&claims, &token, context)?),
        _ => Err(refused(IdTokenError::UnknownKey).into()),
    }
}

fn refused(error: IdTokenError, with_nonce: bool, asked: bool) -> Failure {
    match error {
        IdTokenError::Missing if asked => Failure::new(
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

/// Prints all claims to a program, and those that count to people.
fn tell(claims: &Claims, token: &Token, context: &mut Context) -> Result<(), Failure> {
    let printer = &mut context.printer;
    if printer.is_json() {
        return printer.result(&payload(token)?);
    }
    printer.line("The ID token is genuine.")?;
    printer.line(&format!("Subject:  {}", claims.sub))?;
    printer.line(&format!("Issued:   {}", date::text(claims.issued_at)))?;
    printer.line(&format!("Expires:  {}", date::text(claims.expires_at)))?;
    if let Some(time) = claims.auth_time {
        printer.line(&format!("Login:    {}", date::text(time)))?;
    }
    Ok(())
}

/// The signed part of a token that has been verified.
fn payload(token: &Token) -> Result<String, Failure> {
    let unreadable = || Failure::new(Kind::Protocol, IdTokenError::Payload.to_string());
    let raw = token.id_token.as_ref().ok_or_else(unreadable)?;
    let part = raw.expose().split('.').nth(1).ok_or_else(unreadable)?;
    let bytes = ra_proto::base64::decode(part).map_err(|_| unreadable())?;
    String::from_utf8(bytes).map_err(|_| unreadable())
}
