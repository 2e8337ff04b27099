//! A server on loopback with Discord's OAuth2 answers, recorded in `recorded/discord`: no public OAuth2 server has
//! them. It checks each request as Discord does, and answers a wrong one with its error: method, path, content type,
//! authentication, required parameters, PKCE, single use of codes and refresh tokens.
//!
//! [`Discord::answer`] replaces the answers to correct requests.

use std::io::Write;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

mod answer;
mod authorize;
mod caller;
mod device;
mod information;
mod partner;
mod request;
mod router;
mod state;
mod token;

pub use answer::{Answer, recorded};
pub use request::Heard;
use state::State;

/// The application of the document's examples.
pub const CLIENT_ID: u64 = 332_269_999_912_132_097;
/// The secret of the application above.
pub const CLIENT_SECRET: &str = "937it3ow87i4ery69876wqire";
/// An application with the flag `PUBLIC_OAUTH2_CLIENT`, which has no secret.
pub const PUBLIC_CLIENT_ID: u64 = 290_926_444_748_734_499;
/// An application with a secret that Basic authentication has to encode first (S-01).
pub const ODD_CLIENT_ID: u64 = 157_730_590_492_196_864;
/// The secret of the application above.
pub const ODD_CLIENT_SECRET: &str = "p+e%r:s/e c=r&et~";
/// The applications' redirect URI.
pub const REDIRECT_URI: &str = "https://nicememe.website";
/// The bot of the application.
pub const BOT_TOKEN: &str = "MzMyMjY5OTk5OTEyMTMyMDk4.bot.sentinel";
/// The session of the person.
pub const USER_TOKEN: &str = "ODUyODkyMjk3NjYxOTA2OTkz.user.sentinel";
/// An access token with `identify`, `email` and `openid`, as recorded with an ID token.
pub const OPENID_ACCESS_TOKEN: &str = "8sKxQ2vLm0TzRw5YbN7dHc1JfPaE9u";
/// The nonce in the recorded ID token.
pub const NONCE: &str = "n-0S6_WzA2Mj";
/// A provider's token for a person without an account. The server also knows `external.` with one of the codes of
/// provisional accounts, such as `external.530010`.
pub const EXTERNAL_TOKEN: &str = "external.new.sentinel";

const PATIENCE: Duration = Duration::from_secs(30);

/// The server; it ends when this is dropped.
#[derive(Debug)]
pub struct Discord {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    heard: Condvar,
    stopped: AtomicBool,
}

impl Discord {
    /// Starts it on a free port.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("bound");
        let shared = Arc::new(Shared {
            state: Mutex::new(State::new()),
            heard: Condvar::new(),
            stopped: AtomicBool::new(false),
        });
        let held = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if held.stopped.load(Ordering::Acquire) {
                    return;
                }
                let held = Arc::clone(&held);
                thread::spawn(move || held.serve(stream));
            }
        });
        Self { address, shared }
    }

    /// Returns the base URL of the API.
    #[must_use]
    pub fn base(&self) -> String {
        format!("http://{}/api/v10", self.address)
    }

    /// Answers the next correct requests to this path below the base with these answers, in order. A wrong request
    /// still gets its error.
    pub fn answer(&self, path: &str, answers: impl IntoIterator<Item = Answer>) {
        self.state().script(path, answers);
    }

    /// The person types the device's code and agrees or refuses.
    pub fn decide(&self, granted: bool) {
        self.state().decide(granted);
    }

    /// Returns every readable request so far.
    #[must_use]
    pub fn heard(&self) -> Vec<Heard> {
        self.state().heard.clone()
    }

    /// Returns the number of requests to this path below the base.
    #[must_use]
    pub fn calls(&self, path: &str) -> usize {
        self.state().calls(path)
    }

    /// Waits until a request has come to this path below the base.
    ///
    /// # Panics
    /// If none comes in half a minute.
    pub fn wait_for(&self, path: &str) {
        let none = |state: &mut State| state.calls(path) == 0;
        let waited = self
            .shared
            .heard
            .wait_timeout_while(self.state(), PATIENCE, none);
        let late = waited.expect("no handler panics").1.timed_out();
        assert!(!late, "nobody came to {path}");
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().expect("no handler panics")
    }
}

impl Drop for Discord {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Release);
        // wakes the listener
        let _ = TcpStream::connect_timeout(&self.address, PATIENCE);
    }
}

impl Shared {
    fn serve(&self, mut stream: TcpStream) {
        if stream.set_read_timeout(Some(PATIENCE)).is_err() {
            return;
        }
        let Some(heard) = Heard::read(&stream) else {
            return;
        };
        let answer = self
            .state
            .lock()
            .expect("no handler panics")
            .respond(&heard);
        self.heard.notify_all();
        match answer.into_bytes() {
            // a client that stops reading closes early
            Some(bytes) => drop(stream.write_all(&bytes)),
            None => request::until_gone(&stream),
        }
        let _ = stream.shutdown(Shutdown::Write);
        request::until_gone(&stream); // closing with unread input would cut the answer
    }
}

#[cfg(test)]
mod tests;
