//! The codes of a device flow: the user code to show, and the device code to poll with (O-126, O-127; RFC 8628, section
//! 3.2).

use core::time::Duration;

use crate::json::{members, object, optional, required};
use crate::wire::is_user_code;
use crate::{DeviceCode, EndpointUrl, TokenError};

/// A device code with the user code that goes with it.
///
/// Show [`user_code`](Self::user_code) and [`verification_uri`](Self::verification_uri), or
/// [`verification_uri_complete`](Self::verification_uri_complete) as a QR code. Tell the person what they are about to
/// allow, and where: a person who types an attacker's code gives their account away (RFC 8628, 5.4).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceAuthorization {
    /// The code to poll with.
    pub device_code: DeviceCode,
    /// The code for the person to type: 1 to 64 visible ASCII characters (S-24).
    pub user_code: String,
    /// The page to type it on: `https`, or `http` to this machine.
    pub verification_uri: String,
    /// The page's URL with the code in it, if the server sent one.
    pub verification_uri_complete: Option<String>,
    /// Lifetime of both codes.
    pub expires_in: Duration,
    /// Wait between two polls; 5 s if the server sent none (S-22).
    pub interval: Duration,
}

members! { Members:
    device_code, user_code, verification_uri, verification_uri_complete, expires_in, interval
}

impl DeviceAuthorization {
    /// Codes for this page, with a poll every 5 s.
    #[must_use]
    pub fn new(
        device_code: DeviceCode,
        user_code: impl Into<String>,
        verification_uri: impl Into<String>,
        expires_in: Duration,
    ) -> Self {
        Self {
            device_code,
            user_code: user_code.into(),
            verification_uri: verification_uri.into(),
            verification_uri_complete: None,
            expires_in,
            interval: DEFAULT_INTERVAL,
        }
    }

    /// Reads the endpoint's JSON.
    ///
    /// # Errors
    /// Names the member that is missing or malformed; `None` if this is not a JSON object.
    pub fn decode(json: &[u8]) -> Result<Self, TokenError> {
        let members: Members<'_> = object(json)?;
        let device_code: DeviceCode = required(members.device_code, "device_code")?;
        if device_code.expose().is_empty() {
            return Err(TokenError::at("device_code"));
        }
        let user_code: String = required(members.user_code, "user_code")?;
        if !is_user_code(&user_code) {
            return Err(TokenError::at("user_code")); // such characters could steer a terminal
        }
        let complete = optional(
            members.verification_uri_complete,
            "verification_uri_complete",
        )?;
        Ok(Self {
            device_code,
            user_code,
            verification_uri: shown(required(members.verification_uri, "verification_uri")?)
                .ok_or(TokenError::at("verification_uri"))?,
            verification_uri_complete: complete.and_then(shown),
            expires_in: Duration::from_secs(required(members.expires_in, "expires_in")?),
            interval: match optional(members.interval, "interval")? {
                Some(secs) => Duration::from_secs(secs),
                None => DEFAULT_INTERVAL,
            },
        })
    }

    /// Whether both URLs lead to `https://discord.com` (S-24).
    #[must_use]
    pub fn is_on_discord(&self) -> bool {
        let on_discord =
            |uri: &str| uri == "https://discord.com" || uri.starts_with("https://discord.com/");
        on_discord(&self.verification_uri)
            && self
                .verification_uri_complete
                .as_deref()
                .is_none_or(on_discord)
    }
}

const DEFAULT_INTERVAL: Duration = Duration::from_secs(5);

/// Accepts a URL that may be shown: visible ASCII, `https` or this machine.
fn shown(uri: String) -> Option<String> {
    uri.parse::<EndpointUrl>().is_ok().then_some(uri)
}
