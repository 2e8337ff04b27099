//! Error codes of provisional accounts and merging (P-07).

use core::fmt;

use ra_http::HttpError;

use crate::error::Advice;

macro_rules! codes {
    ($($(#[$docs:meta])+ $name:ident $code:literal $text:literal;)+) => {
        /// Reason a call about a provisional account was refused. The last four come from exchanges that merge an
        /// account.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum PartnerCode {
            $($(#[$docs])+ #[doc = concat!("(", stringify!($code), ")")] $name,)+
        }

        impl PartnerCode {
            /// Every code that this version knows.
            pub const KNOWN: &[Self] = &[$(Self::$name,)+];

            /// The number on the wire.
            #[must_use]
            pub const fn as_u64(self) -> u64 {
                match self {
                    $(Self::$name => $code,)+
                }
            }

            /// The code with this number.
            #[must_use]
            pub fn from_u64(code: u64) -> Option<Self> {
                Self::KNOWN.iter().copied().find(|known| known.as_u64() == code)
            }
        }

        impl fmt::Display for PartnerCode {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$name => $text,)+
                })
            }
        }
    };
}

codes! {
    /// The service has to switch provisional accounts on for the application.
    NotConfigured 530000 "provisional accounts are not switched on for the application";
    /// The provider's token has expired.
    TokenExpired 530001 "the external token has expired";
    /// The token's `iss` is not the configured issuer.
    InvalidIssuer 530002 "the external token has another issuer than configured";
    /// The token's `aud` lacks the configured client.
    InvalidAudience 530003 "the external token is for another audience than configured";
    /// The provider's token is over a week old.
    TokenTooOld 530004 "the external token is too old";
    /// No name was found for the account this time: try again.
    NoUsername 530006 "no user name could be made";
    /// The application's secret is wrong.
    InvalidClientSecret 530007 "the client secret is wrong";
    /// The issuer has no discovery document.
    NoOidcConfiguration 530008 "the issuer has no discovery document";
    /// The issuer has no key set.
    NoOidcKeys 530009 "the issuer has no key set";
    /// The account was merged into a user's: use OAuth2. [`MergedAccount`](super::MergedAccount) tells whose.
    NotProvisional 530010 "the account is no longer provisional";
    /// The provider's token is not properly signed.
    InvalidIdToken 530020 "the external token is not properly signed";
    /// The provider's token does not name its key.
    NoKeyId 530027 "the external token does not name its key";
    /// The account to merge is not provisional.
    InvalidMergeSource 530014 "the account to merge is not provisional";
    /// The account to merge into is provisional itself.
    InvalidMergeDestination 530016 "the account to merge into is provisional";
    /// The provisional account is banned.
    MergeSourceBanned 530017 "the account to merge is banned";
    /// The user has an identity at this application already.
    TooManyIdentities 530023 "the user has an identity at this application already";
}

impl PartnerCode {
    /// Advice: ask again, start over with a fresh external token or with OAuth2, or correct the configuration.
    #[must_use]
    pub const fn advice(self) -> Advice {
        match self {
            Self::NoUsername => Advice::AskAgain {
                after: core::time::Duration::from_secs(5),
            },
            Self::TokenExpired | Self::TokenTooOld | Self::NotProvisional => Advice::StartOver,
            _ => Advice::Configuration,
        }
    }
}

/// The code of a refusal, if it is one about provisional accounts.
#[must_use]
pub fn code(error: &HttpError) -> Option<PartnerCode> {
    PartnerCode::from_u64(error.code()?)
}
