//! The redirect that answers an authorize URL (section D of the checklist).
//!
//! [`PendingCode`] and [`PendingImplicit`] are what stayed here when a flow began. Their `accept` consumes them, so
//! that no flow ends twice (S-08), and believes nothing in the redirect, errors included, before its state and issuer
//! fit.
//!
//! ```
//! use oauth2_discord::callback::PendingCode;
//! use oauth2_discord::{CodeVerifier, ConfidentialClient, ClientSecret, Snowflake, State};
//!
//! // as they were put into the person's web session when the flow began
//! let pending = PendingCode::new(State::new("15773059ghq9183habn"))
//!     .with_verifier(CodeVerifier::new("Qs-0Scio0ScPJDYOFy1NYsOAsj6Rb6cP-Y12N9pbwV0")?)
//!     .with_redirect_uri("https://nicememe.website".parse()?);
//! let accepted = pending.accept(
//!     "https://nicememe.website/?code=NhhvTDYsFcdgNLnnLijcl7Ku7bEEeee&state=15773059ghq9183habn",
//! )?;
//! let client = ConfidentialClient::new(Snowflake::new(332269999912132097), ClientSecret::new("937it3ow87"));
//! let exchange = accepted.exchange(client)?; // an `Endpoint`: give it to a carrier
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use accepted::{AcceptedCode, ImplicitToken, UntrustedHints};
pub use error::{CallbackError, Refusal};
pub use pending::{PendingCode, PendingImplicit};

mod accepted;
mod error;
mod expectation;
mod pending;
pub(crate) mod query;

#[cfg(test)]
mod tests;
