//! The finished authorize URL, and its writer.

use core::fmt::{self, Write as _};
use std::borrow::Cow;

use crate::wire::escape;
use crate::{EndpointUrl, ScopeSet, callback::query};

/// The URL for a person to authorize on. `Display` shows it; `Debug` does not, because it holds the state.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorizeUrl {
    text: String,
    query_at: usize,
}

impl AuthorizeUrl {
    /// The URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The query: percent-encoded parameters joined by `&`.
    #[must_use]
    pub fn query(&self) -> &str {
        self.text.get(self.query_at..).unwrap_or_default()
    }

    /// The decoded parameters, in order.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        let pairs = self
            .query()
            .split('&')
            .filter_map(|pair| pair.split_once('='));
        pairs.map(|(name, value)| (name, query::decode(value).unwrap_or(Cow::Borrowed(value))))
    }
}

impl fmt::Display for AuthorizeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for AuthorizeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuthorizeUrl({} bytes)", self.text.len())
    }
}

/// Appends parameters to the page's URL.
pub(super) struct Writer {
    text: String,
    query_at: usize,
}

impl Writer {
    pub(super) fn new(page: &EndpointUrl) -> Self {
        let mut text = String::with_capacity(512);
        text.push_str(page.as_str());
        match page.as_str().split_once('?') {
            None => text.push('?'),
            Some((_, "")) => {}
            Some(_) => text.push('&'),
        }
        let query_at = text.len();
        Self { text, query_at }
    }

    /// A pair whose value may need escaping; spaces become `%20`, as in the document's examples (O-062).
    pub(super) fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        escape(value, |part| self.text.push_str(part));
    }

    /// A pair whose value needs no escaping, if there is one.
    pub(super) fn plain(&mut self, name: &str, value: Option<impl fmt::Display>) {
        if let Some(value) = value {
            self.name(name);
            let _ = write!(self.text, "{value}"); // a `String` takes everything
        }
    }

    pub(super) fn scopes(&mut self, scopes: &ScopeSet) {
        for (n, scope) in scopes.iter().enumerate() {
            match n {
                0 => self.name("scope"),
                _ => self.text.push_str("%20"),
            }
            escape(scope.as_str(), |part| self.text.push_str(part));
        }
    }

    pub(super) fn finish(self) -> AuthorizeUrl {
        let Self { text, query_at } = self;
        AuthorizeUrl { text, query_at }
    }

    fn name(&mut self, name: &str) {
        if self.text.len() > self.query_at {
            self.text.push('&');
        }
        self.text.push_str(name);
        self.text.push('=');
    }
}
