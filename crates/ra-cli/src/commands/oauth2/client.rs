//! The application.

use oauth2_discord::{Client, ClientAuth, ConfidentialClient, PublicClient};

use super::{option, secret};
use crate::commands::oauth2::args::ClientArgs;
use crate::outcome::Failure;

const VARIABLE: &str = "RA_CLIENT_SECRET";
const FILE: &str = "--client-secret-file";

/// With a secret a confidential client, without one a public client.
pub(super) fn any(args: &ClientArgs) -> Result<Client, Failure> {
    if args.basic {
        return confidential(args).map(Into::into);
    }
    let id = option::id("--client-id", &args.client_id)?;
    Ok(
        match secret::client_secret(args.client_secret_file.as_deref())? {
            Some(secret) => ConfidentialClient::new(id, secret).into(),
            None => PublicClient::new(id).into(),
        },
    )
}

/// For what takes a secret.
pub(super) fn confidential(args: &ClientArgs) -> Result<ConfidentialClient, Failure> {
    let id = option::id("--client-id", &args.client_id)?;
    let secret = secret::client_secret(args.client_secret_file.as_deref())?;
    let secret = secret.ok_or_else(|| secret::none(VARIABLE, FILE))?;
    let auth = if args.basic {
        ClientAuth::Basic
    } else {
        ClientAuth::Form
    };
    Ok(ConfidentialClient::new(id, secret).with_auth(auth))
}
