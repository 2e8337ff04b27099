//! The application: its options, and the client that they describe.

use std::path::PathBuf;

use clap::Args;
use oauth2_discord::{Client, ClientAuth, ConfidentialClient, PublicClient, Snowflake};

use super::secrets;
use super::values::id;
use crate::outcome::Failure;

/// The application. Its secret comes from `RA_CLIENT_SECRET` or a file, never from an argument.
#[derive(Debug, Args)]
pub(super) struct ClientArgs {
    #[command(flatten)]
    application: ApplicationArgs,
    /// Send the application's credentials as HTTP Basic instead of in the form
    #[arg(long)]
    basic: bool,
}

/// The application, for calls with one way to send its credentials.
#[derive(Debug, Args)]
pub(super) struct ApplicationArgs {
    /// The application's id
    #[arg(long, value_name = "ID")]
    client_id: String,
    /// Read the application's secret from this file instead of RA_CLIENT_SECRET; without either it is a public client
    #[arg(long, value_name = "FILE")]
    client_secret_file: Option<PathBuf>,
}

impl ClientArgs {
    /// A confidential client if there is a secret, a public client otherwise.
    pub(super) fn read(&self) -> Result<Client, Failure> {
        if self.basic {
            return self.confidential().map(Into::into);
        }
        self.application.read()
    }

    /// The client of a grant that needs the secret.
    pub(super) fn confidential(&self) -> Result<ConfidentialClient, Failure> {
        let client = self.application.confidential()?;
        let client = client.ok_or_else(|| secrets::missing(&secrets::CLIENT_SECRET))?;
        Ok(match self.basic {
            true => client.with_auth(ClientAuth::Basic),
            false => client,
        })
    }
}

impl ApplicationArgs {
    /// A confidential client if there is a secret, a public client otherwise.
    pub(super) fn read(&self) -> Result<Client, Failure> {
        Ok(match self.confidential()? {
            Some(client) => client.into(),
            None => PublicClient::new(self.id()?).into(),
        })
    }

    fn confidential(&self) -> Result<Option<ConfidentialClient>, Failure> {
        let id = self.id()?;
        let secret = secrets::client_secret(self.client_secret_file.as_deref())?;
        Ok(secret.map(|secret| ConfidentialClient::new(id, secret)))
    }

    fn id(&self) -> Result<Snowflake, Failure> {
        id("--client-id", &self.client_id)
    }
}
