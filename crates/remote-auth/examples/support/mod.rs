//! Not what the examples are about: what `ra gateway` runs, in this process, and people with phones who say yes.

use std::error::Error;
use std::sync::Arc;

use ra_testkit::accounts::InMemory;
use remote_auth::core::desktop::login;
use remote_auth::core::mobile::{Config, Event};
use remote_auth::crypto::Backend;
use remote_auth::gateway::{self, Gateway};
use remote_auth::proto::{Fingerprint, ScanUrl, Token};
use remote_auth::tokio::{Approval, Network};
use tokio::runtime::Runtime;

/// Any error ends an example.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// A gateway on loopback. Dropping it ends it.
pub(crate) struct Host {
    /// Configuration of a desktop here.
    pub(crate) desktop: login::Config,
    runtime: Runtime,
}

impl Host {
    pub(crate) fn start(backend: Arc<dyn Backend>, accounts: usize) -> Result<Self, Failure> {
        // number 3 has the phone `phone-3`, and its desktops get `token-3`
        let accounts = (0..accounts).fold(InMemory::default(), |all, number| {
            let (phone, user) = (format!("phone-{number}"), format!("1{number}:0:0:mary"));
            all.with(&phone, &user, Some(&format!("token-{number}")))
        });
        let runtime = Runtime::new()?;
        let bound = Gateway::bind(gateway::Config::default(), Arc::new(accounts), backend);
        let gateway = runtime.block_on(bound)?;
        let mut desktop = login::Config::default();
        desktop.gateway = format!("ws://{}/", gateway.local_addr()).parse()?;
        desktop.api = format!("http://{}/api/v9", gateway.local_addr()).parse()?;
        desktop.renewal = login::Renewal::Limit(0); // an example that fails ends
        runtime.spawn(gateway.run());
        Ok(Self { desktop, runtime })
    }

    /// Somebody scans this with the phone of that account, and says yes at once.
    pub(crate) fn approve(&self, account: usize, scanned: &ScanUrl) {
        let phone = Token::new(format!("phone-{account}"));
        let config = Config::new(self.desktop.api.clone(), phone);
        let approved = say_yes(config, scanned.fingerprint());
        self.runtime.spawn(async {
            if let Err(error) = approved.await {
                eprintln!("the phone: {error}");
            }
        });
    }
}

async fn say_yes(phone: Config, fingerprint: Fingerprint) -> Result<(), Failure> {
    let mut approval = Approval::start(phone, fingerprint, Network::default())?;
    while let Some(Event::Confirm { .. }) = approval.next_event().await {
        approval.approve()?;
    }
    approval.outcome().await.map(drop).map_err(Into::into)
}
