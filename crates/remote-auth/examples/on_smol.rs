//! A desktop on smol: `cargo run -p remote-auth --example on_smol`.
//!
//! The whole adapter is `log_in`: carry out what the machine says, wait for whichever of four things happens first,
//! hand it in. What is under way is a future; dropping it stops it. The socket is a [`WebSocket`] over a connection
//! that smol watches. What would block (making a key, the one REST call) is on smol's threads for that. Nothing else is
//! spawned, so the thread may run anything besides. The gateway is this program's own (`support`): no network, no
//! account.

mod support;

use std::future::{Future, pending};
use std::io::{self, ErrorKind};
use std::net::TcpStream;
use std::pin::Pin;
use std::sync::Arc;

use remote_auth::blocking::{HttpCarrier, Network};
use remote_auth::carrier::{Clock, SocketEvent, Target, TlsConfig, WebSocket};
use remote_auth::core::Jitter;
use remote_auth::core::desktop::login::{
    Config, ConnectRequest, Event, Input, Login, LoginError, Outcome, Output,
};
use remote_auth::crypto::{OsEntropy, RustCrypto};
use smol::{Async, Task, Timer, future::or, net::resolve, unblock};
use support::{Failure, Host};

/// Input of the loop to the machine.
enum Happened {
    OnSocket(SocketEvent),
    Elsewhere(Input<'static>),
}

/// The socket, and smol's handle to the connection below it.
type Socket = (WebSocket<TcpStream>, Option<Async<TcpStream>>);
type Opening = Option<Pin<Box<dyn Future<Output = Socket>>>>;

async fn log_in(config: Config, show: impl Fn(Event)) -> Result<Outcome, LoginError> {
    let clock = Clock::start();
    let mut login = Login::new(config, Jitter::from_seed(1), clock.now()); // better a random seed
    let carrier = HttpCarrier::new(Network::default());
    let (mut key, mut call) = (None, None);
    let (mut opening, mut socket): (Opening, Socket) = (None, Default::default());
    let new_key = || Input::new_key(&RustCrypto, &mut OsEntropy);
    loop {
        while let Some(output) = login.poll_output() {
            match output {
                Output::NeedKey => key = Some(unblock(new_key)),
                Output::Connect(request) => opening = Some(Box::pin(open(request))),
                Output::Send(text) => socket.0.send(text.into_string()),
                Output::Disconnect(code) => {
                    opening = None;
                    socket.0.close(code);
                }
                Output::Call(wanted) => {
                    let carrier = carrier.clone();
                    let reply = move || carrier.send(wanted.request, wanted.timeout);
                    call = Some(unblock(move || Input::Reply(wanted.id, reply())));
                }
                Output::Event(event) => show(event),
                Output::End(end) => return end,
                _ => {} // the enum may grow
            }
        }
        let timer = clock.instant(login.deadline()).map(Timer::at);
        let tick = async {
            timer.unwrap_or_else(Timer::never).await;
            Happened::Elsewhere(Input::Tick)
        };
        let answer = or(done(&mut key), done(&mut call));
        match or(tick, or(answer, hear(&mut opening, &mut socket))).await {
            Happened::OnSocket(event) => event.tell(&mut login, clock.now()),
            Happened::Elsewhere(input) => login.handle(clock.now(), input),
        }
    }
}

/// Waits for the result of a task; for ever if there is none.
async fn done(task: &mut Option<Task<Input<'static>>>) -> Happened {
    let Some(under_way) = task else {
        return pending().await;
    };
    let input = under_way.await;
    *task = None;
    Happened::Elsewhere(input)
}

/// The time limit is the machine's: its deadline is no later than the request's.
async fn open(request: ConnectRequest) -> Socket {
    let (connected, mut handle) = (connect(&request).await, None);
    let socket = WebSocket::connect(&request, &TlsConfig::default(), |_| {
        let tcp = connected?;
        let second = tcp.get_ref().try_clone()?;
        handle = Some(tcp);
        Ok(second)
    });
    (socket, handle)
}

/// TCP to the first address that answers; what goes in plaintext goes to this machine only.
async fn connect(request: &ConnectRequest) -> io::Result<Async<TcpStream>> {
    let target = Target::of_socket(request).map_err(io::Error::other)?;
    let found = resolve((target.host.as_str(), target.port)).await?;
    for address in target.reach().order(found) {
        if let Ok(tcp) = Async::<TcpStream>::connect(address).await {
            return Ok(tcp);
        }
    }
    Err(ErrorKind::AddrNotAvailable.into())
}

/// Waits for what the socket brings. Dropped in the middle, it loses nothing.
async fn hear(opening: &mut Opening, socket: &mut Socket) -> Happened {
    if let Some(under_way) = opening {
        *socket = under_way.await;
        *opening = None;
    }
    loop {
        if let Some(event) = socket.0.poll() {
            return Happened::OnSocket(event);
        }
        if socket.0.connection_mut().is_none() {
            socket.1 = None; // it is over
        }
        match &socket.1 {
            Some(tcp) => drop(tcp.readable().await), // an error shows when it is read
            None => return pending().await,
        }
    }
}

fn main() -> Result<(), Failure> {
    let host = Host::start(Arc::new(RustCrypto), 1)?;
    let outcome = smol::block_on(log_in(host.desktop.clone(), |event| match event {
        Event::Qr { url, .. } => {
            println!("show as a QR code: {url}");
            host.approve(0, &url);
        }
        Event::User(user) => println!("{} is deciding", user.username),
        _ => {} // captchas
    }))?;
    let Outcome::LoggedIn { token, user } = outcome else {
        return Err(format!("{outcome:?}").into());
    };
    assert_eq!(token.expose(), "token-0");
    println!("{} is in", user.username);
    Ok(())
}

#[test]
fn a_desktop_logs_in_on_smol() -> Result<(), Failure> {
    main()
}
