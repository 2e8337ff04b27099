//! The token keeper: holds a token set, refreshes it once for all who wait, and stores it (S-42).
//!
//! A [`Keeper`] is a machine without I/O: [`Keeper::want`] says what to do now, and of all who ask while a refresh is
//! out only the first is told to make the call. Waking the others is up to the adapter: after each [`Keeper::reply`]
//! they ask again. What a reply brings is written to the [`Store`] before anybody gets it, so that a process that dies
//! loses no token that was used.
//!
//! The set is dropped as a whole when it is dead: after `invalid_grant` (P-06), after a revocation (O-167), after an
//! unmerge (O-178). After a refresh whose outcome nobody knows, the old refresh token is kept until the service says
//! `invalid_grant`, as refresh tokens are single use (P-12) and the request may never have arrived (S-38).
//!
//! ```
//! use oauth2_discord::keeper::{Change, Keeper, MemoryStore, Want};
//! use oauth2_discord::{AccessToken, PublicClient, RefreshToken, Snowflake, Token, UnixTime};
//!
//! let client = PublicClient::new(Snowflake::new(157730590492196864));
//! let mut keeper = Keeper::open(client, Box::new(MemoryStore::default()))?;
//! let mut token = Token::new(AccessToken::new("first"));
//! token.refresh_token = Some(RefreshToken::new("once"));
//! token.expires_in = Some(604_800);
//! keeper.adopt(UnixTime::from_secs(1_000_000), token)?;
//!
//! // a week later
//! let now = UnixTime::from_secs(1_604_800);
//! let Want::Refresh(call) = keeper.want(now)? else { unreachable!() };
//! assert!(matches!(keeper.want(now)?, Want::Wait { .. })); // everybody else
//! // a carrier sends `call.refresh`; this came back:
//! let reply = Token::new(AccessToken::new("second"));
//! assert_eq!(keeper.reply(now, call.id, Ok(reply))?, Change::Refreshed);
//! assert!(matches!(keeper.want(now)?, Want::Ready(access) if access.expose() == "second"));
//! # Ok::<(), oauth2_discord::keeper::StoreError>(())
//! ```

use core::{fmt, time::Duration};

use ra_http::HttpError;

use crate::error::{Advice, ErrorCode, advice, code};
use crate::grant::{Refresh, Revoke};
use crate::{AccessToken, Client, EndpointUrl, RefreshToken, Token, UnixTime};

#[cfg(feature = "file-store")]
pub use file::FileStore;
pub use set::TokenSet;
pub use store::{MemoryStore, Store, StoreError, StoreErrorKind};

#[cfg(feature = "file-store")]
mod file;
mod set;
mod store;
#[cfg(test)]
mod tests;

/// A token is replaced this long before its expiry; a tenth of its lifetime if that is shorter.
const LEEWAY: Duration = Duration::from_secs(60);
/// Wait after a first failed refresh; it doubles with each further failure.
const FIRST_WAIT: Duration = Duration::from_secs(5);
/// Longest wait, also used after an error that a repetition does not cure (P-08).
const LONGEST_WAIT: Duration = Duration::from_secs(300);
/// Default time limit of a call.
const CALL_WITHIN: Duration = Duration::from_secs(60);

/// Keeps one person's tokens. One keeper per stored set: two would spend each other's refresh tokens.
pub struct Keeper {
    client: Client,
    place: Option<EndpointUrl>,
    call_within: Duration,
    store: Box<dyn Store + Send>,
    held: Option<TokenSet>,
    /// The held set is not stored yet.
    unsaved: bool,
    /// The peer refused the access token before its time.
    rejected: bool,
    /// Counts the sets: a reply to a refresh of an earlier one is stale.
    generation: u64,
    calls: u64,
    in_flight: Option<InFlight>,
    failures: u32,
    /// No refresh before this.
    rest: Option<Wait>,
}

/// Reply to a caller that wants an access token.
#[derive(Debug)]
#[non_exhaustive]
pub enum Want {
    /// Use this access token.
    Ready(AccessToken),
    /// Make this call and hand its result to [`Keeper::reply`]. Nobody else is told to until it is answered or overdue.
    Refresh(Call),
    /// A refresh is out. Ask again after the next [`Keeper::reply`], at `until` at the latest: then the call counts as
    /// lost.
    Wait {
        /// When the call is overdue.
        until: UnixTime,
    },
    /// The access token has expired, and the last refresh failed. Ask again then.
    Later {
        /// When the next refresh may be tried.
        at: UnixTime,
    },
    /// There are no usable tokens: a person has to authorize. [`Keeper::adopt`] takes the new token.
    Authorize,
}

/// A refresh to make.
#[derive(Debug)]
#[non_exhaustive]
pub struct Call {
    /// The id for [`Keeper::reply`].
    pub id: CallId,
    /// The call.
    pub refresh: Refresh,
}

/// Which call it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CallId {
    generation: u64,
    call: u64,
}

/// Change by a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Change {
    /// There is a new set, and it is stored.
    Refreshed,
    /// The refresh token is dead: the whole set was dropped.
    Dropped,
    /// The refresh failed; all is as it was.
    Kept,
    /// The set of this call is no longer held. Nothing changed.
    Stale,
}

struct InFlight {
    id: CallId,
    wait: Wait,
}

/// A wait on a clock that people set: it is over as well if the clock was set back by more than the wait.
#[derive(Clone, Copy)]
struct Wait {
    until: UnixTime,
    length: Duration,
}

impl Keeper {
    /// Keeps the set of the store.
    ///
    /// # Errors
    /// The store cannot be read. Nothing in it was changed.
    pub fn open(
        client: impl Into<Client>,
        mut store: Box<dyn Store + Send>,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            client: client.into(),
            place: None,
            call_within: CALL_WITHIN,
            held: store.load()?,
            store,
            unsaved: false,
            rejected: false,
            generation: 0,
            calls: 0,
            in_flight: None,
            failures: 0,
            rest: None,
        })
    }

    /// Refreshes at this URL instead of the path below the base.
    #[must_use]
    pub fn at(mut self, url: EndpointUrl) -> Self {
        self.place = Some(url);
        self
    }

    /// Time after which an unanswered refresh counts as lost; 60 s by default. Give the carrier less.
    #[must_use]
    pub fn call_within(mut self, wait: Duration) -> Self {
        self.call_within = wait;
        self
    }

    /// Tells a caller that wants an access token what to do now.
    ///
    /// # Errors
    /// A change could not be stored. It is kept in memory and handed to nobody; the next call tries again.
    pub fn want(&mut self, now: UnixTime) -> Result<Want, StoreError> {
        self.settle()?;
        let Some(set) = &self.held else {
            return Ok(Want::Authorize);
        };
        let ready = Want::Ready(set.token.access_token.clone());
        let expired = self.rejected || set.expires_at.is_some_and(|end| now >= end);
        if !expired && set.due(LEEWAY).is_none_or(|due| now < due) {
            return Ok(ready);
        }
        let Some(refresh_token) = set.token.refresh_token.clone() else {
            return Ok(if expired { Want::Authorize } else { ready });
        };
        if self
            .in_flight
            .take_if(|call| call.wait.is_over(now))
            .is_some()
        {
            self.failed(now, FIRST_WAIT); // lost; the adapter may have been cancelled
        }
        if let Some(call) = &self.in_flight {
            let until = call.wait.until;
            return Ok(Want::Wait { until });
        }
        if let Some(rest) = self.rest.filter(|rest| !rest.is_over(now)) {
            let later = Want::Later { at: rest.until };
            return Ok(if expired { later } else { ready });
        }
        Ok(Want::Refresh(self.call(now, refresh_token)))
    }

    /// Takes what came of a call. A success counts even if the call was overdue, as long as no other was faster.
    ///
    /// # Errors
    /// The change could not be stored. It is kept in memory, and the next [`Keeper::want`] tries again.
    pub fn reply(
        &mut self,
        now: UnixTime,
        id: CallId,
        reply: Result<Token, HttpError>,
    ) -> Result<Change, StoreError> {
        let Some(set) = self
            .held
            .as_ref()
            .filter(|_| id.generation == self.generation)
        else {
            return Ok(Change::Stale);
        };
        let error = match reply {
            Ok(token) => {
                let token = set.token.clone().succeeded_by(token);
                self.replace(Some(TokenSet::arrived(now, token)));
                self.rest = Some(Wait::new(now, FIRST_WAIT)); // a rejection of this token as well causes no storm
                self.settle()?;
                return Ok(Change::Refreshed);
            }
            Err(error) => error,
        };
        // Not if another call is out: that one may have spent the token.
        let decides = self.in_flight.as_ref().is_none_or(|call| call.id == id);
        if decides && code(&error) == Some(ErrorCode::InvalidGrant) {
            self.replace(None);
            self.settle()?;
            return Ok(Change::Dropped);
        }
        if self.in_flight.take_if(|call| call.id == id).is_some() {
            let counted = matches!(error.status().map(|s| s.as_u16()), Some(401 | 403 | 407));
            let wait = match advice(&error, Refresh::REPEAT) {
                Advice::AskAgain { after } => after.max(FIRST_WAIT),
                // 401 and 403 are counted (P-08)
                Advice::OutcomeUnknown if !counted => FIRST_WAIT,
                _ => LONGEST_WAIT,
            };
            self.failed(now, wait);
        }
        Ok(Change::Kept)
    }

    /// Takes over a set that a person has just authorized, instead of the one held.
    ///
    /// # Errors
    /// The set could not be stored. It is kept in memory, and the next [`Keeper::want`] tries again.
    pub fn adopt(&mut self, now: UnixTime, token: Token) -> Result<(), StoreError> {
        self.replace(Some(TokenSet::arrived(now, token)));
        self.settle()
    }

    /// Drops the whole set, here and in the store: after a revocation of any of its tokens (O-167), after an unmerge
    /// (O-178), or when the person logs out. A refresh that is still out changes nothing any more.
    ///
    /// # Errors
    /// The store still has it. Nobody gets it from this keeper, and the next [`Keeper::want`] tries again.
    pub fn forget(&mut self) -> Result<(), StoreError> {
        self.replace(None);
        self.settle()
    }

    /// The call that revokes everything (O-167); [`Keeper::forget`] when it succeeded. `None` if nothing is held.
    #[must_use]
    pub fn revocation(&self) -> Option<Revoke> {
        let token = &self.held.as_ref()?.token;
        let client = self.client.clone();
        Some(match &token.refresh_token {
            Some(refresh_token) => Revoke::refresh(client, refresh_token.clone()),
            None => Revoke::access(client, token.access_token.clone()),
        })
    }

    /// A call with this access token was answered 401. If it is the one held, the next [`Keeper::want`] refreshes; word
    /// of an earlier one changes nothing.
    pub fn rejected(&mut self, access_token: &AccessToken) {
        let held = self.held.as_ref().map(|set| &set.token.access_token);
        self.rejected |= held == Some(access_token);
    }

    /// The held set, stored or not.
    #[must_use]
    pub fn held(&self) -> Option<&TokenSet> {
        self.held.as_ref()
    }

    fn replace(&mut self, set: Option<TokenSet>) {
        self.held = set;
        self.unsaved = true;
        self.rejected = false;
        self.generation += 1;
        self.in_flight = None;
        self.failures = 0;
        self.rest = None;
    }

    /// Stores a change; before that, nobody gets the new tokens.
    fn settle(&mut self) -> Result<(), StoreError> {
        if self.unsaved {
            match &self.held {
                Some(set) => self.store.save(set)?,
                None => self.store.clear()?,
            }
            self.unsaved = false;
        }
        Ok(())
    }

    fn call(&mut self, now: UnixTime, refresh_token: RefreshToken) -> Call {
        let mut refresh = Refresh::new(self.client.clone(), refresh_token);
        if let Some(url) = &self.place {
            refresh = refresh.at(url.clone());
        }
        self.calls += 1;
        let id = CallId {
            generation: self.generation,
            call: self.calls,
        };
        let wait = Wait::new(now, self.call_within);
        self.in_flight = Some(InFlight { id, wait });
        Call { id, refresh }
    }

    fn failed(&mut self, now: UnixTime, wait: Duration) {
        let doubled = FIRST_WAIT.saturating_mul(1 << self.failures.min(10));
        self.failures = self.failures.saturating_add(1);
        self.rest = Some(Wait::new(now, wait.max(doubled.min(LONGEST_WAIT))));
    }
}

impl Wait {
    fn new(now: UnixTime, length: Duration) -> Self {
        let until = now.saturating_add(length);
        Self { until, length }
    }

    fn is_over(self, now: UnixTime) -> bool {
        now >= self.until || self.until.saturating_since(now) > self.length.saturating_mul(2)
    }
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keeper")
            .field("held", &self.held)
            .field("unsaved", &self.unsaved)
            .field("in_flight", &self.in_flight.as_ref().map(|call| call.id))
            .finish_non_exhaustive()
    }
}
