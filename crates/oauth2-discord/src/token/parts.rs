//! The guild and the webhook that come with some tokens.

use core::fmt;

use zeroize::Zeroizing;

use crate::{Snowflake, WebhookToken, WebhookUrl};

/// The guild that the bot was added to (O-142). Discord sends a whole guild object: the id is read, the rest is kept as
/// JSON for a library that knows guilds.
#[derive(Clone, PartialEq, Eq)]
pub struct Guild {
    id: Snowflake,
    json: Zeroizing<String>,
}

/// A webhook in a channel that the person chose (O-143). To post through it, store [`Webhook::id`] and
/// [`Webhook::token`] (O-144).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Webhook {
    /// The webhook's id.
    pub id: Snowflake,
    /// The token to post with.
    pub token: WebhookToken,
    /// The type; 1 is an incoming webhook.
    pub kind: Option<u64>,
    /// The name shown with its posts.
    pub name: Option<String>,
    /// The hash of its avatar.
    pub avatar: Option<String>,
    /// The channel that it posts to.
    pub channel_id: Option<Snowflake>,
    /// That channel's guild.
    pub guild_id: Option<Snowflake>,
    /// The application that owns it.
    pub application_id: Option<Snowflake>,
    /// The URL to post to, token included.
    pub url: Option<WebhookUrl>,
}

impl Guild {
    pub(super) fn new(id: Snowflake, json: &str) -> Self {
        let json = Zeroizing::new(json.to_owned());
        Self { id, json }
    }

    /// The guild's id.
    #[must_use]
    pub const fn id(&self) -> Snowflake {
        self.id
    }

    /// The whole guild object as Discord sent it, with channels and members.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }
}

impl fmt::Debug for Guild {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Guild({}, {} bytes)", self.id, self.json.len())
    }
}

impl Webhook {
    /// A webhook with these members only.
    #[must_use]
    pub const fn new(id: Snowflake, token: WebhookToken) -> Self {
        Self {
            id,
            token,
            kind: None,
            name: None,
            avatar: None,
            channel_id: None,
            guild_id: None,
            application_id: None,
            url: None,
        }
    }
}
