//! Every endpoint through the library and `ra-tokio`, against recorded answers of Discord: no public server has them.

mod authorizations;
mod device;
mod faults;
mod grants;
mod information;
mod partner;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use oauth2_discord::api::GrantAuthorization;
use oauth2_discord::authorize::{Authorization, AuthorizeUrl, RedirectUri, StartedCode};
use oauth2_discord::{
    BotToken, Client, ClientAuth, ClientSecret, ConfidentialClient, Entropy, PublicClient,
    RedirectLocation, Scope, ScopeSet, Snowflake, Token, UnixTime, Urls, UserToken,
};
use ra_http::{BaseUrl, Endpoint, HttpError};
use ra_testkit::discord::{self, Discord};
use ra_tokio::{HttpCarrier, Network};

/// The server, a carrier, and the URLs.
struct World {
    discord: Discord,
    urls: Urls,
    carrier: HttpCarrier,
}

impl World {
    fn open() -> Self {
        let discord = Discord::start();
        let mut urls = Urls::below(discord.base().parse().unwrap());
        urls.issuer = "https://discord.com".to_owned();
        Self {
            discord,
            urls,
            carrier: HttpCarrier::new(Network::default()),
        }
    }

    fn base(&self) -> &BaseUrl {
        &self.urls.api
    }

    async fn call<E: Endpoint>(&self, endpoint: &E) -> Result<E::Reply, HttpError> {
        let call = self.carrier.call(endpoint, self.base());
        tokio::time::timeout(Duration::from_secs(30), call)
            .await
            .expect("the test hangs")
    }

    /// The person sees the page and agrees. Returns the redirect.
    async fn agree(&self, url: &AuthorizeUrl) -> RedirectLocation {
        let grant = GrantAuthorization::new(user(), url.clone()).approve();
        self.call(&grant).await.unwrap()
    }

    /// A whole login.
    async fn log_in(&self, client: impl Into<Client>, scopes: &[Scope]) -> Token {
        let client = client.into();
        let started = self.begin(client.id(), scopes);
        let location = self.agree(&started.url).await;
        let accepted = started.pending.accept(location.expose()).unwrap();
        self.call(&accepted.exchange(client).unwrap())
            .await
            .unwrap()
    }

    fn begin(&self, client: Snowflake, scopes: &[Scope]) -> StartedCode {
        asking(client, scopes)
            .start_code(&self.urls, entropy())
            .unwrap()
    }
}

fn asking(client: Snowflake, scopes: &[Scope]) -> Authorization {
    Authorization::new(client)
        .scopes(scopes.iter().cloned().collect::<ScopeSet>())
        .redirect_uri(RedirectUri::new(discord::REDIRECT_URI).unwrap())
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

/// A client with its credentials in the form.
fn application() -> ConfidentialClient {
    ConfidentialClient::new(
        Snowflake::new(discord::CLIENT_ID),
        ClientSecret::new(discord::CLIENT_SECRET),
    )
}

/// A client with Basic credentials, whose secret has to be encoded.
fn odd_application() -> ConfidentialClient {
    ConfidentialClient::new(
        Snowflake::new(discord::ODD_CLIENT_ID),
        ClientSecret::new(discord::ODD_CLIENT_SECRET),
    )
    .with_auth(ClientAuth::Basic)
}

fn public() -> PublicClient {
    PublicClient::new(Snowflake::new(discord::PUBLIC_CLIENT_ID))
}

fn user() -> UserToken {
    UserToken::new(discord::USER_TOKEN)
}

fn bot() -> BotToken {
    BotToken::new(discord::BOT_TOKEN)
}

fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    UnixTime::from_secs(since.as_secs())
}

/// Asserts that a text for people holds no secret of these tests.
fn shows_no_secret(error: &HttpError) {
    use std::error::Error as _;
    let mut text = format!("{error} {error:?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &format!(" {error} {error:?}");
        cause = error.source();
    }
    for secret in [
        discord::CLIENT_SECRET,
        discord::ODD_CLIENT_SECRET,
        discord::BOT_TOKEN,
        discord::USER_TOKEN,
        discord::OPENID_ACCESS_TOKEN,
        discord::EXTERNAL_TOKEN,
        "D43f5y0ahjqew82jZ4NViEr2YafMKhue",
        "NhhvTDYsFcdgNLnnLijcl7Ku7bEEeee",
        "PZVqIuLlME19uotfsUATN65Ytgbejbhj7Eob8qzali",
    ] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}
