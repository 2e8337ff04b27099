//! Tests of logged failures.

#[path = "../../../tests/it/support/log.rs"]
#[allow(dead_code)]
pub(crate) mod kept;

use super::*;
use kept::Kept;

fn refused(counts: &[u64]) -> Vec<String> {
    let lines = counts.iter();
    lines
        .map(|count| format!("refused reason=busy count={count}"))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn failures_are_logged_at_a_bounded_pace_and_none_is_lost() {
    let (kept, _guard) = Kept::start();
    let log = ThrottledLog::default();
    let busy = Failure::Refused(Refusal::Busy);
    for _ in 0..1_000 {
        log.failed(busy);
        log.failed(Failure::Accounts(AccountsFailure::Throttled));
    }
    tokio::time::advance(PACE).await;
    log.failed(busy);
    log.failed(busy);
    log.flush();
    log.flush();
    let told = [
        "refused reason=busy count=1",
        "accounts_failed reason=throttled count=1",
        "refused reason=busy count=1000",
        "refused reason=busy count=1",
        "accounts_failed reason=throttled count=999",
    ];
    assert_eq!(kept.lines(), told);
}

#[tokio::test(start_paused = true)]
async fn a_burst_is_logged_in_full_when_nothing_more_happens() {
    let (kept, _guard) = Kept::start();
    let log = ThrottledLog::default();
    let quiet = async |time| {
        tokio::time::timeout(time, log.keep_logging())
            .await
            .unwrap_err();
    };
    for _ in 0..1_000 {
        log.failed(Failure::Refused(Refusal::Busy));
    }
    quiet(PACE - LOOK).await;
    assert_eq!(kept.lines(), refused(&[1]));
    quiet(LOOK * 2).await;
    assert_eq!(kept.lines(), refused(&[1, 999]));
    // such a count keeps the pace, too
    log.failed(Failure::Refused(Refusal::Busy));
    quiet(PACE - LOOK * 3).await;
    assert_eq!(kept.lines(), refused(&[1, 999]));
    quiet(PACE * 3).await;
    assert_eq!(kept.lines(), refused(&[1, 999, 1]));
}
