//! A gateway without accounts.
use std::sync::Arc;

use remote_auth::crypto::RustCrypto;
use remote_auth::gateway::accounts::{Account, AccountsErrorKind, Answer};
use remote_auth::gateway::{Accounts, Config, Gateway};
use remote_auth::proto::rest::MfaMethod;
use remote_auth::proto::{MfaAnswerText, Token, User};

#[derive(Debug)]
struct NoAccounts;

impl Accounts for NoAccounts {
    fn authenticate<'a>(&'a self, _: &'a Token) -> Answer<'a, Option<Account>> {
        Box::pin(async { Ok(None) })
    }

    fn mint_token<'a>(&'a self, _: &'a User) -> Answer<'a, Token> {
        Box::pin(async { Err(AccountsErrorKind::Unknown.into()) })
    }

    fn verify_mfa<'a>(
        &'a self,
        _: &'a User,
        _: &'a MfaMethod,
        _: &'a MfaAnswerText,
    ) -> Answer<'a, bool> {
        Box::pin(async { Ok(false) })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let accounts = Arc::new(NoAccounts);
    let gateway = Gateway::bind(Config::default(), accounts, Arc::new(RustCrypto)).await?;
    println!("{}", gateway.local_addr());
    gateway.run().await;
    Ok(())
}
