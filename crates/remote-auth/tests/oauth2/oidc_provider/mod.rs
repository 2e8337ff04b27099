//! Every flow through the library and `ra-tokio`, against npm's `oidc-provider`.

mod code;
mod device;
mod id_token;
mod tokens;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use oauth2_discord::authorize::{Authorization, RedirectUri, StartedCode};
use oauth2_discord::{
    Client, ClientAuth, ClientSecret, ConfidentialClient, Entropy, PublicClient, Scope, ScopeSet,
    Snowflake, Token, UnixTime, Urls,
};
use ra_http::{BaseUrl, Endpoint, HttpError};
use ra_testkit::oidc_provider::{
    BASIC_CLIENT, Browser, FORM_CLIENT, PUBLIC_CLIENT, Provider, REDIRECT_URI,
};
use ra_tokio::{HttpCarrier, Network};

/// The server, a carrier, and the URLs from the server's description.
struct World {
    provider: Provider,
    urls: Urls,
    carrier: HttpCarrier,
}

impl World {
    /// `None` where the server is not installed.
    fn open() -> Option<Self> {
        let provider = Provider::start()?;
        let described = provider.discover();
        let url = |name: &str| described[name].as_str().unwrap().parse().unwrap();
        let mut urls = Urls::below(provider.issuer().parse().unwrap());
        urls.authorize = url("authorization_endpoint");
        urls.token = url("token_endpoint");
        urls.device = url("device_authorization_endpoint");
        urls.revoke = url("revocation_endpoint");
        urls.keys = url("jwks_uri");
        urls.userinfo = url("userinfo_endpoint");
        urls.issuer = described["issuer"].as_str().unwrap().to_owned();
        assert_eq!(
            described["authorization_response_iss_parameter_supported"],
            true
        );
        Some(Self {
            provider,
            urls,
            carrier: HttpCarrier::new(Network::default()),
        })
    }

    async fn call<E: Endpoint>(&self, endpoint: &E) -> Result<E::Reply, HttpError> {
        let nowhere: BaseUrl = self.provider.issuer().parse().unwrap();
        let call = self.carrier.call(endpoint, &nowhere);
        tokio::time::timeout(Duration::from_secs(30), call)
            .await
            .expect("the test hangs")
    }

    /// A whole login: the redirect, and the token.
    async fn log_in(&self, client: impl Into<Client>, scopes: &[Scope]) -> Token {
        let client = client.into();
        let started = begin(&self.urls, client.id(), scopes);
        let callback = Browser::default().agree(started.url.as_str());
        let accepted = started.pending.accept(&callback).unwrap();
        let exchange = accepted.exchange(client).unwrap();
        self.call(&exchange.at(self.urls.token.clone()))
            .await
            .unwrap()
    }
}

fn begin(urls: &Urls, client: Snowflake, scopes: &[Scope]) -> StartedCode {
    asking(client, scopes).start_code(urls, entropy()).unwrap()
}

fn asking(client: Snowflake, scopes: &[Scope]) -> Authorization {
    Authorization::new(client)
        .scopes(scopes.iter().cloned().collect::<ScopeSet>())
        .redirect_uri(RedirectUri::new(REDIRECT_URI).unwrap())
}

fn entropy() -> Entropy {
    use std::hash::{BuildHasher as _, RandomState};
    let fill = |bytes: &mut [u8]| {
        for chunk in bytes.chunks_mut(8) {
            let random = RandomState::new().hash_one(0).to_le_bytes(); // good enough for a test
            chunk.copy_from_slice(&random[..chunk.len()]);
        }
        Ok::<_, ()>(())
    };
    Entropy::draw(fill).unwrap()
}

fn form_client() -> ConfidentialClient {
    let (id, secret) = FORM_CLIENT;
    ConfidentialClient::new(Snowflake::new(id), ClientSecret::new(secret))
}

fn basic_client() -> ConfidentialClient {
    let (id, secret) = BASIC_CLIENT;
    ConfidentialClient::new(Snowflake::new(id), ClientSecret::new(secret))
        .with_auth(ClientAuth::Basic)
}

fn public_client() -> PublicClient {
    PublicClient::new(Snowflake::new(PUBLIC_CLIENT))
}

fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    UnixTime::from_secs(since.as_secs())
}
