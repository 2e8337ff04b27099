//! Who vouches for a person that has no account yet.

use core::{convert::Infallible, fmt, str::FromStr};

use crate::ExternalAuthToken;

/// The kind of identity provider behind a provisional account (O-173, N-05).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ExternalAuthType {
    /// `OIDC`
    Oidc,
    /// `EPIC_ONLINE_SERVICES_ACCESS_TOKEN`
    EpicOnlineServicesAccessToken,
    /// `EPIC_ONLINE_SERVICES_ID_TOKEN`
    EpicOnlineServicesIdToken,
    /// `STEAM_SESSION_TICKET`
    SteamSessionTicket,
    /// `UNITY_SERVICES_ID_TOKEN`
    UnityServicesIdToken,
    /// `DISCORD_BOT_ISSUED_ACCESS_TOKEN`, newer than the document (N-05)
    DiscordBotIssuedAccessToken,
    /// `APPLE_ID_TOKEN`, newer than the document (N-05)
    AppleIdToken,
    /// `PLAYSTATION_NETWORK_ID_TOKEN`, newer than the document (N-05)
    PlaystationNetworkIdToken,
    /// A kind that this version does not know, as it is on the wire.
    Unknown(Box<str>),
}

/// A provider's token for one person. In a code or device exchange it merges the person's provisional account into
/// the account that authorizes (O-104), which fires the Gateway event *User Merge Operation Completed* (O-184).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExternalAuth {
    /// Who issued the token.
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

impl ExternalAuthType {
    const KNOWN: [Self; 8] = [
        Self::Oidc,
        Self::EpicOnlineServicesAccessToken,
        Self::EpicOnlineServicesIdToken,
        Self::SteamSessionTicket,
        Self::UnityServicesIdToken,
        Self::DiscordBotIssuedAccessToken,
        Self::AppleIdToken,
        Self::PlaystationNetworkIdToken,
    ];

    /// The text on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Oidc => "OIDC",
            Self::EpicOnlineServicesAccessToken => "EPIC_ONLINE_SERVICES_ACCESS_TOKEN",
            Self::EpicOnlineServicesIdToken => "EPIC_ONLINE_SERVICES_ID_TOKEN",
            Self::SteamSessionTicket => "STEAM_SESSION_TICKET",
            Self::UnityServicesIdToken => "UNITY_SERVICES_ID_TOKEN",
            Self::DiscordBotIssuedAccessToken => "DISCORD_BOT_ISSUED_ACCESS_TOKEN",
            Self::AppleIdToken => "APPLE_ID_TOKEN",
            Self::PlaystationNetworkIdToken => "PLAYSTATION_NETWORK_ID_TOKEN",
            Self::Unknown(text) => text,
        }
    }
}

impl From<&str> for ExternalAuthType {
    fn from(text: &str) -> Self {
        let known = Self::KNOWN.into_iter().find(|kind| kind.as_str() == text);
        known.unwrap_or_else(|| Self::Unknown(text.into()))
    }
}

impl FromStr for ExternalAuthType {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

impl fmt::Display for ExternalAuthType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
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
