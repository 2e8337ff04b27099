//! A key that never leaves its module: `cargo run -p remote-auth --example key_elsewhere`.
//!
//! The module (here a thread; elsewhere an HSM, a secure element, another process) takes three requests and answers with
//! bytes. A desktop needs no more of it than a public key and `open`, so that is all that crosses: no private key, no
//! seed. `ModuleKey` is the [`SessionKey`] of the login, `Module` the [`Backend`] that asks for one key a QR.
//!
//! The example starts a gateway on loopback and plays the phone on a thread.

mod support;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use remote_auth::core::desktop::login::{Event, Outcome};
use remote_auth::crypto::{
    Backend, Entropy, GenerateError, KeyError, OpenError, OsEntropy, PeerKey, Plaintext,
    PublicKeyError, RustCrypto, SessionKey,
};
use remote_auth::tokio::{Keys, Login, LoginOptions};
use support::{Failure, Host};

/// How long the module may take: making an RSA key is its slowest answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// All that the module understands. Each request brings the way back for its answer.
enum Request {
    /// Make a key; answers its handle and public half.
    Generate(SyncSender<Option<(usize, Vec<u8>)>>),
    /// Open this with the key; answers the plaintext, or nothing whatever the reason.
    Open(usize, Vec<u8>, SyncSender<Option<Plaintext>>),
    /// Forget the key.
    Forget(usize),
}

/// The other side: keys live and die on this thread.
fn module(requests: Receiver<Request>) {
    let mut keys: Vec<Option<Box<dyn SessionKey>>> = Vec::new();
    for request in requests {
        match request {
            Request::Generate(answer) => {
                let made = RustCrypto.generate(&mut OsEntropy).ok().map(|key| {
                    let public = key.public_key().to_vec();
                    keys.push(Some(key));
                    (keys.len() - 1, public)
                });
                let _ = answer.send(made);
            }
            Request::Open(handle, sealed, answer) => {
                let key = keys.get_mut(handle).and_then(Option::as_mut);
                let _ = answer.send(key.and_then(|key| key.open(&sealed).ok()));
            }
            Request::Forget(handle) => drop(keys.get_mut(handle).and_then(Option::take)),
        }
    }
}

/// The way to the module, and a count of what it was asked to open.
#[derive(Clone)]
struct Module {
    requests: SyncSender<Request>,
    opened: Arc<AtomicU32>,
}

impl Module {
    fn start() -> Self {
        let (requests, taken) = sync_channel(16);
        thread::spawn(move || module(taken));
        Self {
            requests,
            opened: Arc::default(),
        }
    }

    /// Asks and waits, for so long.
    fn ask<T>(&self, request: impl FnOnce(SyncSender<Option<T>>) -> Request) -> Option<T> {
        let (answer, answered) = sync_channel(1);
        self.requests.send(request(answer)).ok()?;
        answered.recv_timeout(PATIENCE).ok()?
    }
}

/// Not derived: nobody should see what is on its way to the module.
impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Module(..)")
    }
}

impl Backend for Module {
    fn name(&self) -> &'static str {
        "module"
    }

    /// The adapter calls this on a worker, so it may wait. The module has randomness of its own.
    fn generate(&self, _: &mut dyn Entropy) -> Result<Box<dyn SessionKey>, GenerateError> {
        let (handle, public) = self.ask(Request::Generate).ok_or(GenerateError::Backend)?;
        Ok(Box::new(ModuleKey {
            module: self.clone(),
            handle,
            public,
        }))
    }

    /// Keys do not get in here either.
    fn session_key_from_pkcs8(
        &self,
        _: &[u8],
        _: &mut dyn Entropy,
    ) -> Result<Box<dyn SessionKey>, KeyError> {
        Err(KeyError::Malformed)
    }

    /// Sealing takes a public key only, which needs no module. Desktops never ask for it.
    fn peer_key(&self, spki: &[u8]) -> Result<Box<dyn PeerKey>, PublicKeyError> {
        RustCrypto.peer_key(spki)
    }
}

struct ModuleKey {
    module: Module,
    handle: usize,
    public: Vec<u8>,
}

impl SessionKey for ModuleKey {
    fn public_key(&self) -> &[u8] {
        &self.public
    }

    fn open(&mut self, sealed: &[u8]) -> Result<Plaintext, OpenError> {
        self.module.opened.fetch_add(1, Ordering::Relaxed);
        let opened = self
            .module
            .ask(|answer| Request::Open(self.handle, sealed.to_vec(), answer));
        opened.ok_or(OpenError) // one error, whatever the reason
    }
}

impl Drop for ModuleKey {
    fn drop(&mut self) {
        let _ = self.module.requests.try_send(Request::Forget(self.handle));
    }
}

/// Logs in with a key of the module; how it ended, and how often the module opened something.
fn run() -> Result<(Outcome, u32), Failure> {
    let host = Host::start(Arc::new(RustCrypto), 1)?;
    let module = Module::start();
    let mut options = LoginOptions::new(Keys::new(module.clone()));
    options.config = host.desktop()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(async {
        let mut login = Login::start(options)?;
        while let Some(event) = login.next_event().await {
            if let Event::Qr { url, .. } = event {
                println!("show as a QR code: {url}");
                let phone = host.phone(0)?;
                thread::spawn(move || support::approve(phone, &url));
            }
        }
        Ok::<_, Failure>(login.outcome().await?)
    })?;
    Ok((outcome, module.opened.load(Ordering::Relaxed)))
}

fn main() -> Result<(), Failure> {
    let (outcome, opened) = run()?;
    if let Outcome::LoggedIn { user, .. } = outcome {
        println!(
            "{} is in; the module opened {opened} messages and gave nothing else away",
            user.username
        );
    }
    Ok(())
}

#[test]
fn a_key_that_stays_in_its_module_is_enough_to_log_in() -> Result<(), Failure> {
    let (outcome, opened) = run()?;
    let Outcome::LoggedIn { token, .. } = outcome else {
        return Err(format!("{outcome:?}").into());
    };
    assert_eq!(token.expose(), "token-0");
    assert_eq!(opened, 3, "the challenge, the user, the token");
    Ok(())
}
