//! OAuth2 layer of remote auth: Discord's OAuth2 as plain values. This crate opens no socket, reads no clock and
//! draws no random bytes; only the optional file store of the token keeper touches the system.
//!
//! | to do | start at |
//! |---|---|
//! | log people in with their browser | [`authorize::Authorization`], [`callback::PendingCode`] |
//! | log people in on a device without a browser | [`grant::StartDevice`], [`device`] |
//! | add a bot, a command or a webhook | [`authorize::Authorization::link`], [`Token::guild`], [`Token::webhook`] |
//! | refresh, revoke, act as the owner | [`grant::Refresh`], [`grant::Revoke`], [`grant::ClientCredentials`] |
//! | keep tokens fresh and stored | [`keeper`] |
//! | find out who logged in | [`api`], and `id_token` with that feature |
//! | serve people without an account | [`partner`] |
//! | react to an error | [`error::advice`] |
//!
//! Calls are [`ra_http::Endpoint`]s: a value makes an [`http::Request`], your carrier sends it, and the value reads the
//! [`http::Response`]. A carrier is a closure around any HTTP library ([`ra_http::Endpoint::call`]; the examples
//! `with_reqwest` and `with_ureq` are two), or `ra-tokio`'s. State and PKCE are on by default, redirects are never
//! followed, secrets never reach `Debug`, `Display` or an error.
//!
//! ```
//! use oauth2_discord::authorize::{Authorization, RedirectUri};
//! use oauth2_discord::{Entropy, PublicClient, Scope, Snowflake, Urls};
//! use ra_http::{Body, Endpoint as _};
//!
//! # fn fill(bytes: &mut [u8]) -> Result<(), core::convert::Infallible> { bytes.fill(7); Ok(()) }
//! # fn send(request: http::Request<Body>) -> http::Response<Body> {
//! #     assert_eq!(request.uri(), "https://discord.com/api/v10/oauth2/token");
//! #     let json = br#"{"token_type":"Bearer","access_token":"abc","expires_in":604800}"#;
//! #     http::Response::new(Body::from(json.to_vec()))
//! # }
//! let urls = Urls::default();
//! let client = PublicClient::new(Snowflake::new(157730590492196864));
//!
//! // 1. send the person to `started.url`
//! let started = Authorization::new(client.id())
//!     .scopes([Scope::Identify])
//!     .redirect_uri(RedirectUri::new("http://127.0.0.1:49152/callback")?)
//!     .start_code(&urls, Entropy::draw(fill)?)?;
//! # let state = started.pending.state().unwrap().expose();
//! # let callback = format!("/callback?code=xyz&state={state}&iss=https%3A%2F%2Fdiscord.com");
//!
//! // 2. accept the redirect
//! let exchange = started.pending.accept(&callback)?.exchange(client)?;
//!
//! // 3. exchange the code
//! let response = send(exchange.to_http(&urls.api)?);
//! let token = exchange.from_http(response)?;
//! assert_eq!(token.expires_in, Some(604_800));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # In Cargo.toml
//!
//! ```toml
//! [dependencies]
//! oauth2-discord = { path = "remote-auth/crates/oauth2-discord" } # wherever your clone is; features = ["id-token"]
//! ra-http = { path = "remote-auth/crates/ra-http" }               # `Endpoint`, `Body`, `HttpError`
//! http = "1"                                                      # requests and responses, for a carrier of your own
//! getrandom = "0.4"                                               # for `Entropy::draw`
//! ```
//!
//! Or take `remote-auth` with the feature `oauth2`: this crate is `remote_auth::oauth2` there, and `ra-http` is
//! `remote_auth::http`. The store in a file needs the feature `file-store`, which is on by default.
//!
//! # Where this differs from the document
//!
//! The live service has moved on: the device endpoint has a new path, which is the default here
//! ([`Urls::DEVICE_PATH`]), and some scopes, endpoints and external auth types are newer. Each is marked with its id
//! from [`docs/oauth2.md`], which lists every promise of this crate with the tests that prove it. Every URL can be
//! replaced: [`Urls`] lists them, endpoints have `at`.
//!
//! [`docs/oauth2.md`]: https://github.com/remote-auth/remote-auth/blob/main/docs/oauth2.md
#![forbid(unsafe_code)]

pub mod api;
pub mod authorize;
pub mod callback;
pub mod device;
pub mod error;
pub mod grant;
#[cfg(feature = "id-token")]
pub mod id_token;
pub mod keeper;
pub mod partner;

mod client;
mod entropy;
mod external_auth;
mod json;
mod permissions;
mod pkce;
mod redirect_uri;
mod scope;
mod secret;
mod setters;
mod text_enum;
mod time;
mod token;
mod token_error;
mod urls;
mod wiped;
mod wire;

pub use client::{Client, ClientAuth, ConfidentialClient, PublicClient};
pub use entropy::Entropy;
pub use external_auth::{ExternalAuth, ExternalAuthType};
pub use permissions::{Permissions, PermissionsError};
pub use pkce::{CodeChallenge, CodeVerifier, CodeVerifierError};
pub use ra_types::{MonoTime, Snowflake, SnowflakeError};
pub use scope::{Restriction, Scope, ScopeError, ScopeSet};
pub use secret::{
    AccessToken, AuthorizationCode, BotToken, ClientSecret, DeviceCode, ExternalAuthToken, Nonce,
    RawIdToken, RedirectLocation, RefreshToken, State, TwoWayLinkCode, UserToken, WebhookToken,
    WebhookUrl,
};
pub use time::UnixTime;
pub use token::{Guild, Token, Webhook};
pub use token_error::TokenError;
pub use urls::{EndpointUrl, Urls};
