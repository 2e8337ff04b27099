//! This adapter, as the test kit uses it.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use http::{Request, Response};
use ra_carrier::Network;
use ra_core::desktop::login::{self, KeyUnavailable, LoginError};
use ra_core::mobile::{self, MobileError};
use ra_crypto::{Backend, SessionKey};
use ra_http::{BaseUrl, Body, HttpError, TransportError};
use ra_proto::Fingerprint;
use ra_proto::rest::ExchangeTicket;
use ra_testkit::parity::{self, Adapter, Keys, LoginOptions, Operations};
use ra_testkit::scenarios::{Act, Answer};
use ra_tokio::{HttpCarrier, KeyPool, StartError};
use tokio::runtime::{Builder, Runtime};

/// The runtime of all tests. Keys and pools need one that runs by itself.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().build().unwrap()
});

/// The adapter over real sockets and on the real clock.
#[derive(Clone, Copy)]
pub struct RealTime;

fn wait<T>(future: impl Future<Output = T>) -> T {
    RUNTIME.block_on(future)
}

pub struct Login(pub ra_tokio::Login);
pub struct Approval(pub ra_tokio::Approval);
ra_testkit::running!(Login, Approval, wait);

impl Operations for RealTime {
    const LOG_TARGETS: &'static [&'static str] =
        &["ra_carrier", "rustls_platform_verifier", "tungstenite"];
    const LENGTH_OF_EMPTY_POST: Option<&'static str> = None;
    type Login = Login;
    type Approval = Approval;
    type Pool = KeyPool;

    fn start_login(self, from: LoginOptions<Self>) -> Result<Login, StartError> {
        let _inside = RUNTIME.enter();
        ra_tokio::Login::start(options(from)).map(Login)
    }

    fn start_approval(
        self,
        config: mobile::Config,
        fingerprint: Fingerprint,
        network: Network,
    ) -> Result<Approval, StartError> {
        let _inside = RUNTIME.enter();
        ra_tokio::Approval::start(config, fingerprint, network.into()).map(Approval)
    }

    fn send(
        self,
        network: &Network,
        request: Request<Body>,
        timeout: Duration,
    ) -> Result<Response<Body>, TransportError> {
        wait(HttpCarrier::new(network.clone().into()).send(request, timeout))
    }

    fn call(self, endpoint: &ExchangeTicket, base: &BaseUrl) -> Result<Vec<u8>, HttpError> {
        wait(HttpCarrier::new(Network::default().into()).call(endpoint, base))
    }

    fn start_pool(self, backend: Arc<dyn Backend>, size: usize) -> KeyPool {
        let _inside = RUNTIME.enter();
        KeyPool::start(backend, size).unwrap()
    }

    fn take_key(
        self,
        pool: &KeyPool,
        within: Duration,
    ) -> Result<Box<dyn SessionKey>, KeyUnavailable> {
        let taken = wait(async { tokio::time::timeout(within, pool.take()).await });
        taken.unwrap_or(Err(KeyUnavailable))
    }
}

impl Adapter for RealTime {
    fn login(
        &self,
        config: login::Config,
        keys: Arc<dyn Backend>,
        person: &mut dyn FnMut(&login::Event) -> Act,
    ) -> Result<login::Outcome, LoginError> {
        parity::drive_login(*self, config, keys, person)
    }

    fn approve(
        &self,
        config: mobile::Config,
        fingerprint: Fingerprint,
        owner: &mut dyn FnMut(&mobile::Event) -> Answer,
    ) -> Result<mobile::Outcome, MobileError> {
        parity::drive_approval(*self, config, fingerprint, owner)
    }
}

/// This adapter's options.
pub fn options(from: LoginOptions<RealTime>) -> ra_tokio::LoginOptions {
    let mut options = ra_tokio::LoginOptions::new(match from.keys {
        Keys::Backend(backend) => ra_tokio::Keys::Backend(backend),
        Keys::Pool(pool) => pool.into(),
    });
    options.config = from.config;
    options.network = from.network.into();
    options
}

/// Fails a test instead of letting it hang.
pub async fn bounded<T>(work: impl Future<Output = T>) -> T {
    let limit = Duration::from_secs(30);
    tokio::time::timeout(limit, work)
        .await
        .expect("the test hangs")
}
