//! Scopes: what an application may do once a person agreed (section B of the checklist).

use core::{error::Error, fmt, str::FromStr};

pub use restriction::Restriction;
pub use set::ScopeSet;

mod restriction;
mod set;
#[cfg(test)]
mod tests;

macro_rules! scopes {
    ($($(#[$docs:meta])* $name:ident $text:literal $public:ident;)+) => {
        /// One scope.
        ///
        /// Scopes that this version does not know survive as [`Scope::Other`]: the list changes (O-059). A scope that
        /// the application has no approval for makes the flow fail in unexpected ways, mostly with `invalid_scope` in
        /// the redirect (O-058).
        ///
        /// ```
        /// use oauth2_discord::Scope;
        ///
        /// let scope: Scope = "guilds.join".parse()?;
        /// assert_eq!(scope, Scope::GuildsJoin);
        /// assert!(scope.is_public());
        /// # Ok::<(), oauth2_discord::ScopeError>(())
        /// ```
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Scope {
            $(#[doc = concat!("`", $text, "`")] $(#[$docs])* $name,)+
            /// A scope that this version does not know.
            Other(OtherScope),
        }

        impl Scope {
            /// Every scope that this version knows, in the document's order, then the newer ones.
            pub const KNOWN: &[Self] = &[$(Self::$name,)+];

            /// The text on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $text,)+
                    Self::Other(OtherScope(text)) => text,
                }
            }

            /// Whether applications may request it without Discord's approval. Unknown scopes count as not public.
            #[must_use]
            pub fn is_public(&self) -> bool {
                match self {
                    $(Self::$name => scopes!(@ $public),)+
                    Self::Other(_) => false,
                }
            }

            fn known(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$name),)+
                    _ => None,
                }
            }
        }
    };
    (@ public) => { true };
    (@ private) => { false };
}

scopes! {
    AccountGlobalNameUpdate "account.global_name.update" private;
    ActivitiesInvitesWrite "activities.invites.write" private;
    ActivitiesRead "activities.read" private;
    ActivitiesWrite "activities.write" private;
    ApplicationsBuildsRead "applications.builds.read" public;
    ApplicationsBuildsUpload "applications.builds.upload" private;
    ApplicationsCommands "applications.commands" public;
    ApplicationsCommandsPermissionsUpdate "applications.commands.permissions.update" public;
    ApplicationsCommandsUpdate "applications.commands.update" public;
    ApplicationsEntitlements "applications.entitlements" public;
    ApplicationsStoreUpdate "applications.store.update" public;
    /// Official clients add `applications.commands` to it by themselves, so more may be granted than was asked (O-063).
    Bot "bot" public;
    Connections "connections" public;
    DmChannelsRead "dm_channels.read" private;
    DmChannelsMessagesRead "dm_channels.messages.read" private;
    DmChannelsMessagesWrite "dm_channels.messages.write" private;
    Email "email" public;
    GatewayConnect "gateway.connect" private;
    GdmJoin "gdm.join" public;
    Guilds "guilds" public;
    GuildsChannelsRead "guilds.channels.read" private;
    GuildsJoin "guilds.join" public;
    GuildsMembersRead "guilds.members.read" public;
    Identify "identify" public;
    LobbiesWrite "lobbies.write" private;
    MessagesRead "messages.read" public;
    /// Adds an ID token to the exchange (O-035).
    Openid "openid" public;
    PaymentSourcesCountryCode "payment_sources.country_code" private;
    PresencesRead "presences.read" private;
    PresencesWrite "presences.write" private;
    /// The document has it as not public; today it is, for applications with the social layer's flag (N-07).
    RelationshipsRead "relationships.read" private;
    RelationshipsWrite "relationships.write" private;
    RoleConnectionsWrite "role_connections.write" public;
    Rpc "rpc" private;
    RpcActivitiesWrite "rpc.activities.write" public;
    RpcApi "rpc.api" private;
    RpcNotificationsRead "rpc.notifications.read" public;
    RpcScreenshareRead "rpc.screenshare.read" public;
    RpcScreenshareWrite "rpc.screenshare.write" public;
    RpcVideoRead "rpc.video.read" public;
    RpcVideoWrite "rpc.video.write" public;
    RpcVoiceRead "rpc.voice.read" public;
    RpcVoiceWrite "rpc.voice.write" public;
    Voice "voice" private;
    WebhookIncoming "webhook.incoming" public;
    SdkSocialLayerPresence "sdk.social_layer_presence" private;
    SdkSocialLayer "sdk.social_layer" private;
    /// Newer than the document (N-06).
    ApplicationIdentitiesWrite "application_identities.write" private;
    /// Newer than the document (P-03).
    IdentifyPremium "identify.premium" private;
}

/// The text of a scope that this version does not know; made by parsing alone, so that it is never a known one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OtherScope(Box<str>);

/// The text is not a scope: empty, or with a character that RFC 6749, appendix A.4, forbids (S-05).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ScopeError;

impl Scope {
    /// What it stands for besides itself, as the document lists it: the parts of the umbrella scopes (O-054, O-055),
    /// and `gateway.connect` for `voice` (O-052).
    #[must_use]
    pub fn includes(&self) -> &'static [Self] {
        match self {
            Self::SdkSocialLayerPresence => PRESENCE,
            Self::SdkSocialLayer => SOCIAL_LAYER,
            Self::Voice => &[Self::GatewayConnect],
            _ => &[],
        }
    }

    /// What it stands for in most cases, or since after the document: the RPC scopes for `rpc` (O-042), and
    /// `application_identities.write` for the umbrella scopes (N-06). Nothing here relies on it.
    #[must_use]
    pub fn usually_includes(&self) -> &'static [Self] {
        match self {
            Self::Rpc => RPC,
            Self::SdkSocialLayerPresence | Self::SdkSocialLayer => {
                &[Self::ApplicationIdentitiesWrite]
            }
            _ => &[],
        }
    }
}

const PRESENCE: &[Scope] = &[
    Scope::ActivitiesInvitesWrite,
    Scope::ActivitiesRead,
    Scope::ActivitiesWrite,
    Scope::GatewayConnect,
    Scope::Identify,
    Scope::RelationshipsRead,
    Scope::RelationshipsWrite,
];

const SOCIAL_LAYER: &[Scope] = &[
    Scope::ActivitiesInvitesWrite,
    Scope::ActivitiesRead,
    Scope::ActivitiesWrite,
    Scope::GatewayConnect,
    Scope::Identify,
    Scope::RelationshipsRead,
    Scope::RelationshipsWrite,
    Scope::DmChannelsRead,
    Scope::DmChannelsMessagesRead,
    Scope::DmChannelsMessagesWrite,
    Scope::Guilds,
    Scope::GuildsChannelsRead,
    Scope::LobbiesWrite,
];

const RPC: &[Scope] = &[
    Scope::RpcActivitiesWrite,
    Scope::RpcApi,
    Scope::RpcNotificationsRead,
    Scope::RpcScreenshareRead,
    Scope::RpcScreenshareWrite,
    Scope::RpcVideoRead,
    Scope::RpcVideoWrite,
    Scope::RpcVoiceRead,
    Scope::RpcVoiceWrite,
];

impl FromStr for Scope {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        if let Some(known) = Self::known(text) {
            return Ok(known);
        }
        let allowed = |b: u8| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        if text.is_empty() || !text.bytes().all(allowed) {
            return Err(ScopeError);
        }
        Ok(Self::Other(OtherScope(text.into())))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for ScopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a scope")
    }
}

impl Error for ScopeError {}
