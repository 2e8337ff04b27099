//! Name look-up: the system's resolver, on a thread that can be left behind.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ra_http::{TransportError, TransportErrorKind};

use crate::job::spawn;
use crate::stop::Stop;

/// At most so many lookups run at once in the whole process; others wait their turn. The system's resolver cannot be
/// stopped and may take half a minute, so lookups that nobody waits for any more could pile up.
const LOOKUPS_MOST: usize = 16;
/// Interval at which a wait for the resolver checks whether it was stopped.
const LOOK: Duration = Duration::from_millis(50);

static UNDER_WAY: Places = Places::new(LOOKUPS_MOST);

/// Looks up the addresses of a host, until `by` at the latest. An address resolves to itself.
pub(super) fn lookup(
    host: &str,
    port: u16,
    by: Instant,
    stop: &Stop,
) -> Result<Vec<SocketAddr>, TransportError> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let host = host.to_owned();
    lookup_with(&UNDER_WAY, by, stop, move || {
        (host.as_str(), port).to_socket_addrs().map(Vec::from_iter)
    })
}

fn lookup_with(
    places: &'static Places,
    by: Instant,
    stop: &Stop,
    resolve: impl FnOnce() -> io::Result<Vec<SocketAddr>> + Send + 'static,
) -> Result<Vec<SocketAddr>, TransportError> {
    let unresolved =
        |error: io::Error| TransportError::with_source(TransportErrorKind::Resolve, error);
    let place = loop {
        if let Some(place) = places.take(left(by, stop)?) {
            break place;
        }
    };
    let (sender, answer) = sync_channel(1);
    spawn("ra-lookup", move || {
        let _place = place;
        let _ = sender.send(resolve());
    })
    .map_err(unresolved)?;
    loop {
        match answer.recv_timeout(left(by, stop)?) {
            Ok(found) => return found.map_err(unresolved),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(TransportError::new(TransportErrorKind::Resolve));
            }
        }
    }
}

/// Returns the wait until the next check, or an error if the time is up or the lookup was stopped.
fn left(by: Instant, stop: &Stop) -> Result<Duration, TransportError> {
    let left = by.saturating_duration_since(Instant::now());
    if left.is_zero() || stop.is_stopped() {
        return Err(TransportError::new(TransportErrorKind::Timeout));
    }
    Ok(left.min(LOOK))
}

/// A counting semaphore: each thread holds one place.
struct Places {
    free: Mutex<usize>,
    freed: Condvar,
}

struct Place(&'static Places);

impl Places {
    const fn new(free: usize) -> Self {
        Self {
            free: Mutex::new(free),
            freed: Condvar::new(),
        }
    }

    fn take(&'static self, within: Duration) -> Option<Place> {
        let waited = self
            .freed
            .wait_timeout_while(self.free(), within, |free| *free == 0);
        let (mut free, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *free = free.checked_sub(1)?;
        Some(Place(self))
    }

    fn free(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        *self.0.free() += 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};

    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    fn soon(within: Duration) -> Instant {
        Instant::now() + within
    }

    /// A resolver that answers when the sender is dropped.
    fn slow() -> (
        Sender<()>,
        impl FnOnce() -> io::Result<Vec<SocketAddr>> + Send + 'static,
    ) {
        let (sender, receiver) = channel::<()>();
        let resolve = move || {
            let _ = receiver.recv();
            Ok(vec![SocketAddr::from(([127, 0, 0, 1], 7))])
        };
        (sender, resolve)
    }

    #[test]
    fn addresses_and_this_machines_name_are_resolved() {
        let stop = Stop::default();
        let of = |host| lookup(host, 7, soon(LONG), &stop).unwrap();
        assert_eq!(of("192.0.2.1"), ["192.0.2.1:7".parse().unwrap()]);
        assert_eq!(of("::1"), ["[::1]:7".parse().unwrap()]);
        assert!(
            of("localhost")
                .iter()
                .any(|address| address.ip().is_loopback())
        );
    }

    #[test]
    fn r19_a_resolver_that_does_not_answer_is_left_behind() {
        static PLACES: Places = Places::new(1);
        let (answer, resolve) = slow();
        let by = soon(Duration::from_millis(30));
        let error = lookup_with(&PLACES, by, &Stop::default(), resolve).unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Timeout);
        // its place is taken until it answers, so that no more than so many are left behind
        let by = soon(4 * LOOK);
        let other = lookup_with(&PLACES, by, &Stop::default(), || Ok(Vec::new()));
        assert_eq!(other.unwrap_err().kind(), TransportErrorKind::Timeout);
        drop(answer);
        assert!(lookup_with(&PLACES, soon(LONG), &Stop::default(), || Ok(Vec::new())).is_ok());
    }

    #[test]
    fn a_lookup_that_is_not_wanted_any_more_ends() {
        static PLACES: Places = Places::new(1);
        let (_answer, resolve) = slow();
        let stop = Stop::default();
        let stopper = stop.clone();
        let (done, ended) = channel();
        std::thread::spawn(move || {
            let by = soon(Duration::from_secs(3600));
            done.send(lookup_with(&PLACES, by, &stop, resolve)).unwrap();
        });
        stopper.stop();
        assert!(ended.recv_timeout(LONG).unwrap().is_err());
    }

    #[test]
    fn a_refusal_and_a_panic_of_the_resolver_are_failures() {
        static PLACES: Places = Places::new(1);
        let stop = Stop::default();
        let refused = lookup_with(&PLACES, soon(LONG), &stop, || {
            Err(io::ErrorKind::NotFound.into())
        });
        assert_eq!(refused.unwrap_err().kind(), TransportErrorKind::Resolve);
        let panicked = lookup_with(&PLACES, soon(LONG), &stop, || {
            panic!("a resolver that panics")
        });
        assert_eq!(panicked.unwrap_err().kind(), TransportErrorKind::Resolve);
    }
}
