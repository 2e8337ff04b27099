//! Secret texts: redacted in `Debug`, compared in constant time, wiped on drop, neither `Display` nor `Serialize`.

use core::fmt;

use serde::{Deserialize, Deserializer, de};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Defines one secret text type; they differ in meaning only, so that none is taken for another.
macro_rules! secret_text {
    ($($(#[$docs:meta])+ $name:ident;)+) => {$(
        $(#[$docs])+
        #[derive(Clone)]
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// Takes the text over; it is wiped when this value is dropped.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(Zeroizing::new(text.into()))
            }

            /// The secret itself. Keep it out of logs and errors.
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq for $name {
            /// Takes the same time wherever the texts differ; their lengths are not hidden.
            fn eq(&self, other: &Self) -> bool {
                same(self.expose(), other.expose())
            }
        }

        impl Eq for $name {}

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            /// Errors name the type that was found, never the text.
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_string(TextVisitor).map(Self)
            }
        }
    )+};
}

secret_text! {
    /// The secret of a confidential client (O-112).
    ///
    /// ```
    /// let secret = oauth2_discord::ClientSecret::new("hunter2");
    /// assert_eq!(format!("{secret:?}"), "ClientSecret(..)");
    /// assert_eq!(secret.expose(), "hunter2");
    /// ```
    ClientSecret;
    /// What the redirect brings and the exchange turns into a token; single use, lives about 100 s (P-12).
    AuthorizationCode;
    /// What authorizes calls in a user's name (`Authorization: Bearer`).
    AccessToken;
    /// What the refresh grant turns into a new token; single use (P-12).
    RefreshToken;
    /// An ID token as it came: a JWT that nobody has verified yet.
    RawIdToken;
    /// The device's half of a device authorization.
    DeviceCode;
    /// The right to post through a webhook.
    WebhookToken;
    /// A webhook's URL, which ends with its token.
    WebhookUrl;
    /// A bot's token (`Authorization: Bot`). Bots take no invites, have no friends or group messages, and rate limits of
    /// their own (O-183).
    BotToken;
    /// A user account's session token, sent without a scheme. Automating user accounts outside OAuth2 and bots is
    /// forbidden and may cost the account (O-183).
    UserToken;
    /// What an external identity provider issued to the person.
    ExternalAuthToken;
    /// Binds a redirect to the request and the browser that it answers (O-087).
    State;
    /// Binds an ID token to the request that it answers (O-089).
    Nonce;
    /// Where to send a person who decided; it bears a code, a token or an error (O-163).
    RedirectLocation;
    /// Links an account at the other side as well, after a device was verified (N-03).
    TwoWayLinkCode;
}

impl State {
    /// A state of 256 random bits, in 43 characters that no URL has to escape.
    #[must_use]
    pub fn from_entropy(random: &[u8; 32]) -> Self {
        Self(encode_random(random))
    }
}

impl Nonce {
    /// A nonce of 256 random bits, in 43 characters that no URL has to escape.
    #[must_use]
    pub fn from_entropy(random: &[u8; 32]) -> Self {
        Self(encode_random(random))
    }
}

/// Random bytes as unpadded base64url, in a buffer that is wiped.
pub(crate) fn encode_random(random: &[u8]) -> Zeroizing<String> {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    Zeroizing::new(URL_SAFE_NO_PAD.encode(random))
}

/// Whether two texts are equal, in the same time wherever they differ.
pub(crate) fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

struct TextVisitor;

impl de::Visitor<'_> for TextVisitor {
    type Value = Zeroizing<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a secret text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Zeroizing::new(text.to_owned()))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Self::Value, E> {
        Ok(Zeroizing::new(text))
    }
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
        use serde::de::IntoDeserializer as _;
        use serde::de::value::{Error, StringDeserializer, U64Deserializer};

        let owned: StringDeserializer<Error> = "canary".to_owned().into_deserializer();
        assert_eq!(AccessToken::deserialize(owned).unwrap().expose(), "canary");
        let number: U64Deserializer<Error> = 7u64.into_deserializer();
        let error = AccessToken::deserialize(number).unwrap_err();
        assert!(error.to_string().ends_with("expected a secret text"));
    }
}
