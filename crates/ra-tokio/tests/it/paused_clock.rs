//! The scenarios of the test kit on a paused clock, over pipes.

use std::io::ErrorKind;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ra_core::desktop::login::{self, LoginError};
use ra_core::mobile::{self, MobileError};
use ra_core::{Misuse, MonoTime};
use ra_http::CaptchaSolution;
use ra_proto::Fingerprint;
use ra_testkit::Fake;
use ra_testkit::net::{Server, Then};
use ra_testkit::scenarios::{Act, Answer, DesktopPerson, PhonePerson, Scenario, all};
use ra_tokio::{
    Approval, Connection, Dialer, Dialing, Keys, Login, LoginOptions, Network, TlsConfig,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::runtime::Builder;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};

/// Runs a login and lets `person` decide.
async fn log_in(
    config: login::Config,
    keys: Keys,
    network: Network,
    mut person: impl FnMut(&login::Event) -> Act,
) -> Result<login::Outcome, LoginError> {
    let mut options = LoginOptions::new(keys);
    options.config = config;
    options.network = network;
    let mut login = Login::start(options).unwrap();
    while let Some(event) = login.next_event().await {
        let done = match person(&event) {
            Act::Watch => Ok(()),
            Act::Cancel => login.cancel(),
            Act::Solve(answer) => login.solve_captcha(CaptchaSolution::new(answer)),
            Act::GiveUp => login.give_up_captcha(),
        };
        assert_eq!(done, Ok(()));
    }
    login.outcome().await
}

/// Runs an approval and lets `owner` decide.
async fn approve(
    config: mobile::Config,
    fingerprint: Fingerprint,
    network: Network,
    mut owner: impl FnMut(&mobile::Event) -> Answer,
) -> Result<mobile::Outcome, MobileError> {
    let mut approval = Approval::start(config, fingerprint, network).unwrap();
    while let Some(event) = approval.next_event().await {
        let done: Result<(), Misuse> = match owner(&event) {
            Answer::Wait => Ok(()),
            Answer::Abandon => approval.abandon(),
            Answer::Approve => approval.approve(),
            Answer::Decline => approval.decline(),
            Answer::Mfa(answer) => approval.answer_mfa(answer),
        };
        assert_eq!(done, Ok(()));
    }
    approval.outcome().await
}

/// Interval at which the far ends of the pipes poll, on the paused clock.
const TURN: Duration = Duration::from_millis(5);

/// A dialer whose connections are all pipes to one service.
#[derive(Debug)]
struct Pipes(mpsc::UnboundedSender<DuplexStream>);

impl Dialer for Pipes {
    fn dial<'a>(&'a self, _: &'a str, _: u16) -> Dialing<'a> {
        let (near, far) = tokio::io::duplex(64 * 1024);
        let taken = self.0.send(far);
        Box::pin(async move {
            taken.map_err(|_| ErrorKind::ConnectionRefused)?;
            Ok(Box::new(near) as Box<dyn Connection>)
        })
    }
}

/// Serves the far ends. Nothing here waits for anything but the paused clock and the pipes, and a key being made stops
/// that clock: it moves only when nobody has anything to do.
async fn serve(server: Server, mut pipes: mpsc::UnboundedReceiver<DuplexStream>) {
    let server = Arc::new(Mutex::new(server));
    let start = Instant::now();
    while let Some(pipe) = pipes.recv().await {
        tokio::spawn(connection(pipe, server.clone(), start));
    }
}

async fn connection(mut pipe: DuplexStream, server: Arc<Mutex<Server>>, start: Instant) {
    let now = || MonoTime::from_millis(start.elapsed().as_millis().try_into().unwrap());
    let id = server.lock().unwrap().accept();
    let mut buffer = [0; 4096];
    loop {
        match timeout(TURN, pipe.read(&mut buffer)).await {
            Ok(Ok(0) | Err(_)) => break,
            Ok(Ok(read)) => server.lock().unwrap().receive(now(), id, &buffer[..read]),
            Err(_) => {}
        }
        let sending = {
            let mut server = server.lock().unwrap();
            server.tick(now());
            server.take(id)
        };
        if pipe.write_all(&sending.bytes).await.is_err() || sending.then == Then::Drop {
            break;
        }
        if sending.then == Then::Finish {
            let _ = pipe.shutdown().await;
        }
    }
    server.lock().unwrap().hung_up(now(), id);
}

async fn on_the_paused_clock(scenario: &'static Scenario) -> (Vec<String>, Vec<String>) {
    const NOWHERE: &str = "127.0.0.1:1";
    let (dialed, pipes) = mpsc::unbounded_channel();
    let network = Network::new(TlsConfig::default(), None).with_dialer(Arc::new(Pipes(dialed)));
    tokio::spawn(serve(Server::new(scenario.service(0)), pipes));
    let (scan, scanned) = oneshot::channel();
    let phone_network = network.clone();
    let phone = tokio::spawn(async move {
        let mut owner = PhonePerson::of(&scenario.phone);
        if let Ok(fingerprint) = scanned.await {
            let config = scenario.approval(NOWHERE);
            let end = approve(config, fingerprint, phone_network, |e| owner.sees(e)).await;
            owner.ended(&end);
        }
        owner.log
    });
    let mut person = DesktopPerson::of(scenario);
    let mut scan = Some(scan);
    let login = log_in(scenario.login(NOWHERE), Keys::new(Fake), network, |event| {
        let act = person.sees(event);
        if let Some(fingerprint) = person.take_scan() {
            scan.take().unwrap().send(fingerprint).unwrap();
        }
        act
    });
    let end = login.await;
    person.ended(&end);
    drop(scan);
    (person.log, phone.await.unwrap())
}

#[test]
fn every_scenario_on_a_paused_clock() {
    let mut differences = Vec::new();
    for scenario in all() {
        // without I/O: there is no socket in it
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let (log, phone_log) = runtime.block_on(async {
            timeout(Duration::from_secs(3600), on_the_paused_clock(scenario))
                .await
                .unwrap_or_else(|_| panic!("hangs: {}", scenario.name))
        });
        differences.extend(scenario.diff(&log, &phone_log));
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
