//! Loads the accounts from their source and reads them again on a reload.

mod static_file;

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::Request;
use ra_gateway::Accounts;
use ra_gateway::accounts::{Carried, Carrier, HttpCallOut, Replaceable};
use ra_http::{BaseUrl, Body, Retry};
use ra_tokio::{HttpCarrier, Network};
use zeroize::Zeroizing;

use super::no_accounts::NoAccounts;
pub(crate) use static_file::StaticFile;

use super::settings::AccountsSettings;
use super::{regular_file, warnings};
use crate::outcome::{Failure, Kind};

/// A secret of more than this is refused anyway.
const MAX_SECRET_FILE: u64 = 4096;

/// The accounts of a gateway, with what it takes to read them again.
pub(super) struct Source {
    from: From,
    /// One reload at a time.
    reloading: Mutex<()>,
}

enum From {
    Nobody,
    File {
        path: PathBuf,
        accounts: Arc<Replaceable<StaticFile>>,
    },
    Server {
        server: Server,
        accounts: Arc<Replaceable<HttpCallOut>>,
    },
}

impl Source {
    /// Reads all that is to be read. Nobody is asked yet.
    ///
    /// # Errors
    /// [`Kind::Local`] when a file cannot be used.
    pub(super) fn load(settings: &AccountsSettings) -> Result<Self, Failure> {
        let from = match (&settings.file, &settings.url) {
            (Some(path), _) => From::File {
                accounts: Arc::new(Replaceable::new(load(path)?)),
                path: path.clone(),
            },
            (None, Some(url)) => {
                let server = Server::new(settings, url)?;
                From::Server {
                    accounts: Arc::new(Replaceable::new(server.call_out()?)),
                    server,
                }
            }
            (None, None) => From::Nobody,
        };
        Ok(Self {
            from,
            reloading: Mutex::new(()),
        })
    }

    pub(super) fn is_nobody(&self) -> bool {
        matches!(self.from, From::Nobody)
    }

    /// For the gateway.
    pub(super) fn accounts(&self) -> Arc<dyn Accounts> {
        match &self.from {
            From::Nobody => Arc::new(NoAccounts),
            From::File { accounts, .. } => Arc::<Replaceable<StaticFile>>::clone(accounts),
            From::Server { accounts, .. } => Arc::<Replaceable<HttpCallOut>>::clone(accounts),
        }
    }

    /// Reads the files again. What was read before stays if they cannot be used.
    ///
    /// # Errors
    /// The errors of [`Source::load`].
    pub(super) fn reload(&self) -> Result<String, Failure> {
        let _one = self
            .reloading
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Ok(match &self.from {
            From::Nobody => "there are no accounts to be read again".to_owned(),
            From::File { path, accounts } => {
                let new = load(path)?.continuing(&accounts.current());
                let count = new.len();
                accounts.replace(new);
                format!("the accounts were read again: {count}")
            }
            From::Server { server, accounts } => {
                accounts.replace(server.call_out()?);
                "the secret of the accounts' server was read again".to_owned()
            }
        })
    }
}

fn load(path: &Path) -> Result<StaticFile, Failure> {
    if let Err(why) = regular_file::open(path)
        && why.kind() == io::ErrorKind::InvalidInput
    {
        let text = format!("{}: {why}", path.display());
        return Err(Failure::new(Kind::Local, text));
    }
    StaticFile::load(path).map_err(|error| {
        let failure = Failure::caused(Kind::Local, &error, Retry::Never);
        Failure::new(Kind::Local, format!("{}: {failure}", path.display()))
    })
}

/// A server of the host's own.
struct Server {
    url: BaseUrl,
    secret_file: Option<PathBuf>,
    timeout: Duration,
    at_a_time: u16,
    carrier: Arc<dyn Carrier>,
}

impl Server {
    fn new(settings: &AccountsSettings, url: &BaseUrl) -> Result<Self, Failure> {
        let network = Network::default();
        if !url.is_plaintext() {
            network
                .check_tls()
                .map_err(|error| Failure::caused(Kind::Local, &error, Retry::Never))?;
        }
        Ok(Self {
            url: url.clone(),
            secret_file: settings.secret_file.clone(),
            timeout: settings.timeout(),
            at_a_time: settings.at_a_time(),
            carrier: Arc::new(Carry(HttpCarrier::new(network))),
        })
    }

    fn call_out(&self) -> Result<HttpCallOut, Failure> {
        let call_out = HttpCallOut::new(self.url.clone(), Arc::clone(&self.carrier))
            .with_timeout(self.timeout)
            .with_at_a_time(self.at_a_time);
        let Some(path) = &self.secret_file else {
            return Ok(call_out);
        };
        let unusable = |why: &dyn core::fmt::Display| {
            let name = warnings::name(path, "accounts.secret_file");
            Failure::new(Kind::Local, format!("{name}: {why}"))
        };
        let mut secret = Zeroizing::new(String::new());
        regular_file::open(path)
            .and_then(|file| file.take(MAX_SECRET_FILE).read_to_string(&mut secret))
            .map_err(|error| unusable(&error))?;
        let secret = secret.trim_end_matches(['\r', '\n']);
        call_out.with_secret(secret).map_err(|why| unusable(&why))
    }
}

#[derive(Debug)]
struct Carry(HttpCarrier);

impl Carrier for Carry {
    fn send(&self, request: Request<Body>, within: Duration) -> Carried<'_> {
        Box::pin(self.0.send(request, within))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ra_proto::rest::MfaMethod;
    use ra_proto::{MfaAnswerText, User};
    use totp_rs::{Builder, Secret};

    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn source(text: &str) -> (Source, tempfile::TempDir) {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("accounts.toml");
        std::fs::write(&file, text).unwrap();
        let source = Source::load(&AccountsSettings {
            file: Some(file),
            ..AccountsSettings::default()
        });
        (source.unwrap(), directory)
    }

    #[tokio::test]
    async fn r43_a_code_that_was_used_stays_used_when_the_accounts_are_read_again() {
        let account = "[[account]]\nauthorization = \"a\"\nid = 1\nusername = \"u\"\nmfa = ";
        let (source, _directory) = source(&format!("{account}\"{SECRET}\"\n"));
        let accounts = source.accounts();
        let secret = Secret::try_from_base32(SECRET).unwrap();
        let totp = Builder::new().with_secret(secret).build_noncompliant();
        let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
        let code = MfaAnswerText::new(totp.generate(since.as_secs()).to_string());
        let user = User::new(1, 0, None, "u".to_owned()).unwrap();
        let (user, code) = (&user, &code);
        let is_right = || accounts.verify_mfa(user, &MfaMethod::Totp, code);
        assert!(is_right().await.unwrap());
        source.reload().unwrap();
        assert!(!is_right().await.unwrap());
    }

    #[tokio::test]
    async fn r57_what_cannot_be_read_again_leaves_all_as_it_was() {
        let (source, directory) =
            source("[[account]]\nauthorization = \"a\"\nid = 1\nusername = \"u\"");
        std::fs::remove_file(directory.path().join("accounts.toml")).unwrap();
        assert_eq!(source.reload().unwrap_err().kind, Kind::Local);
        let phone = ra_proto::Token::new("a".to_owned());
        let account = source.accounts().authenticate(&phone).await;
        assert!(account.unwrap().is_some());
    }
}
