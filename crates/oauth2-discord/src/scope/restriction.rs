//! Conditions on scopes, from the document's footnotes.

use super::Scope;

/// A condition on a scope. The authorize builder refuses what breaks [`Restriction::ClientCredentialsOnly`],
/// [`Restriction::CodeGrantOnly`] and [`Restriction::NotForPublicClients`]; the rest depends on settings that only
/// Discord knows, so it is here to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Restriction {
    /// `identify` has to be authorized as well (footnote 3).
    DependsOnIdentify,
    /// Only the client credentials grant has it (footnote 2).
    ClientCredentialsOnly,
    /// Only the code grant has it (footnotes 4 and 8).
    CodeGrantOnly,
    /// The application's `PUBLIC_OAUTH2_CLIENT` flag must not be set (footnote 4).
    NotForPublicClients,
    /// Unless approved, for the application's owner and listed users only, and the `EMBEDDED` flag must not be set
    /// (footnote 5).
    OwnerOrListedUsers,
    /// RPC for web applications needs approval (footnote 6).
    RpcApproval,
    /// The application needs a bot account (O-057); for `guilds.join` the bot is already in the guild.
    BotAccount,
    /// In a user-install context the application may also send direct messages to the user (footnote 1).
    UserInstallAllowsMessages,
    /// Authorization is asked for each time, whatever `prompt` says (O-078).
    Passthrough,
    /// The application needs one of the social layer's flags (N-07).
    SocialLayerFlag,
    /// The document strikes it through.
    Deprecated,
}

impl Scope {
    /// The conditions on it.
    #[must_use]
    pub fn restrictions(&self) -> &'static [Restriction] {
        use Restriction as R;
        match self {
            Self::ApplicationsCommands => &[R::UserInstallAllowsMessages],
            Self::ApplicationsCommandsUpdate => &[R::ClientCredentialsOnly],
            Self::Bot => &[R::BotAccount, R::Passthrough],
            Self::Email | Self::GatewayConnect | Self::Voice => &[R::DependsOnIdentify],
            Self::GuildsJoin => &[R::BotAccount],
            Self::RelationshipsRead => &[R::SocialLayerFlag],
            Self::RoleConnectionsWrite => &[R::CodeGrantOnly, R::NotForPublicClients],
            Self::Rpc => &[R::OwnerOrListedUsers, R::RpcApproval],
            Self::RpcApi => &[R::Deprecated],
            Self::RpcActivitiesWrite
            | Self::RpcNotificationsRead
            | Self::RpcScreenshareRead
            | Self::RpcScreenshareWrite
            | Self::RpcVideoRead
            | Self::RpcVideoWrite
            | Self::RpcVoiceRead
            | Self::RpcVoiceWrite => &[R::RpcApproval],
            Self::WebhookIncoming => &[R::CodeGrantOnly, R::Passthrough],
            _ => &[],
        }
    }

    /// Whether the scope has this condition.
    #[must_use]
    pub fn is(&self, restriction: Restriction) -> bool {
        self.restrictions().contains(&restriction)
    }

    /// Whether a team-owned application may have it by client credentials (O-111).
    #[must_use]
    pub fn is_for_teams(&self) -> bool {
        matches!(
            self,
            Self::ApplicationsBuildsRead
                | Self::ApplicationsBuildsUpload
                | Self::ApplicationsCommandsUpdate
                | Self::ApplicationsEntitlements
                | Self::ApplicationsStoreUpdate
                | Self::Identify
        )
    }
}
