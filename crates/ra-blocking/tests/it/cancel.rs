//! A login that is cancelled from another thread, in every phase. Nothing here has a time limit of its own under an
//! hour: without the cancellation each of these tests hangs.

use std::io::{Read as _, Write as _};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::adapter::{Blocking, options};
use ra_blocking::{Canceller, Keys, Login, LoginOptions, Network, Proxy, TlsConfig};
use ra_core::desktop::login::{Event, Outcome, Renewal};
use ra_core::mobile;
use ra_crypto::{Backend, Entropy, GenerateError, KeyError, PeerKey, PublicKeyError, SessionKey};
use ra_testkit::Fake;
use ra_testkit::parity::gateway::Service;
use ra_testkit::parity::suite::approval::{CREATED, Phone};
use ra_testkit::parity::suite::login::{CAPTCHA, name};
use ra_testkit::parity::suite::tls::trusting;
use ra_testkit::tls::Ca;

use ra_testkit::parity::peers::{accept, drain, is_untouched, listener, read_request, watchdog};

const HOUR: Duration = Duration::from_secs(3600);

/// Options without a limit that a test could hit.
fn patient(service: &Service) -> LoginOptions {
    let mut options = options(service.options());
    let config = &mut options.config;
    for limit in [
        &mut config.connect_within,
        &mut config.key_within,
        &mut config.answer_within,
        &mut config.call_within,
        &mut config.exchange_within,
        &mut config.captcha_within,
    ] {
        *limit = HOUR;
    }
    options
}

/// Runs a login that `script` cancels, and says which events it brought.
fn cancelled(
    options: LoginOptions,
    script: impl FnOnce(Canceller) + Send + 'static,
) -> Vec<&'static str> {
    let mut login = Login::start(options).unwrap();
    let canceller = login.canceller();
    let script = thread::spawn(move || script(canceller));
    let names = (&mut login).map(|event| name(&event)).collect();
    script.join().unwrap();
    assert!(matches!(login.outcome(), Ok(Outcome::Cancelled)));
    names
}

/// A connection attempt that nobody answers, as to a dead address: the listener's queue is full.
#[cfg(target_os = "linux")]
#[test]
fn while_tcp_connects() {
    use socket2::{Domain, SockAddr, Socket, Type};
    let _watchdog = watchdog();
    let full = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let any: std::net::SocketAddr = "127.0.0.1:0".parse().unwrap();
    full.bind(&SockAddr::from(any)).unwrap();
    full.listen(0).unwrap();
    let address = full.local_addr().unwrap().as_socket().unwrap();
    let mut queued = Vec::new();
    while let Ok(stream) =
        std::net::TcpStream::connect_timeout(&address, Duration::from_millis(200))
    {
        queued.push(stream);
    }
    // where the system keeps its connections: remote port and state, 02 for one that is being opened
    let opening = move || {
        let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
        table.contains(&format!(":{:04X} 02 ", address.port()))
    };
    let service = Service::new();
    let mut options = patient(&service);
    options.config.gateway = format!("ws://{address}").parse().unwrap();
    let names = cancelled(options, move |canceller| {
        while !opening() {
            thread::yield_now();
        }
        canceller.cancel();
        while opening() {
            thread::yield_now(); // the attempt is broken off as well
        }
    });
    assert_eq!(names, [""; 0]);
}

#[test]
fn while_tls_is_agreed_on() {
    let _watchdog = watchdog();
    let service = Service::new();
    let mut options = patient(&service);
    let (silent, address) = listener();
    options.config.gateway = format!("wss://{address}").parse().unwrap();
    options.network = trusting(&Ca::new(), None);
    cancelled(options, move |canceller| {
        let mut stream = accept(&silent);
        stream.read_exact(&mut [0; 5]).unwrap();
        canceller.cancel();
        drain(&mut stream);
    });
}

#[test]
fn while_a_proxy_is_talked_to() {
    for scheme in ["http", "socks5"] {
        let _watchdog = watchdog();
        let service = Service::new();
        let mut options = patient(&service);
        let (silent, address) = listener();
        let proxy: Proxy = format!("{scheme}://{address}").parse().unwrap();
        options.network = Network::new(TlsConfig::default(), proxy);
        cancelled(options, move |canceller| {
            let mut stream = accept(&silent);
            stream.read_exact(&mut [0; 3]).unwrap();
            canceller.cancel();
            drain(&mut stream);
        });
    }
}

#[test]
fn while_the_upgrade_is_not_answered() {
    let _watchdog = watchdog();
    let service = Service::new();
    cancelled(patient(&service), move |canceller| {
        let mut stream = accept(&service.sockets);
        read_request(&mut stream);
        canceller.cancel();
        drain(&mut stream);
    });
}

#[test]
fn while_the_gateway_says_nothing() {
    let _watchdog = watchdog();
    let service = Service::new();
    let names = cancelled(patient(&service), move |canceller| {
        let mut gateway = service.accept();
        canceller.cancel();
        gateway.closed(); // with a code or, if the login had not seen yet that it was open, without
    });
    assert_eq!(names, [""; 0]);
}

#[test]
fn in_the_middle_of_a_frame() {
    let _watchdog = watchdog();
    let service = Service::new();
    let names = cancelled(patient(&service), move |canceller| {
        let mut gateway = service.accept();
        gateway.handshake();
        gateway.babble(&[0x81, 100, b'{']);
        canceller.cancel();
        gateway.closed();
    });
    assert!(names == ["qr"] || names.is_empty(), "{names:?}");
}

#[test]
fn while_the_code_is_shown() {
    let _watchdog = watchdog();
    let service = Service::new();
    let mut login = Login::start(patient(&service)).unwrap();
    let canceller = login.canceller();
    let gateway = thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.handshake();
        gateway.closed()
    });
    assert_eq!(login.next_event().map(|event| name(&event)), Some("qr"));
    let waiting = thread::spawn(move || (login.next_event().is_none(), login.outcome()));
    canceller.clone().cancel();
    let (ended, outcome) = waiting.join().unwrap();
    assert!(ended && matches!(outcome, Ok(Outcome::Cancelled)));
    assert_eq!(gateway.join().unwrap(), Some(1000));
}

/// Makes no key before it is told to.
#[derive(Debug)]
struct Slow(Mutex<Receiver<()>>);

impl Backend for Slow {
    fn name(&self) -> &'static str {
        "slow"
    }
    fn generate(&self, entropy: &mut dyn Entropy) -> Result<Box<dyn SessionKey>, GenerateError> {
        let _ = self.0.lock().unwrap().recv();
        Fake.generate(entropy)
    }
    fn session_key_from_pkcs8(
        &self,
        _: &[u8],
        _: &mut dyn Entropy,
    ) -> Result<Box<dyn SessionKey>, KeyError> {
        Err(KeyError::Malformed)
    }
    fn peer_key(&self, spki: &[u8]) -> Result<Box<dyn PeerKey>, PublicKeyError> {
        Fake.peer_key(spki)
    }
}

#[test]
fn while_the_key_is_made() {
    let _watchdog = watchdog();
    let service = Service::new();
    let mut options = patient(&service);
    let (made, slow) = channel();
    options.keys = Keys::Backend(Arc::new(Slow(Mutex::new(slow))));
    cancelled(options, move |canceller| {
        let mut gateway = service.accept();
        gateway.hello();
        canceller.cancel();
        gateway.closed();
    });
    drop(made); // the worker was left behind until now
}

#[test]
fn while_the_exchange_is_not_answered() {
    let _watchdog = watchdog();
    let service = Service::new();
    let names = cancelled(patient(&service), move |canceller| {
        service.accept().approve();
        let mut stream = accept(&service.rest);
        read_request(&mut stream);
        canceller.cancel();
        drain(&mut stream);
    });
    assert_eq!(names, ["qr", "user"]);
}

#[test]
fn while_a_reply_trickles_in() {
    let _watchdog = watchdog();
    let service = Service::new();
    cancelled(patient(&service), move |canceller| {
        service.accept().approve();
        let mut stream = accept(&service.rest);
        read_request(&mut stream);
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n";
        stream.write_all(head).unwrap();
        canceller.cancel();
        drain(&mut stream);
    });
}

#[test]
fn between_two_tries() {
    let _watchdog = watchdog();
    let service = Service::new();
    let mut options = patient(&service);
    options.config.renewal = Renewal::Forever;
    let mut login = Login::start(options).unwrap();
    let canceller = login.canceller();
    let gateway = thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.handshake();
        gateway.close(4003);
        service
    });
    while name(&login.next_event().unwrap()) != "renewing" {}
    canceller.cancel();
    assert!(login.next_event().is_none());
    assert!(matches!(login.outcome(), Ok(Outcome::Cancelled)));
    let service = gateway.join().unwrap();
    assert!(
        ra_testkit::parity::peers::is_untouched(&service.sockets),
        "no other try"
    );
}

#[test]
fn while_a_captcha_waits() {
    let _watchdog = watchdog();
    let service = Service::new();
    let mut login = Login::start(patient(&service)).unwrap();
    let canceller = login.canceller();
    let gateway = thread::spawn(move || {
        service.accept().approve();
        service.answer("400 Bad Request", CAPTCHA);
    });
    while !matches!(login.next_event(), Some(Event::Captcha(_))) {}
    let waiting = thread::spawn(move || login.outcome());
    canceller.cancel();
    assert!(matches!(waiting.join().unwrap(), Ok(Outcome::Cancelled)));
    gateway.join().unwrap();
}

/// Frames that never stop do not keep the canceller waiting.
#[test]
fn in_a_flood_of_frames() {
    let _watchdog = watchdog();
    let service = Service::new();
    let mut login = Login::start(patient(&service)).unwrap();
    let canceller = login.canceller();
    let gateway = thread::spawn(move || {
        let mut gateway = service.accept();
        gateway.handshake();
        let flood = [&[0x81, 10][..], br#"{"op":"x"}"#].concat().repeat(1000);
        while gateway.socket.get_mut().write_all(&flood).is_ok() {}
    });
    while name(&login.next_event().unwrap()) != "unknown" {}
    let canceller = thread::spawn(move || canceller.cancel());
    while login.next_event().is_some() {}
    assert!(matches!(login.outcome(), Ok(Outcome::Cancelled)));
    canceller.join().unwrap();
    gateway.join().unwrap();
}

#[test]
fn before_anybody_asked_for_an_event() {
    let _watchdog = watchdog();
    let service = Service::new();
    let login = Login::start(patient(&service)).unwrap();
    let canceller = login.canceller();
    canceller.cancel();
    canceller.cancel();
    assert_eq!(format!("{canceller:?}"), "Canceller { cancelled: true }");
    assert!(matches!(login.outcome(), Ok(Outcome::Cancelled)));
    canceller.cancel(); // nobody is there any more
}

#[test]
fn an_approval_is_given_up_from_another_thread_while_it_waits() {
    let _watchdog = watchdog();
    // for a reply
    let mut phone = Phone::new();
    phone.config.call_within = Duration::from_secs(3600);
    let approval = phone.approval(Blocking).0;
    let canceller = approval.canceller();
    let service = thread::spawn(move || {
        let mut stream = accept(&phone.rest);
        read_request(&mut stream);
        canceller.cancel();
        drain(&mut stream); // the call is broken off
    });
    assert_eq!(approval.outcome().unwrap(), mobile::Outcome::Abandoned);
    service.join().unwrap();

    // for the person
    let mut phone = Phone::new();
    phone.config.decide_within = Duration::from_secs(3600);
    let mut approval = phone.approval(Blocking).0;
    let canceller = approval.canceller();
    let service = phone.answer(&[CREATED]);
    approval.next_event().unwrap();
    let waiting = thread::spawn(move || approval.outcome());
    canceller.cancel();
    assert_eq!(waiting.join().unwrap().unwrap(), mobile::Outcome::Abandoned);
    let (phone, _) = service.join().unwrap();
    assert!(is_untouched(&phone.rest), "nothing was said to the service");
}
