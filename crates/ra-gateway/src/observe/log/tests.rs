//! How failures are told.

use super::*;

#[derive(Debug, Default)]
struct Kept(Mutex<Vec<Event>>);

impl Log for Kept {
    fn record(&self, event: &Event) {
        lock(&self.0).push(*event);
    }
}

#[tokio::test(start_paused = true)]
async fn failures_are_told_at_a_bounded_pace_and_none_is_lost() {
    let kept = Arc::new(Kept::default());
    let log: Arc<dyn Log> = Arc::<Kept>::clone(&kept);
    let journal = Journal::new(Some(log));
    for _ in 0..1_000 {
        journal.refused("busy");
        journal.accounts_failed("busy");
    }
    tokio::time::advance(PACE).await;
    journal.refused("busy");
    journal.refused("busy");
    journal.flush();
    journal.flush();
    let told = [
        (Failed::Refused("busy"), 1),
        (Failed::Accounts("busy"), 1),
        (Failed::Refused("busy"), 1_000),
        (Failed::Refused("busy"), 1),
        (Failed::Accounts("busy"), 999),
    ];
    let told = told.map(|(of, count)| of.times(count));
    assert_eq!(*lock(&kept.0), told);
}

#[tokio::test(start_paused = true)]
async fn a_burst_is_told_in_full_when_nothing_more_happens() {
    let kept = Arc::new(Kept::default());
    let log: Arc<dyn Log> = Arc::<Kept>::clone(&kept);
    let journal = Journal::new(Some(log));
    let told = |counts: &[u64]| {
        let events = counts
            .iter()
            .map(|count| Failed::Refused("busy").times(*count));
        assert_eq!(*lock(&kept.0), events.collect::<Vec<_>>());
    };
    let quiet = async |time| {
        tokio::time::timeout(time, journal.keep_telling())
            .await
            .unwrap_err();
    };
    for _ in 0..1_000 {
        journal.refused("busy");
    }
    quiet(PACE - LOOK).await;
    told(&[1]);
    quiet(LOOK * 2).await;
    told(&[1, 999]);
    // what was told so counts for the pace, too
    journal.refused("busy");
    quiet(PACE - LOOK * 3).await;
    told(&[1, 999]);
    quiet(PACE * 3).await;
    told(&[1, 999, 1]);
}
