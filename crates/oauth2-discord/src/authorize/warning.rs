//! Requests that are allowed but likely mistakes.

use core::fmt;

use super::{Authorization, Prompt};
use crate::{Restriction, Scope};

/// Something about an [`Authorization`] that is likely a mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// `prompt=none` has no effect with this scope (O-078).
    AlwaysAsks(Scope),
    /// The redirect leads to `localhost`, which may be another machine: use `127.0.0.1` (S-19).
    Localhost,
    /// The redirect goes over plaintext to another machine.
    PlaintextRedirect,
    /// The redirect's scheme has no period, so another application may have taken it (S-20).
    SchemeWithoutPeriod,
    /// The scope works only together with `identify` (footnote 3).
    NeedsIdentify(Scope),
    /// The scope needs Discord's approval (O-058).
    NeedsApproval(Scope),
    /// The scope needs a bot account (O-057).
    NeedsBotAccount(Scope),
    /// The document strikes the scope through.
    Deprecated(Scope),
    /// No state is sent (O-088).
    NoState,
    /// No PKCE challenge is sent.
    NoPkce,
    /// Discord answers `role_connections.write` with PKCE by `invalid_scope` (P-13): switch PKCE off and use the
    /// secret.
    RoleConnectionsWithPkce,
}

impl Authorization {
    /// The likely mistakes, in no particular order.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let mut found: Vec<_> = self
            .scopes
            .iter()
            .flat_map(|scope| self.of_scope(scope))
            .collect();
        if let Some(uri) = &self.redirect_uri {
            let custom = uri.is_custom_scheme();
            let host = uri.host();
            if !custom && host.eq_ignore_ascii_case("localhost") {
                found.push(Warning::Localhost);
            } else if uri.is_plaintext() && !uri.is_loopback() {
                found.push(Warning::PlaintextRedirect);
            }
            if custom && !uri.scheme().contains('.') {
                found.push(Warning::SchemeWithoutPeriod);
            }
        }
        if !self.state.is_on() {
            found.push(Warning::NoState);
        }
        if !self.verifier.is_on() {
            found.push(Warning::NoPkce);
        } else if self.scopes.contains(&Scope::RoleConnectionsWrite) {
            found.push(Warning::RoleConnectionsWithPkce);
        }
        found
    }

    fn of_scope(&self, scope: &Scope) -> Vec<Warning> {
        let mut found = Vec::new();
        let mut add = |applies: bool, warning: fn(Scope) -> Warning| {
            if applies {
                found.push(warning(scope.clone()));
            }
        };
        let silent = self.prompt == Some(Prompt::None);
        add(
            silent && scope.is(Restriction::Passthrough),
            Warning::AlwaysAsks,
        );
        let identify = self.scopes.expanded().contains(&Scope::Identify);
        add(
            !identify && scope.is(Restriction::DependsOnIdentify),
            Warning::NeedsIdentify,
        );
        add(!scope.is_public(), Warning::NeedsApproval);
        add(scope.is(Restriction::BotAccount), Warning::NeedsBotAccount);
        add(scope.is(Restriction::Deprecated), Warning::Deprecated);
        found
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlwaysAsks(scope) => {
                write!(f, "{scope} is asked for each time, whatever prompt says")
            }
            Self::Localhost => {
                f.write_str("localhost may be another machine, 127.0.0.1 is this one")
            }
            Self::PlaintextRedirect => {
                f.write_str("the redirect goes over plaintext to another machine")
            }
            Self::SchemeWithoutPeriod => {
                f.write_str("the redirect's scheme has no period, another application may have it")
            }
            Self::NeedsIdentify(scope) => write!(f, "{scope} works only together with identify"),
            Self::NeedsApproval(scope) => write!(f, "{scope} needs approval by Discord"),
            Self::NeedsBotAccount(scope) => write!(f, "{scope} needs a bot account"),
            Self::Deprecated(scope) => write!(f, "{scope} is deprecated"),
            Self::NoState => f.write_str("without state a forged redirect cannot be detected"),
            Self::NoPkce => f.write_str("without PKCE a stolen code can be used by others"),
            Self::RoleConnectionsWithPkce => {
                f.write_str("role_connections.write is refused with PKCE")
            }
        }
    }
}
