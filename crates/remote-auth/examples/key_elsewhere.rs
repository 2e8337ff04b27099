//! A key that never leaves its module: `cargo run -p remote-auth --example key_elsewhere`.
//!
//! The module (here a thread; elsewhere an HSM, a secure element, another process) takes three requests and answers
//! with bytes. A desktop needs no more of it than a public key and `open`, so that is all that crosses: no private key,
//! no seed. `ModuleKey` is the [`SessionKey`] of the login, `Module` the [`Backend`] that asks for one key a QR. The
//! gateway is this program's own (`support`), so it needs no network and no account.

mod support;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use remote_auth::blocking::{Keys, Login, LoginOptions};
use remote_auth::core::desktop::login::{Event, Outcome};
use remote_auth::crypto::{
    Backend, Entropy, GenerateError, KeyError, OpenError, OsEntropy, PeerKey, Plaintext,
    PublicKeyError, RustCrypto, SessionKey,
};
use support::{Failure, Host};

/// All that the module understands. Each question brings the way back for its answer.
enum Request {
    /// Make a key; answers its number and public half.
    Generate(SyncSender<Option<(usize, Vec<u8>)>>),
    /// Open this with the key; answers the plaintext, or nothing whatever the reason.
    Open(usize, Vec<u8>, SyncSender<Option<Plaintext>>),
    /// Forget the key.
    Forget(usize),
}

/// The other side: keys live and die on this thread. Says at the end how often it opened something.
fn module(requests: Receiver<Request>) -> usize {
    let mut keys: HashMap<usize, Box<dyn SessionKey>> = HashMap::new();
    let (mut made, mut opened) = (0, 0);
    for request in requests {
        match request {
            Request::Generate(answer) => {
                let key = RustCrypto.generate(&mut OsEntropy).ok();
                made += 1;
                let _ = answer.send(key.map(|key| {
                    let public = key.public_key().to_vec();
                    keys.insert(made, key);
                    (made, public)
                }));
            }
            Request::Open(number, sealed, answer) => {
                let key = keys.get_mut(&number);
                opened += 1;
                let _ = answer.send(key.and_then(|key| key.open(&sealed).ok()));
            }
            Request::Forget(number) => drop(keys.remove(&number)),
        }
    }
    opened
}

/// The way to the module.
#[derive(Clone, Debug)]
struct Module(SyncSender<Request>);

impl Module {
    /// Asks and waits for the answer. Making an RSA key is the slowest.
    fn ask<T>(&self, question: impl FnOnce(SyncSender<Option<T>>) -> Request) -> Option<T> {
        let (answer, answered) = sync_channel(1);
        self.0.try_send(question(answer)).ok()?;
        answered.recv_timeout(Duration::from_secs(30)).ok()?
    }
}

impl Backend for Module {
    fn name(&self) -> &'static str {
        "module"
    }

    /// The adapter calls this on a worker, so it may wait. The module has randomness of its own.
    fn generate(&self, _: &mut dyn Entropy) -> Result<Box<dyn SessionKey>, GenerateError> {
        let (number, public) = self.ask(Request::Generate).ok_or(GenerateError::Backend)?;
        Ok(Box::new(ModuleKey(self.clone(), number, public)))
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

/// The module's key with this number, and its public half.
struct ModuleKey(Module, usize, Vec<u8>);

impl SessionKey for ModuleKey {
    fn public_key(&self) -> &[u8] {
        &self.2
    }

    fn open(&mut self, sealed: &[u8]) -> Result<Plaintext, OpenError> {
        let question = |answer| Request::Open(self.1, sealed.to_vec(), answer);
        self.0.ask(question).ok_or(OpenError) // one error, whatever the reason
    }
}

impl Drop for ModuleKey {
    fn drop(&mut self) {
        let _ = self.0.0.try_send(Request::Forget(self.1));
    }
}

fn main() -> Result<(), Failure> {
    let host = Host::start(Arc::new(RustCrypto), 1)?;
    let (requests, taken) = sync_channel(16);
    let module = thread::spawn(move || module(taken));
    let mut options = LoginOptions::new(Keys::new(Module(requests)));
    options.config = host.desktop.clone();
    let mut login = Login::start(options)?;
    for event in &mut login {
        if let Event::Qr { url, .. } = event {
            println!("show as a QR code: {url}");
            host.approve(0, &url);
        }
    }
    let Outcome::LoggedIn { token, user } = login.outcome()? else {
        return Err("somebody said no".into());
    };
    assert_eq!(token.expose(), "token-0");
    // with the login the last way to the module has gone, so it ends
    let opened = module.join().map_err(|_| "the module failed")?;
    assert_eq!(opened, 3, "the challenge, the user, the token");
    println!(
        "{} is in; the module opened {opened} messages",
        user.username
    );
    Ok(())
}

#[test]
fn a_key_that_stays_in_its_module_is_enough_to_log_in() -> Result<(), Failure> {
    main()
}
