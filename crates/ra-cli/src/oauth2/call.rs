//! Calls: each one is bounded, and Ctrl-C and SIGTERM end it.

use core::future::Future;
use core::time::Duration;

use oauth2_discord::error::Repeat;
use ra_http::{BaseUrl, Endpoint, HttpError};
use ra_tokio::{HttpCarrier, Network};
use tokio::time::Instant;

use super::end::End;
use super::failed;
use crate::failure::{Failure, Kind};
use crate::stop::Stop;

/// How long a call may take without `--timeout`.
const CALL_WITHIN: Duration = Duration::from_secs(30);

/// Makes calls, until somebody stops it or the time is over.
pub(super) struct Caller {
    carrier: HttpCarrier,
    base: BaseUrl,
    stop: Stop,
    give_up_at: Option<Instant>,
}

impl Caller {
    /// Catches the signals, and lets the time run.
    pub(super) fn start(
        network: Network,
        base: BaseUrl,
        timeout: Option<Duration>,
    ) -> Result<Self, Failure> {
        let stop = Stop::catch()
            .map_err(|error| Failure::new(Kind::Local, format!("cannot catch signals: {error}")))?;
        Ok(Self {
            carrier: HttpCarrier::new(network),
            base,
            stop,
            give_up_at: timeout.and_then(|timeout| Instant::now().checked_add(timeout)),
        })
    }

    /// Makes a call and reads its reply. `repeat` is the endpoint's `REPEAT`, or [`Repeat::Safe`] where it has none.
    pub(super) async fn call<E: Endpoint>(
        &mut self,
        endpoint: &E,
        repeat: Repeat,
    ) -> Result<E::Reply, End> {
        let reply = self.attempt(endpoint).await?;
        reply.map_err(|error| failed::call(&error, repeat))
    }

    /// The same for those who want to look at the error themselves.
    pub(super) async fn attempt<E: Endpoint>(
        &mut self,
        endpoint: &E,
    ) -> Result<Result<E::Reply, HttpError>, End> {
        let within = match self.give_up_at {
            Some(end) => end.saturating_duration_since(Instant::now()),
            None => CALL_WITHIN,
        };
        let carrier = self.carrier.clone().with_timeout(within);
        let base = self.base.clone();
        self.unless_stopped(carrier.call(endpoint, &base)).await
    }

    /// Waits for something that is no call.
    pub(super) async fn unless_stopped<T>(
        &mut self,
        future: impl Future<Output = T>,
    ) -> Result<T, End> {
        tokio::select! {
            biased;
            () = self.stop.requested() => Err(End::Cancelled),
            done = future => Ok(done),
        }
    }

    /// When the time of `--timeout` is over.
    pub(super) const fn give_up_at(&self) -> Option<Instant> {
        self.give_up_at
    }
}
