//! Two hundred desktops on one thread and a bare event loop (mio): `cargo run -p remote-auth --example event_loop`.
//!
//! One loop serves all: wait until a connection is ready or the earliest deadline has come, then give a turn to each
//! desktop that it concerns. What would block (making a key, the one REST call of a login) is on a pool of threads,
//! which wake the loop. So would looking up a name; here the gateway's address is a number. The keys are fake, as two
//! hundred RSA keys take a minute to make; the gateway (`support`) and all else are real.

mod support;

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, mpsc};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Registry, Token, Waker};
use ra_testkit::Fake;
use remote_auth::blocking::{HttpCarrier, Network};
use remote_auth::carrier::{Clock, TlsConfig, WebSocket};
use remote_auth::core::Jitter;
use remote_auth::core::desktop::login::{Event, Input, Login, LoginError, Outcome, Output};
use remote_auth::crypto::OsEntropy;
use support::{Failure, Host};

const DESKTOPS: usize = 200;

/// State that the desktops share.
struct World {
    clock: Clock,
    registry: Registry,
    carrier: HttpCarrier,
    done: mpsc::SyncSender<(usize, Input<'static>)>, // what the pool has done, for whom
    waker: Arc<Waker>,
    host: Host,
}

impl World {
    /// Does on the pool what would block.
    fn spawn(&self, of: usize, work: impl FnOnce(HttpCarrier) -> Input<'static> + Send + 'static) {
        let (carrier, done, waker) = (self.carrier.clone(), self.done.clone(), self.waker.clone());
        let work = move || done.send((of, work(carrier))).is_ok() && waker.wake().is_ok();
        blocking::unblock(work).detach(); // once the loop is over, nobody hears it
    }
}

struct Desktop {
    number: usize,
    login: Login,
    socket: WebSocket<TcpStream>,
    end: Option<Result<Outcome, LoginError>>,
}

impl Desktop {
    /// Does what the machine says and tells it what has happened, up to 16 things, then it is the others' turn. Says
    /// whether there may be more: mio tells of a change only once, so a connection is read until it has nothing.
    fn turn(&mut self, world: &World) -> bool {
        for _ in 0..16 {
            while let Some(output) = self.login.poll_output() {
                self.act(world, output);
            }
            if world.clock.is_due(self.login.deadline()) {
                self.login.handle(world.clock.now(), Input::Tick);
            } else if let Some(event) = self.socket.poll() {
                event.tell(&mut self.login, world.clock.now());
            } else {
                return false;
            }
        }
        true
    }

    fn act(&mut self, world: &World, output: Output) {
        let number = self.number;
        match output {
            Output::NeedKey => world.spawn(number, |_| Input::new_key(&Fake, &mut OsEntropy)),
            Output::Connect(request) => {
                // only begins: the machine's deadline is no later than the request's timeout
                self.socket = WebSocket::connect(&request, &TlsConfig::default(), |target| {
                    let address = target.host.parse().map_err(io::Error::other)?;
                    let mut tcp = TcpStream::connect(SocketAddr::new(address, target.port))?;
                    let both = Interest::READABLE | Interest::WRITABLE;
                    world.registry.register(&mut tcp, Token(number), both)?;
                    Ok(tcp)
                });
            }
            Output::Send(text) => self.socket.send(text.into_string()),
            Output::Disconnect(code) => self.socket.close(code),
            Output::Call(call) => world.spawn(number, move |carrier| {
                Input::Reply(call.id, carrier.send(call.request, call.timeout))
            }),
            Output::Event(Event::Qr { url, .. }) => world.host.approve(number, &url),
            Output::End(end) => self.end = Some(end),
            _ => {} // who scanned, captchas
        }
    }
}

fn main() -> Result<(), Failure> {
    let mut poll = Poll::new()?;
    let (done, answers) = mpsc::sync_channel(2 * DESKTOPS); // a key and a call for each: always room
    let world = World {
        clock: Clock::start(),
        registry: poll.registry().try_clone()?,
        carrier: HttpCarrier::new(Network::default()),
        done,
        waker: Arc::new(Waker::new(poll.registry(), Token(DESKTOPS))?),
        host: Host::start(Arc::new(Fake), DESKTOPS)?,
    };
    let config = &world.host.desktop;
    let jitter = |number| Jitter::from_seed(number as u64);
    let log_in = |number| Desktop {
        number,
        login: Login::new(config.clone(), jitter(number), world.clock.now()),
        socket: WebSocket::default(),
        end: None,
    };
    let mut desktops: Vec<_> = (0..DESKTOPS).map(log_in).collect();
    let mut turns: BTreeSet<usize> = (0..DESKTOPS).collect();
    let mut events = Events::with_capacity(256);
    while desktops.iter().any(|one| one.end.is_none()) {
        turns.retain(|number| desktops[*number].turn(&world));
        // a host with many thousands of logins keeps deadlines in a heap or a timer wheel
        let due = |one: &Desktop| Some((one.login.deadline()?.at, one.number));
        let next = desktops.iter().filter_map(due).min();
        let wait = next.map(|(at, _)| at.saturating_since(world.clock.now()));
        let wait = wait.filter(|_| turns.is_empty()).unwrap_or_default();
        poll.poll(&mut events, Some(wait))?;
        turns.extend(events.iter().map(|event| event.token().0));
        turns.remove(&DESKTOPS); // the pool's
        for (number, input) in answers.try_iter() {
            desktops[number].login.handle(world.clock.now(), input);
            turns.insert(number);
        }
        let due = next.filter(|(at, _)| *at <= world.clock.now());
        turns.extend(due.map(|(_, number)| number));
    }
    for (number, desktop) in desktops.into_iter().enumerate() {
        let Outcome::LoggedIn { token, .. } = desktop.end.ok_or("no end")?? else {
            return Err("somebody said no".into());
        };
        assert_eq!(token.expose(), format!("token-{number}"));
    }
    println!("{DESKTOPS} are in after {:?}", world.clock.now());
    Ok(())
}

#[test]
fn two_hundred_desktops_log_in_on_one_thread_each_with_its_own_token() -> Result<(), Failure> {
    main()
}
