//! What the examples share: a gateway on loopback with phones that say yes to it, one message of HTTP, and how a WebSocket
//! library's words become the machine's. Nothing here is part of an embedder's loop.
#![allow(dead_code)] // each example uses its part

pub(crate) mod http1;
pub(crate) mod websocket;

use std::error::Error;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use remote_auth::core::desktop::login;
use remote_auth::core::{MonoTime, mobile};
use remote_auth::crypto::Backend;
use remote_auth::gateway::{self, Gateway, accounts::StaticFile};
use remote_auth::proto::{ScanUrl, Token};

/// Whatever goes wrong in an example ends it.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// A monotonic clock as machines want it: milliseconds since it was started.
#[derive(Clone, Copy)]
pub(crate) struct Clock(pub(crate) Instant);

impl Clock {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn now(&self) -> MonoTime {
        MonoTime::from_millis(u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX))
    }
}

/// What `ra gateway` runs, on a thread of this process. Dropping it ends it.
pub(crate) struct Host {
    pub(crate) address: SocketAddr,
    handle: gateway::Handle,
    thread: Option<JoinHandle<()>>,
}

impl Host {
    /// A gateway with `accounts` accounts: number 3 is called `user-3`, its phone is `phone-3`, its desktops get `token-3`.
    pub(crate) fn start(backend: Arc<dyn Backend>, accounts: usize) -> Result<Self, Failure> {
        let mut file = String::new();
        for id in 0..accounts {
            writeln!(
                file,
                "[[account]]\nauthorization = \"phone-{id}\"\nid = {}\nusername = \"user-{id}\"\ntoken = \"token-{id}\"",
                id + 1
            )?;
        }
        let accounts: StaticFile = file.parse()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (started, bound) = mpsc::sync_channel(1);
        let thread = thread::spawn(move || {
            runtime.block_on(async {
                let config = gateway::Config::default();
                match Gateway::bind(config, Arc::new(accounts), backend).await {
                    Ok(gateway) => {
                        let _ = started.send(Ok((gateway.local_addr(), gateway.handle())));
                        gateway.run().await;
                    }
                    Err(error) => drop(started.send(Err(error))),
                }
            });
        });
        let (address, handle) = bound.recv()??;
        Ok(Self {
            address,
            handle,
            thread: Some(thread),
        })
    }

    /// How a desktop logs in at this gateway.
    pub(crate) fn desktop(&self) -> Result<login::Config, Failure> {
        let mut config = login::Config::default();
        config.gateway = format!("ws://{}/", self.address).parse()?;
        config.api = format!("http://{}/api/v9", self.address).parse()?;
        config.renewal = login::Renewal::Limit(0); // an example that fails ends
        Ok(config)
    }

    /// How the phone of this account talks to this gateway.
    pub(crate) fn phone(&self, account: usize) -> Result<mobile::Config, Failure> {
        let api = format!("http://{}/api/v9", self.address).parse()?;
        Ok(mobile::Config::new(
            api,
            Token::new(format!("phone-{account}")),
        ))
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.handle.shut_down();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A phone whose owner says yes at once: an example's person, on the gateway that the example started. It is also the
/// smallest loop there is around a machine: one thing at a time, and nothing to wait for.
pub(crate) fn approve(
    config: mobile::Config,
    scanned: &ScanUrl,
) -> Result<mobile::Outcome, Failure> {
    let clock = Clock::start();
    let mut phone = mobile::Session::new(config, scanned.fingerprint(), clock.now());
    while let Some(output) = phone.poll_output() {
        match output {
            mobile::Output::Call(call) => {
                let reply = http1::exchange(&call.request, call.timeout);
                phone.handle(clock.now(), mobile::Input::Reply(call.id, reply));
            }
            mobile::Output::Event(mobile::Event::Confirm { .. }) => phone.approve(clock.now())?,
            mobile::Output::Event(_) => phone.decline(clock.now())?,
            mobile::Output::End(end) => return Ok(end?),
            _ => {}
        }
    }
    Err("the phone stopped without an end".into())
}
