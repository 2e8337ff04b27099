//! The URL that a person authorizes on (section C of the checklist).
//!
//! [`Authorization`] collects what to ask for; [`Authorization::start_code`], [`Authorization::start_implicit`] and
//! [`Authorization::link`] refuse what the document forbids and make the URL. The first two also make the
//! pending half, which checks the redirect.
//!
//! ```
//! use oauth2_discord::authorize::{Authorization, RedirectUri};
//! use oauth2_discord::{Entropy, Scope, Snowflake, Urls};
//!
//! # fn fill(bytes: &mut [u8]) -> Result<(), core::convert::Infallible> { bytes.fill(7); Ok(()) }
//! let started = Authorization::new(Snowflake::new(157730590492196864))
//!     .scopes([Scope::Identify, Scope::GuildsJoin])
//!     .redirect_uri(RedirectUri::new("https://nicememe.website")?)
//!     .start_code(&Urls::default(), Entropy::draw(fill)?)?;
//! assert!(started.url.as_str().starts_with("https://discord.com/oauth2/authorize?response_type=code&"));
//! // send the person to `started.url`, bind `started.pending` to this person's browser session
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::setters::optional_setters;
use crate::{CodeVerifier, Nonce, Permissions, Scope, ScopeSet, Snowflake, State};

pub use crate::redirect_uri::{RedirectUri, RedirectUriError};
pub use error::AuthorizeError;
pub use start::{StartedCode, StartedImplicit};
pub use url::AuthorizeUrl;
pub use values::{IntegrationType, Prompt, ResponseType};
pub use warning::Warning;

mod check;
mod error;
mod start;
mod url;
mod values;
mod warning;

#[cfg(test)]
mod tests;

/// An authorization request.
///
/// State and PKCE are on by default. A bot in a guild with MFA needs an owner with MFA for elevated permissions
/// (O-185); with `integration_public` off only the application's owner can add it (O-182). The page fires the Gateway
/// events *Guild Integrations Update*, *Integration Create*, *User Application Update* and *User Connections Update*
/// (O-184).
#[derive(Debug, Clone)]
pub struct Authorization {
    client_id: Snowflake,
    scopes: ScopeSet,
    redirect_uri: Option<RedirectUri>,
    prompt: Option<Prompt>,
    state: Choice<State>,
    verifier: Choice<CodeVerifier>,
    nonce: Choice<Nonce>,
    integration_type: Option<IntegrationType>,
    permissions: Option<Permissions>,
    guild_id: Option<Snowflake>,
    channel_id: Option<Snowflake>,
    disable_guild_select: Option<bool>,
}

/// Whether a value is generated, given, or left out.
#[derive(Debug, Clone)]
enum Choice<T> {
    Fresh,
    Given(T),
    Off,
}

impl<T> Choice<T> {
    fn given(&self) -> Option<&T> {
        match self {
            Self::Given(value) => Some(value),
            Self::Fresh | Self::Off => None,
        }
    }

    fn is_on(&self) -> bool {
        !matches!(self, Self::Off)
    }

    fn or_make(self, make: impl FnOnce() -> T) -> Option<T> {
        match self {
            Self::Fresh => Some(make()),
            Self::Given(value) => Some(value),
            Self::Off => None,
        }
    }
}

impl Authorization {
    /// A request of this application (O-060), without scopes.
    #[must_use]
    pub const fn new(client_id: Snowflake) -> Self {
        Self {
            client_id,
            scopes: ScopeSet::new(),
            redirect_uri: None,
            prompt: None,
            state: Choice::Fresh,
            verifier: Choice::Fresh,
            nonce: Choice::Off,
            integration_type: None,
            permissions: None,
            guild_id: None,
            channel_id: None,
            disable_guild_select: None,
        }
    }

    /// The scopes. None at all leaves them to the application's `integration_types_config` (O-062).
    #[must_use]
    pub fn scopes(mut self, scopes: impl Into<ScopeSet>) -> Self {
        self.scopes = scopes.into();
        self
    }

    /// Adds one scope.
    #[must_use]
    pub fn scope(mut self, scope: Scope) -> Self {
        self.scopes.insert(scope);
        self
    }

    /// Sends this state instead of a fresh one. It must be unguessable and bound to the person's session (O-087).
    #[must_use]
    pub fn state(mut self, state: State) -> Self {
        self.state = Choice::Given(state);
        self
    }

    /// Sends no state. Forged redirects cannot be detected then (O-088).
    #[must_use]
    pub fn dangerous_without_state(mut self) -> Self {
        self.state = Choice::Off;
        self
    }

    /// Uses this verifier instead of a fresh one.
    #[must_use]
    pub fn code_verifier(mut self, verifier: CodeVerifier) -> Self {
        self.verifier = Choice::Given(verifier);
        self
    }

    /// Sends no challenge. Then only a confidential client can exchange the code (O-097).
    #[must_use]
    pub fn without_pkce(mut self) -> Self {
        self.verifier = Choice::Off;
        self
    }

    /// Sends this nonce, which the ID token has to carry (O-067, O-089).
    #[must_use]
    pub fn nonce(mut self, nonce: Nonce) -> Self {
        self.nonce = Choice::Given(nonce);
        self
    }

    /// Sends a fresh nonce, which the ID token has to carry.
    #[must_use]
    pub fn fresh_nonce(mut self) -> Self {
        self.nonce = Choice::Fresh;
        self
    }
}

optional_setters! {
    Authorization;
    /// The redirect URI, one of those registered for the application. Without it Discord takes the first registered one
    /// (O-064).
    redirect_uri: RedirectUri;
    /// Whether to ask a person who agreed before (O-065).
    prompt: Prompt;
    /// The place to install the application (O-070).
    integration_type: IntegrationType;
    /// The bot's permissions in the guild (O-071). Without permissions it gets no role (O-162).
    permissions: Permissions;
    /// The guild that the page preselects (O-072, O-180).
    guild_id: impl Into<Snowflake>;
    /// The channel that the page preselects (O-073).
    channel_id: impl Into<Snowflake>;
    /// Whether to keep the person from choosing another guild (O-074).
    disable_guild_select: bool;
}
