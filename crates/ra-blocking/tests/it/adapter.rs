//! This adapter, as the test kit uses it.

use std::convert::identity;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use ra_blocking::{HttpCarrier, KeyPool, Network, StartError};
use ra_core::desktop::login::{self, KeyUnavailable, LoginError};
use ra_core::mobile::{self, MobileError};
use ra_crypto::{Backend, SessionKey};
use ra_http::{BaseUrl, Body, HttpError, TransportError};
use ra_proto::Fingerprint;
use ra_proto::rest::ExchangeTicket;
use ra_testkit::parity::{self, Adapter, Keys, LoginOptions, Operations};
use ra_testkit::scenarios::{Act, Answer};

#[derive(Clone, Copy)]
pub struct Blocking;

pub struct Login(pub ra_blocking::Login);
pub struct Approval(pub ra_blocking::Approval);
ra_testkit::running!(Login, Approval, identity);

impl Operations for Blocking {
    const LOG_TARGETS: &'static [&'static str] = &[
        "ra_carrier",
        "rustls_platform_verifier",
        "tungstenite",
        "ureq",
        "ureq_proto",
    ];
    const LENGTH_OF_EMPTY_POST: Option<&'static str> = Some("content-length: 0");
    type Login = Login;
    type Approval = Approval;
    type Pool = KeyPool;

    fn start_login(self, from: LoginOptions<Self>) -> Result<Login, StartError> {
        ra_blocking::Login::start(options(from)).map(Login)
    }

    fn start_approval(
        self,
        config: mobile::Config,
        fingerprint: Fingerprint,
        network: Network,
    ) -> Result<Approval, StartError> {
        ra_blocking::Approval::start(config, fingerprint, network).map(Approval)
    }

    fn send(
        self,
        network: &Network,
        request: Request<Body>,
        timeout: Duration,
    ) -> Result<Response<Body>, TransportError> {
        HttpCarrier::new(network.clone()).send(request, timeout)
    }

    fn call(self, endpoint: &ExchangeTicket, base: &BaseUrl) -> Result<Vec<u8>, HttpError> {
        HttpCarrier::new(Network::default()).call(endpoint, base)
    }

    fn start_pool(self, backend: Arc<dyn Backend>, size: usize) -> KeyPool {
        KeyPool::start(backend, size).unwrap()
    }

    fn take_key(
        self,
        pool: &KeyPool,
        within: Duration,
    ) -> Result<Box<dyn SessionKey>, KeyUnavailable> {
        pool.take(within)
    }
}

impl Adapter for Blocking {
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
pub fn options(from: LoginOptions<Blocking>) -> ra_blocking::LoginOptions {
    let mut options = ra_blocking::LoginOptions::new(match from.keys {
        Keys::Backend(backend) => ra_blocking::Keys::Backend(backend),
        Keys::Pool(pool) => pool.into(),
    });
    options.config = from.config;
    options.network = from.network;
    options
}
