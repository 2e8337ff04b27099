//! Makes calls: each one has a time limit, and Ctrl-C and SIGTERM end it.

use core::future::Future;
use core::time::Duration;

use oauth2_discord::error::{Advice, Repeat, advice};
use ra_http::{BaseUrl, Endpoint, HttpError};
use ra_tokio::{HttpCarrier, Network};
use tokio::time::{Instant, timeout, timeout_at};

use super::outcome;
use crate::outcome::{End, Failure};
use crate::output::Printer;
use crate::signals::Stop;

/// Time limit of a call without `--timeout`.
const CALL_WITHIN: Duration = Duration::from_secs(30);
/// Time limit of a person without `--timeout`.
const PERSON_WITHIN: Duration = Duration::from_secs(600);
/// Time that a single-use call gets to finish after a signal.
const REPLY_WITHIN: Duration = Duration::from_secs(5);

/// Makes calls until a signal comes or the time is over.
pub(super) struct Caller {
    carrier: HttpCarrier,
    base: BaseUrl,
    stop: Stop,
    give_up_at: Option<Instant>,
}

impl Caller {
    /// Catches the signals and starts the time.
    pub(super) fn start(
        network: Network,
        base: BaseUrl,
        timeout: Option<Duration>,
    ) -> Result<Self, Failure> {
        let stop = Stop::catch()?;
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
        reply.map_err(|error| outcome::of_call(&error, repeat))
    }

    /// Makes a call whose error the caller reads.
    pub(super) async fn attempt<E: Endpoint>(
        &mut self,
        endpoint: &E,
    ) -> Result<Result<E::Reply, HttpError>, End> {
        let (carrier, base) = (self.carrier(), self.base.clone());
        let reply = self.unless_stopped(carrier.call(endpoint, &base)).await?;
        tracing::info!(succeeded = reply.is_ok(), "the call was answered");
        Ok(reply)
    }

    /// Makes a single-use call, whose reply would be lost with it: after a signal it waits a little for the reply,
    /// until a second signal comes. A token that arrives in that time counts.
    pub(super) async fn attempt_once<E: Endpoint>(
        &mut self,
        endpoint: &E,
        printer: &mut Printer,
    ) -> Result<Result<E::Reply, HttpError>, End> {
        let (carrier, base) = (self.carrier(), self.base.clone());
        let mut call = core::pin::pin!(carrier.call(endpoint, &base));
        if let Ok(reply) = self.unless_stopped(&mut call).await {
            return Ok(reply);
        }
        printer.remark("Waiting up to 5 s for a reply that would be lost. Again stops at once.")?;
        match self.unless_stopped(timeout(REPLY_WITHIN, call)).await {
            Ok(Ok(Ok(reply))) => Ok(Ok(reply)),
            Ok(Ok(Err(error))) if advice(&error, Repeat::SingleUse) != Advice::OutcomeUnknown => {
                Err(End::Cancelled)
            }
            _ => Err(End::CancelledUnanswered),
        }
    }

    /// The carrier for a call that starts now.
    fn carrier(&self) -> HttpCarrier {
        tracing::info!("calling");
        let within = match self.give_up_at {
            Some(end) => end.saturating_duration_since(Instant::now()),
            None => CALL_WITHIN,
        };
        self.carrier.clone().with_timeout(within)
    }

    /// Waits for a person. `late` is the message when the time is over.
    pub(super) async fn person<T>(
        &mut self,
        future: impl Future<Output = T>,
        late: &str,
    ) -> Result<T, End> {
        let end = self.give_up_at;
        let end = end.unwrap_or_else(|| Instant::now() + PERSON_WITHIN);
        let done = self.unless_stopped(timeout_at(end, future)).await?;
        done.map_err(|_| outcome::expired(late).into())
    }

    /// Waits for anything else than a call.
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

    /// Returns the moment at which `--timeout` ends the command.
    pub(super) const fn give_up_at(&self) -> Option<Instant> {
        self.give_up_at
    }
}
