//! The time now, and times as text.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use oauth2_discord::UnixTime;

/// The time on this machine's clock.
pub(super) fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    UnixTime::from_secs(since.map_or(0, |since| since.as_secs()))
}

/// The time in UTC as in `2021-01-23T02:33:17+00:00`, which is how the service writes it. Times after the year 9999 are
/// shown as its end.
pub(super) fn text(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).ok();
    let time = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    let time = time.unwrap_or(Timestamp::MAX);
    time.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_the_service_writes_them() {
        for (secs, expected) in [
            (0, "1970-01-01T00:00:00+00:00"),
            (1_611_369_197, "2021-01-23T02:33:17+00:00"),
            (951_782_400, "2000-02-29T00:00:00+00:00"),
            (951_868_799, "2000-02-29T23:59:59+00:00"),
            (4_107_542_399, "2100-02-28T23:59:59+00:00"),
            (4_107_542_400, "2100-03-01T00:00:00+00:00"),
            (253_402_207_200, "9999-12-30T22:00:00+00:00"),
            // later than the calendar ends
            (253_402_300_799, "9999-12-30T22:00:00+00:00"),
            (u64::MAX, "9999-12-30T22:00:00+00:00"),
        ] {
            assert_eq!(text(UnixTime::from_secs(secs)), expected);
        }
    }
}
