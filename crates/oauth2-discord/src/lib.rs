//! OAuth2 layer of remote auth: Discord's OAuth2 as plain values. This crate never opens a socket, reads no clock and
//! draws no randomness; the one thing that touches the system is the optional file store of the token keeper.
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
mod permissions;
mod pkce;
mod scope;
mod secret;
mod snowflake;
mod time;
mod token;
mod urls;
mod wire;

pub use client::{Client, ClientAuth, ConfidentialClient, PublicClient};
pub use entropy::Entropy;
pub use external_auth::{ExternalAuth, ExternalAuthType};
pub use permissions::{Permissions, PermissionsError};
pub use pkce::{CodeChallenge, CodeVerifier, CodeVerifierError};
pub use scope::{Restriction, Scope, ScopeError, ScopeSet};
pub use secret::{
    AccessToken, AuthorizationCode, BotToken, ClientSecret, DeviceCode, ExternalAuthToken, Nonce,
    RawIdToken, RefreshToken, State, UserToken, WebhookToken, WebhookUrl,
};
pub use snowflake::{Snowflake, SnowflakeError};
pub use time::{MonoTime, UnixTime};
pub use token::{Guild, Token, TokenError, Webhook};
pub use urls::{EndpointUrl, Urls};
