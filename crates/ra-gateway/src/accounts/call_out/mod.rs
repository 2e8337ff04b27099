//! Accounts kept by the host's own server, asked over HTTP. `docs/accounts.md` describes the
//! messages.

#[cfg(test)]
mod tests;
mod wire;

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use ra_http::{BaseUrl, Body, TransportError, TransportErrorKind};
use ra_proto::rest::MfaMethod;
use ra_proto::{MfaAnswerText, Token, User};
use tokio::sync::Semaphore;

use super::{Account, Accounts, AccountsError, AccountsErrorKind, AccountsFailure, Answer};
use wire::Question;

/// Future of a [`Carrier`]'s response.
pub type Carried<'a> =
    Pin<Box<dyn Future<Output = Result<Response<Body>, TransportError>> + Send + 'a>>;

/// Brings a request to the host's server and the reply back. `ra_tokio::HttpCarrier` is meant for
/// this; a few lines around any HTTP library make another.
///
/// A carrier follows no redirect, speaks plaintext to this machine only, and reads no more than
/// [`ra_http::MAX_BODY_BYTES`] of a body.
pub trait Carrier: fmt::Debug + Send + Sync {
    /// Sends `request`; the whole exchange takes no longer than `within`.
    fn send(&self, request: Request<Body>, within: Duration) -> Carried<'_>;
}

/// Accounts by HTTP call-out (R-57). Looking up an `Authorization` header, minting a token and
/// checking a second factor are each a `POST` to the host's own server.
///
/// Only the look-up is repeated, once, and any question that never reached the server: the others
/// must not be carried out twice. Questions over the limit of those [at a
/// time](Self::with_at_a_time) are not queued.
///
/// ```
/// use std::sync::Arc;
/// use ra_gateway::accounts::{Carrier, HttpCallOut};
///
/// fn accounts(carrier: Arc<dyn Carrier>) -> Result<HttpCallOut, Box<dyn std::error::Error>> {
///     let url = "https://accounts.example/gateway".parse()?;
///     Ok(HttpCallOut::new(url, carrier).with_secret("only the gateway knows")?)
/// }
/// ```
pub struct HttpCallOut {
    base: BaseUrl,
    carrier: Arc<dyn Carrier>,
    secret: Option<Token>,
    within: Duration,
    places: Semaphore,
}

impl HttpCallOut {
    /// Asks the server at `base`; `https`, or `http` on this machine.
    #[must_use]
    pub fn new(base: BaseUrl, carrier: Arc<dyn Carrier>) -> Self {
        Self {
            base,
            carrier,
            secret: None,
            within: Duration::from_secs(2),
            places: Semaphore::new(64),
        }
    }

    /// Sets the secret that proves to the server that the gateway asks. It is sent in the header
    /// `X-RA-Secret`.
    ///
    /// # Errors
    ///
    /// A secret that no header can carry: 1 to 512 visible ASCII characters.
    pub fn with_secret(self, secret: &str) -> Result<Self, InvalidSecret> {
        let fits =
            (1..=512).contains(&secret.len()) && secret.bytes().all(|b| b.is_ascii_graphic());
        if !fits {
            return Err(InvalidSecret);
        }
        Ok(Self {
            secret: Some(Token::new(secret.to_owned())),
            ..self
        })
    }

    /// Sets the time limit of each attempt; default 2 s. All attempts of a call together may take
    /// [`Limits::accounts_within`](crate::Limits::accounts_within).
    #[must_use]
    pub fn with_timeout(self, within: Duration) -> Self {
        Self { within, ..self }
    }

    /// Sets how many questions may be in progress at a time; default 64. More are answered with
    /// 503.
    #[must_use]
    pub fn with_at_a_time(self, count: u16) -> Self {
        Self {
            places: Semaphore::new(count.into()),
            ..self
        }
    }

    async fn ask<T>(&self, question: &Question<'_, T>) -> Result<T, AccountsError> {
        let Ok(_place) = self.places.try_acquire() else {
            let busy = AccountsError::new(AccountsErrorKind::Unavailable);
            let busy = busy.with_failure(AccountsFailure::TooMany);
            return Err(busy.with_retry_after(Duration::from_secs(1)));
        };
        match self.attempt(question).await {
            Err(failed) if failed.may_be_repeated(question.is_safe) => self.attempt(question).await,
            done => done,
        }
        .map_err(|failed| failed.error)
    }

    async fn attempt<T>(&self, question: &Question<'_, T>) -> Result<T, Failed> {
        let request = question.to_http(&self.base, self.secret.as_ref())?;
        let response = self.carrier.send(request, self.within).await?;
        Ok(question.reply(response)?)
    }
}

/// A failed attempt.
struct Failed {
    error: AccountsError,
    /// The server cannot have heard it.
    never_left: bool,
}

impl Failed {
    /// A server that says when to come back is not asked before.
    fn may_be_repeated(&self, is_safe: bool) -> bool {
        self.error.kind() == AccountsErrorKind::Unavailable
            && self.error.retry_after().is_none()
            && (is_safe || self.never_left)
    }
}

impl From<AccountsError> for Failed {
    fn from(error: AccountsError) -> Self {
        Self {
            error,
            never_left: false,
        }
    }
}

impl From<TransportError> for Failed {
    fn from(error: TransportError) -> Self {
        use TransportErrorKind as K;
        let never_left = matches!(error.kind(), K::Resolve | K::Connect | K::Proxy);
        let is_no_http = is_no_http(&error);
        let kind = match error.kind() {
            _ if is_no_http => AccountsErrorKind::Broken,
            K::Tls | K::BodyTooLarge | K::NotAllowed => AccountsErrorKind::Broken,
            _ => AccountsErrorKind::Unavailable,
        };
        let failure = match error.kind() {
            _ if is_no_http => AccountsFailure::BadAnswer,
            K::Timeout => AccountsFailure::TimedOut,
            K::Resolve | K::Connect | K::Proxy | K::NotAllowed => AccountsFailure::NoConnection,
            K::Tls => AccountsFailure::Tls,
            K::Lost => AccountsFailure::CutOff,
            K::BodyTooLarge | K::Upgrade { .. } => AccountsFailure::BadAnswer,
            _ => AccountsFailure::Unavailable,
        };
        let error = AccountsError::new(kind)
            .with_failure(failure)
            .with_source(error);
        Self { error, never_left }
    }
}

/// Returns true if the server answered in another protocol than HTTP. Only known for carriers that
/// use hyper.
fn is_no_http(error: &TransportError) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.downcast_ref().is_some_and(hyper::Error::is_parse) {
            return true;
        }
        cause = error.source();
    }
    false
}

impl Accounts for HttpCallOut {
    fn authenticate<'a>(&'a self, authorization: &'a Token) -> Answer<'a, Option<Account>> {
        Box::pin(async move {
            match self.ask(&wire::authenticate(authorization)).await {
                Ok(account) => Ok(Some(account)),
                Err(error) if error.kind() == AccountsErrorKind::Unknown => Ok(None),
                Err(error) => Err(error),
            }
        })
    }

    fn mint_token<'a>(&'a self, user: &'a User) -> Answer<'a, Token> {
        Box::pin(async move { self.ask(&wire::mint_token(user)).await })
    }

    fn verify_mfa<'a>(
        &'a self,
        user: &'a User,
        method: &'a MfaMethod,
        answer: &'a MfaAnswerText,
    ) -> Answer<'a, bool> {
        Box::pin(async move { self.ask(&wire::verify_mfa(user, method, answer)).await })
    }
}

impl fmt::Debug for HttpCallOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpCallOut")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

/// A secret that no header can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidSecret;

impl fmt::Display for InvalidSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the secret is not 1 to 512 visible ascii characters")
    }
}

impl Error for InvalidSecret {}
