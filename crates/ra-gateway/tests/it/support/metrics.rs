//! The numbers of a gateway.

use super::{Host, within};

/// Reads a metric; with a bare name, the sum over its labels.
pub(crate) fn counted(host: &Host, name: &str) -> u64 {
    let page = host.handle.metrics();
    let values = page.lines().filter_map(|line| {
        let (sample, value) = line.strip_prefix("ra_gateway_")?.rsplit_once(' ')?;
        let bare = sample.split('{').next();
        (sample == name || bare == Some(name)).then(|| value.parse::<u64>().unwrap())
    });
    values.sum()
}

/// Resolves once it is so.
pub(crate) async fn until(what: impl Fn() -> bool) {
    within(async {
        while !what() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
