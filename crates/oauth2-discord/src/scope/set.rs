//! Sets of scopes, as the wire lists them.

use core::{fmt, str::FromStr};
use std::collections::BTreeSet;

use super::{Scope, ScopeError};

/// Scopes without repetition, in the order in which they were added. Two sets are equal whatever their order.
///
/// ```
/// use oauth2_discord::{Scope, ScopeSet};
///
/// let granted: ScopeSet = "sdk.social_layer guilds.join".parse()?;
/// assert!(granted.covers(&ScopeSet::from([Scope::Identify, Scope::Guilds])));
/// assert_eq!(granted.to_string(), "sdk.social_layer guilds.join");
/// # Ok::<(), oauth2_discord::ScopeError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ScopeSet(Vec<Scope>);

/// Up to this size a linear search is quicker than a tree.
const SHORT: usize = 32;

impl ScopeSet {
    /// A set without scopes.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a scope unless it is there.
    pub fn insert(&mut self, scope: Scope) {
        if !self.contains(&scope) {
            self.0.push(scope);
        }
    }

    /// Whether the set has this scope itself; [`ScopeSet::covers`] also looks into umbrella scopes.
    #[must_use]
    pub fn contains(&self, scope: &Scope) -> bool {
        self.0.contains(scope)
    }

    /// Whether the set is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Number of scopes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The scopes in order.
    pub fn iter(&self) -> core::slice::Iter<'_, Scope> {
        self.0.iter()
    }

    /// This set with everything that its scopes include ([`Scope::includes`]).
    #[must_use]
    pub fn expanded(&self) -> Self {
        let parts = self.0.iter().flat_map(|scope| scope.includes().iter());
        self.0.iter().chain(parts).cloned().collect()
    }

    /// Whether a grant of this set satisfies a request for `requested` (O-056): each scope is there, is included in one
    /// that is, or is an umbrella all of whose parts are.
    #[must_use]
    pub fn covers(&self, requested: &Self) -> bool {
        let granted = self.expanded();
        requested.iter().all(|scope| {
            let umbrella = matches!(scope, Scope::SdkSocialLayer | Scope::SdkSocialLayerPresence);
            let parts_are_there = || scope.includes().iter().all(|part| granted.contains(part));
            granted.contains(scope) || umbrella && parts_are_there()
        })
    }
}

impl FromStr for ScopeSet {
    type Err = ScopeError;

    /// Reads a list with spaces in between; more of them than needed do no harm (S-05).
    fn from_str(text: &str) -> Result<Self, ScopeError> {
        text.split(' ')
            .filter(|part| !part.is_empty())
            .map(str::parse)
            .collect()
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        let scopes = scopes.into_iter();
        let mut set = Self(Vec::with_capacity(scopes.size_hint().0));
        let mut seen = BTreeSet::new(); // a list from the wire may be long
        for scope in scopes {
            if set.len() < SHORT {
                set.insert(scope);
                continue;
            }
            if seen.is_empty() {
                seen.extend(set.0.iter().cloned());
            }
            if seen.insert(scope.clone()) {
                set.0.push(scope);
            }
        }
        set
    }
}

impl<const N: usize> From<[Scope; N]> for ScopeSet {
    fn from(scopes: [Scope; N]) -> Self {
        scopes.into_iter().collect()
    }
}

impl From<Scope> for ScopeSet {
    fn from(scope: Scope) -> Self {
        Self(vec![scope])
    }
}

impl IntoIterator for ScopeSet {
    type Item = Scope;
    type IntoIter = std::vec::IntoIter<Scope>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a ScopeSet {
    type Item = &'a Scope;
    type IntoIter = core::slice::Iter<'a, Scope>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl PartialEq for ScopeSet {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().collect::<BTreeSet<_>>() == other.iter().collect()
    }
}

impl Eq for ScopeSet {}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, scope) in self.0.iter().enumerate() {
            f.write_str(if n == 0 { "" } else { " " })?;
            f.write_str(scope.as_str())?;
        }
        Ok(())
    }
}
