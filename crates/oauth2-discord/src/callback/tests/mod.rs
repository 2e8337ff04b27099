//! Section D, and what forged and broken redirects get.

use super::*;
use crate::authorize::RedirectUri;
use crate::{CodeVerifier, Nonce, State};

mod code;
mod implicit;
mod origin;
mod properties;
mod refusals;

const STATE: &str = "15773059ghq9183habn";

fn pending() -> PendingCode {
    PendingCode::new(State::new(STATE)).with_issuer("https://discord.com")
}

fn implicit() -> PendingImplicit {
    PendingImplicit::new(State::new(STATE)).with_issuer("https://discord.com")
}

/// The redirect with this query before the right state.
fn accept(query: &str) -> Result<AcceptedCode, CallbackError> {
    pending().accept(&format!("https://nicememe.website/?{query}&state={STATE}"))
}
