//! External identity providers, which vouch for people without a Discord account.

use crate::ExternalAuthToken;
use crate::text_enum::text_enum;

text_enum! {
    /// The kind of identity provider behind a provisional account (O-173, N-05).
    ExternalAuthType else Into::into, "Any other kind, as on the wire.";
    /// any OpenID Connect provider.
    Oidc "OIDC";
    /// Epic Online Services, by an access token.
    EpicOnlineServicesAccessToken "EPIC_ONLINE_SERVICES_ACCESS_TOKEN";
    /// Epic Online Services, by an ID token.
    EpicOnlineServicesIdToken "EPIC_ONLINE_SERVICES_ID_TOKEN";
    /// Steam.
    SteamSessionTicket "STEAM_SESSION_TICKET";
    /// Unity.
    UnityServicesIdToken "UNITY_SERVICES_ID_TOKEN";
    /// a Discord bot; newer than the document (N-05).
    DiscordBotIssuedAccessToken "DISCORD_BOT_ISSUED_ACCESS_TOKEN";
    /// Apple; newer than the document (N-05).
    AppleIdToken "APPLE_ID_TOKEN";
    /// PlayStation Network; newer than the document (N-05).
    PlaystationNetworkIdToken "PLAYSTATION_NETWORK_ID_TOKEN";
}

/// A provider's token for one person. In a code or device exchange it merges the person's provisional account into
/// the account that authorizes (O-104), which fires the Gateway event *User Merge Operation Completed* (O-184).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExternalAuth {
    /// The issuer's kind.
    pub kind: ExternalAuthType,
    /// The token.
    pub token: ExternalAuthToken,
}

impl ExternalAuth {
    /// A token of this kind of provider.
    #[must_use]
    pub const fn new(kind: ExternalAuthType, token: ExternalAuthToken) -> Self {
        Self { kind, token }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn o173_n05_external_auth_types_round_trip_and_unknown_ones_survive() {
        for text in [
            "OIDC",
            "EPIC_ONLINE_SERVICES_ACCESS_TOKEN",
            "EPIC_ONLINE_SERVICES_ID_TOKEN",
            "STEAM_SESSION_TICKET",
            "UNITY_SERVICES_ID_TOKEN",
            "DISCORD_BOT_ISSUED_ACCESS_TOKEN",
            "APPLE_ID_TOKEN",
            "PLAYSTATION_NETWORK_ID_TOKEN",
        ] {
            let kind = ExternalAuthType::from(text);
            assert!(!matches!(kind, ExternalAuthType::Unknown(_)), "{text}");
            assert_eq!(kind.to_string(), text);
        }
        let new = ExternalAuthType::from("NEXT_YEARS_TOKEN");
        assert_eq!(new, ExternalAuthType::Unknown("NEXT_YEARS_TOKEN".into()));
        assert_eq!(new.as_str(), "NEXT_YEARS_TOKEN");
    }

    #[test]
    fn s41_the_token_is_not_shown() {
        let auth = ExternalAuth::new(ExternalAuthType::Oidc, ExternalAuthToken::new("canary"));
        assert!(!format!("{auth:?}").contains("canary"));
    }
}
