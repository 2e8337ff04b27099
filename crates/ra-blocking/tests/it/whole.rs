//! Desktop and phone of this adapter with the real gateway between them, real keys included.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use ra_blocking::{Approval, Keys, Login, LoginOptions, Network};
use ra_core::desktop::login::{Event, Outcome, Renewal};
use ra_core::gateway::Accept;
use ra_core::mobile;
use ra_crypto::RustCrypto;
use ra_gateway::{Config, Gateway};
use ra_http::CaptchaSolution;
use ra_proto::{ScanUrl, Token};
use ra_testkit::accounts::InMemory;
use ra_testkit::captcha::Captcha;

use ra_testkit::parity::peers::watchdog;
use ra_testkit::parity::suite::login::name;

/// A gateway on a runtime and a thread of its own. The runtime goes with the test.
struct Host {
    address: SocketAddr,
    _runtime: tokio::runtime::Runtime,
}

impl Host {
    fn start(change: impl FnOnce(&mut Config)) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let accounts = InMemory::default().with("phone", "81:0:0:mary", Some("canary"));
        let mut config = Config::default();
        change(&mut config);
        let bound = Gateway::bind(config, Arc::new(accounts), Arc::new(RustCrypto));
        let gateway = runtime.block_on(bound).unwrap();
        let address = gateway.local_addr();
        runtime.spawn(gateway.run());
        Self {
            address,
            _runtime: runtime,
        }
    }

    fn login(&self, renewal: Renewal) -> Login {
        let mut options = LoginOptions::new(Keys::new(RustCrypto));
        options.config.gateway = format!("ws://{}/", self.address).parse().unwrap();
        options.config.api = self.api().parse().unwrap();
        options.config.renewal = renewal;
        Login::start(options).unwrap()
    }

    fn api(&self) -> String {
        format!("http://{}/api/v9", self.address)
    }

    /// The person with the phone scans and decides.
    fn decide(&self, scanned: &ScanUrl, yes: bool) -> thread::JoinHandle<mobile::Outcome> {
        let config = mobile::Config::new(self.api().parse().unwrap(), Token::new("phone"));
        let fingerprint = scanned.fingerprint();
        thread::spawn(move || {
            let mut approval = Approval::start(config, fingerprint, Network::default()).unwrap();
            while let Some(event) = approval.next_event() {
                assert!(matches!(event, mobile::Event::Confirm { .. }), "{event:?}");
                match yes {
                    true => approval.approve().unwrap(),
                    false => approval.decline().unwrap(),
                }
            }
            approval.outcome().unwrap()
        })
    }
}

fn token(login: Login) -> String {
    match login.outcome() {
        Ok(Outcome::LoggedIn { token, user }) => {
            assert_eq!((user.id, user.username.as_str()), (81, "mary"));
            token.expose().to_owned()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_login_and_its_approval() {
    let _watchdog = watchdog();
    let host = Host::start(|_| {});
    let mut login = host.login(Renewal::Limit(0));
    let Some(Event::Qr { url, .. }) = login.next_event() else {
        panic!("no code")
    };
    let phone = host.decide(&url, true);
    let names: Vec<_> = (&mut login).map(|event| name(&event)).collect();
    assert_eq!(names, ["user"]);
    assert_eq!(phone.join().unwrap(), mobile::Outcome::Approved);
    assert_eq!(token(login), "canary");
}

#[test]
fn a_login_that_the_phone_declines() {
    let _watchdog = watchdog();
    let host = Host::start(|_| {});
    let mut login = host.login(Renewal::Limit(0));
    let Some(Event::Qr { url, .. }) = login.next_event() else {
        panic!("no code")
    };
    let phone = host.decide(&url, false);
    assert!(matches!(login.outcome(), Ok(Outcome::Declined)));
    assert_eq!(phone.join().unwrap(), mobile::Outcome::Declined);
}

/// One code runs out, heartbeats keep the next session alive, and the phone finds it.
#[test]
fn r07_r21_heartbeats_renewal_and_the_other_dialect() {
    let _watchdog = watchdog();
    let host = Host::start(|config| {
        config.session.timeout = Duration::from_secs(2);
        config.session.heartbeat_interval = Duration::from_millis(500);
        config.session.heartbeat_grace = Duration::from_secs(1);
        config.session.accept = Accept::Nonce;
    });
    let mut login = host.login(Renewal::Limit(1));
    let (mut names, mut phone) = (Vec::new(), None);
    while let Some(event) = login.next_event() {
        names.push(name(&event));
        if let Event::Qr { url, .. } = event
            && names.len() > 1
        {
            phone = Some(host.decide(&url, true));
        }
    }
    assert_eq!(names, ["qr", "renewing", "qr", "user"]);
    assert_eq!(phone.unwrap().join().unwrap(), mobile::Outcome::Approved);
    assert_eq!(token(login), "canary");
}

#[test]
fn r31_a_captcha_on_the_way() {
    let _watchdog = watchdog();
    let host = Host::start(|config| config.captcha = Some(Arc::new(Captcha::new("solved"))));
    let mut login = host.login(Renewal::Limit(0));
    let mut names = Vec::new();
    while let Some(event) = login.next_event() {
        names.push(name(&event));
        match event {
            Event::Qr { url, .. } => drop(host.decide(&url, true)),
            Event::Captcha(_) => login.solve_captcha(CaptchaSolution::new("solved")).unwrap(),
            _ => {}
        }
    }
    assert_eq!(names, ["qr", "user", "captcha"]);
    assert_eq!(token(login), "canary");
}
