//! Secret texts: redacted in `Debug`, compared in constant time, wiped on drop, neither `Display` nor `Serialize`.

use zeroize::Zeroizing;

ra_types::secret_text! {
    /// The secret of a confidential client (O-112).
    ///
    /// ```
    /// let secret = oauth2_discord::ClientSecret::new("hunter2");
    /// assert_eq!(format!("{secret:?}"), "ClientSecret(..)");
    /// assert_eq!(secret.expose(), "hunter2");
    /// ```
    ClientSecret;
    /// The code of a redirect, which the exchange turns into a token; single use, valid for about 100 s (P-12).
    AuthorizationCode;
    /// Authorizes calls for a user (`Authorization: Bearer`).
    AccessToken;
    /// The refresh grant turns it into a new token; single use (P-12).
    RefreshToken;
    /// An unverified ID token: a JWT.
    RawIdToken;
    /// The device's half of a device authorization.
    DeviceCode;
    /// The token to post through a webhook.
    WebhookToken;
    /// A webhook's URL, which ends with its token.
    WebhookUrl;
    /// A bot's token (`Authorization: Bot`). Bots take no invites, have no friends or group messages, and rate limits
    /// of their own (O-183).
    BotToken;
    /// A user account's session token, sent without a scheme. Automating user accounts outside OAuth2 and bots is
    /// forbidden and may cost the account (O-183).
    UserToken;
    /// A token that an external identity provider issued to the person.
    ExternalAuthToken;
    /// Binds a redirect to the request and the browser that it answers (O-087).
    State;
    /// Binds an ID token to the request that it answers (O-089).
    Nonce;
    /// The URL to send a person to after the decision; it holds a code, a token or an error (O-163).
    RedirectLocation;
    /// Links an account at the other side as well, after a device was verified (N-03).
    TwoWayLinkCode;
}

impl State {
    /// A state of 256 random bits, in 43 characters that no URL has to escape.
    #[must_use]
    pub fn from_entropy(random: &[u8; 32]) -> Self {
        Self(encode_random(random).into())
    }
}

impl Nonce {
    /// A nonce of 256 random bits, in 43 characters that no URL has to escape.
    #[must_use]
    pub fn from_entropy(random: &[u8; 32]) -> Self {
        Self(encode_random(random).into())
    }
}

/// Random bytes as unpadded base64url, in a buffer that is wiped.
pub(crate) fn encode_random(random: &[u8]) -> Zeroizing<String> {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    Zeroizing::new(URL_SAFE_NO_PAD.encode(random))
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! s41_canaries {
        ($($test:ident $name:ident)+) => {$(
            #[test]
            fn $test() {
                let secret = $name::new("canary");
                assert_eq!(format!("{secret:?}"), concat!(stringify!($name), "(..)"));
                assert_eq!(secret.expose(), "canary");
                assert_eq!(secret, secret.clone());
                assert_ne!(secret, $name::new("canarz"));
                assert_ne!(secret, $name::new("canar"));
                assert_eq!(serde_json::from_str::<$name>("\"can\\u0061ry\"").unwrap(), secret);
                let error = serde_json::from_str::<$name>("[\"canary\"]").unwrap_err();
                assert!(!format!("{error} {error:?}").contains("canary"));
            }
        )+};
    }

    s41_canaries! {
        s41_client_secret ClientSecret
        s41_authorization_code AuthorizationCode
        s41_access_token AccessToken
        s41_refresh_token RefreshToken
        s41_raw_id_token RawIdToken
        s41_device_code DeviceCode
        s41_webhook_token WebhookToken
        s41_webhook_url WebhookUrl
        s41_bot_token BotToken
        s41_user_token UserToken
        s41_external_auth_token ExternalAuthToken
        s41_state State
        s41_nonce Nonce
        s41_redirect_location RedirectLocation
        s41_two_way_link_code TwoWayLinkCode
    }

    #[test]
    fn o087_a_state_has_256_bits_and_two_differ() {
        let (a, b) = (State::from_entropy(&[0; 32]), State::from_entropy(&[1; 32]));
        assert_eq!(a.expose().len(), 43);
        assert_ne!(a, b);
        assert_ne!(Nonce::from_entropy(&[0; 32]), Nonce::from_entropy(&[1; 32]));
    }

    #[test]
    fn s41_an_owned_text_is_taken_and_an_error_shows_only_what_was_wanted() {
        use serde::Deserialize as _;
        use serde::de::IntoDeserializer as _;
        use serde::de::value::{Error, StringDeserializer, U64Deserializer};

        let owned: StringDeserializer<Error> = "canary".to_owned().into_deserializer();
        assert_eq!(AccessToken::deserialize(owned).unwrap().expose(), "canary");
        let number: U64Deserializer<Error> = 7u64.into_deserializer();
        let error = AccessToken::deserialize(number).unwrap_err();
        assert!(error.to_string().ends_with("expected a secret text"));
    }
}
