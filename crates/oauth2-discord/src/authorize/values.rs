//! Parameters with a fixed set of values.

use core::fmt;

/// Content of the redirect (O-075).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResponseType {
    /// `code`: a code, to be exchanged for a token.
    Code,
    /// `token`: the token itself, in the fragment. RFC 9700 advises against it (S-27).
    Token,
}

/// Treatment of a person who agreed before (O-065).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Prompt {
    /// `none`: no page, straight to the redirect. A person who has not agreed to these scopes gets an error redirect
    /// (O-076); with `bot` and `webhook.incoming` the page comes all the same (O-078).
    None,
    /// `consent`: the page asks again (O-077). Discord's default.
    Consent,
}

/// Place where an application is installed (O-070).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum IntegrationType {
    /// 0, `GUILD_INSTALL`: into a guild. Discord's default.
    #[default]
    GuildInstall,
    /// 1, `USER_INSTALL`: for a user, wherever they are.
    UserInstall,
}

impl ResponseType {
    /// The text on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Token => "token",
        }
    }
}

impl Prompt {
    /// The text on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Consent => "consent",
        }
    }
}

impl IntegrationType {
    /// The number on the wire.
    #[must_use]
    pub const fn as_u8(self) -> u8 {
        match self {
            Self::GuildInstall => 0,
            Self::UserInstall => 1,
        }
    }
}

impl fmt::Display for ResponseType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for IntegrationType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_u8().fmt(f)
    }
}
