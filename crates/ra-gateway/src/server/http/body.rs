//! Request bodies: small, and soon.

use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::limits::Limits;
use crate::observe::problem::Problem;

/// Reads a body of at most [`Limits::body_bytes`] in at most [`Limits::body_within`]. It holds
/// tickets and tokens: it is wiped on drop.
pub(super) async fn read(body: Incoming, limits: &Limits) -> Result<Zeroizing<Vec<u8>>, Problem> {
    read_within(body, limits.body_bytes, limits.body_within).await
}

async fn read_within(
    mut body: Incoming,
    cap: usize,
    within: Duration,
) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let told = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if told > cap {
        return Err(Problem::TooLarge);
    }
    let read = async {
        // room for all of it at once where its length is known: growing would leave copies behind
        let mut whole = Zeroizing::new(Vec::with_capacity(told));
        while let Some(frame) = body.frame().await {
            // the client has gone, or does not speak HTTP
            let Ok(frame) = frame else {
                return Err(Problem::NotJson);
            };
            let Ok(data) = frame.into_data() else {
                continue;
            };
            if data.len() > cap - whole.len() {
                return Err(Problem::TooLarge);
            }
            whole.extend_from_slice(&data);
        }
        Ok(whole)
    };
    timeout(within, read).await.unwrap_or(Err(Problem::TooSlow))
}
