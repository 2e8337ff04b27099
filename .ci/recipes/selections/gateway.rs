//! A gateway with the accounts of a file.
use std::sync::Arc;

use remote_auth::crypto::RustCrypto;
use remote_auth::gateway::{Config, Gateway, accounts::StaticFile};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let accounts = StaticFile::load("accounts.toml")?;
    let gateway =
        Gateway::bind(Config::default(), Arc::new(accounts), Arc::new(RustCrypto)).await?;
    println!("{}", gateway.local_addr());
    gateway.run().await;
    Ok(())
}
