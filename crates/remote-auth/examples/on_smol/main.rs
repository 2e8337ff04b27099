//! A desktop on smol: `cargo run -p remote-auth --example on_smol`.
//!
//! The whole adapter is `log_in`: carry out what the machine says, wait for whichever of five things happens first, hand
//! it in. A thing under way is a boxed future in an `Option`; dropping it stops it. Nothing is spawned, and the thread
//! that runs it may run anything else.
//!
//! The example starts a gateway on loopback and plays the phone on a thread, so it needs no network and no account.

mod net;
#[path = "../support/mod.rs"]
mod support;

use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use remote_auth::core::Jitter;
use remote_auth::core::desktop::login::{
    Event, Input, KeyUnavailable, Login, LoginError, Outcome, Output,
};
use remote_auth::core::desktop::{login, session};
use remote_auth::crypto::{Backend, OsEntropy, RustCrypto, SessionKey};
use remote_auth::http::TransportError;
use smol::Timer;
use smol::future::or;
use support::{Clock, Failure, Host, websocket};
use tungstenite::{Error, Message};

use net::{Reply, Socket};

/// Something under way, or nothing.
type Doing<T> = Option<Pin<Box<dyn Future<Output = T>>>>;
type Key = Result<Box<dyn SessionKey>, KeyUnavailable>;

/// What can happen to a desktop.
enum Happened {
    Key(Key),
    Opened(Result<Socket, TransportError>),
    Heard(Result<Message, Error>),
    Reply(Reply),
    Tick,
}

async fn log_in(
    config: login::Config,
    seed: u64,
    mut show: impl FnMut(Event),
) -> Result<Outcome, LoginError> {
    let clock = Clock::start();
    let mut login = Login::new(config, Jitter::from_seed(seed), clock.now());
    let mut key: Doing<Key> = None;
    let mut opening: Doing<Result<Socket, TransportError>> = None;
    let mut socket: Option<Socket> = None;
    let mut call: Doing<Reply> = None;
    loop {
        while let Some(output) = login.poll_output() {
            match output {
                // a key takes a core for a while: on a worker
                Output::NeedKey => key = Some(Box::pin(smol::unblock(make_key))),
                Output::Connect(request) => opening = Some(Box::pin(net::open(request))),
                Output::Send(text) => {
                    if let Some(socket) = &mut socket {
                        // an error shows when the socket is read
                        let _ = socket.send(Message::text(text.expose()));
                    }
                }
                Output::Disconnect(code) => {
                    opening = None;
                    if let Some(mut socket) = socket.take() {
                        let _ = socket.close(Some(websocket::close(code)));
                        let _ = socket.flush(); // as far as it goes out at once
                    }
                }
                Output::Call(wanted) => call = Some(Box::pin(net::exchange(wanted))),
                Output::Event(event) => show(event),
                Output::End(end) => return end,
                _ => {} // the enum may grow
            }
        }

        let deadline = login.deadline();
        let tick = async {
            match deadline {
                Some(due) => {
                    Timer::at(clock.0 + Duration::from_millis(due.at.as_millis())).await;
                    Happened::Tick
                }
                None => pending().await,
            }
        };
        let made = async { Happened::Key(done(&mut key).await) };
        let opened = async { Happened::Opened(done(&mut opening).await) };
        let replied = async { Happened::Reply(done(&mut call).await) };
        let heard = async { Happened::Heard(net::hear(&mut socket).await) };
        let happened = or(tick, or(made, or(opened, or(replied, heard)))).await;

        match happened {
            Happened::Key(key) => login.handle(clock.now(), Input::Key(key)),
            Happened::Opened(Ok(open)) => {
                socket = Some(open);
                login.handle(clock.now(), Input::Connected);
            }
            Happened::Opened(Err(error)) => {
                login.handle(clock.now(), Input::ConnectFailed(error));
            }
            Happened::Heard(heard) => {
                if let Some(input) = websocket::input(&heard) {
                    if matches!(input, session::Input::Closed(_) | session::Input::Lost) {
                        socket = None;
                    }
                    login.handle(clock.now(), Input::Socket(input));
                }
            }
            Happened::Reply((id, reply)) => login.handle(clock.now(), Input::Reply(id, reply)),
            Happened::Tick => login.handle(clock.now(), Input::Tick),
        }
    }
}

/// Waits for what is under way; for ever if nothing is.
async fn done<T>(doing: &mut Doing<T>) -> T {
    match doing {
        Some(future) => {
            let value = future.await;
            *doing = None;
            value
        }
        None => pending().await,
    }
}

fn make_key() -> Key {
    RustCrypto
        .generate(&mut OsEntropy)
        .map_err(|_| KeyUnavailable)
}

fn run() -> Result<Outcome, Failure> {
    let host = Host::start(Arc::new(RustCrypto), 1)?;
    let phone = host.phone(0)?;
    let outcome = smol::block_on(log_in(host.desktop()?, 1, |event| match event {
        Event::Qr { url, .. } => {
            println!("show as a QR code: {url}");
            let phone = phone.clone();
            std::thread::spawn(move || support::approve(phone, &url));
        }
        Event::User(user) => println!("{} is deciding", user.username),
        _ => {}
    }))?;
    Ok(outcome)
}

fn main() -> Result<(), Failure> {
    if let Outcome::LoggedIn { user, .. } = run()? {
        println!("{} is in", user.username);
    }
    Ok(())
}

#[test]
fn a_desktop_logs_in_on_smol() -> Result<(), Failure> {
    let outcome = run()?;
    let Outcome::LoggedIn { token, user } = outcome else {
        return Err(format!("{outcome:?}").into());
    };
    assert_eq!(
        (token.expose(), user.username.as_str()),
        ("token-0", "user-0")
    );
    Ok(())
}
