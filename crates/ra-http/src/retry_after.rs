//! How long a peer asks us to wait (R-32): `Retry-After` as seconds, fraction or date, or a body's `retry_after`.

use core::time::Duration;

use http::{HeaderMap, HeaderName, header};

/// Longer waits are clamped to this: nobody waits longer, and it keeps sums of times far from overflow.
pub const MAX_RETRY_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// The wait that the `Retry-After` header asks for, at most [`MAX_RETRY_AFTER`].
///
/// A date (RFC 9110, section 10.2.3) counts from the response's own `Date`, as this crate reads no clock; without
/// `Date` it says nothing. A date in the past means no wait. What is neither is ignored.
///
/// ```
/// let mut headers = http::HeaderMap::new();
/// headers.insert("retry-after", "1.5".parse()?);
/// assert_eq!(ra_http::retry_after(&headers), Some(std::time::Duration::from_millis(1500)));
/// # Ok::<(), http::header::InvalidHeaderValue>(())
/// ```
#[must_use]
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = text(headers, header::RETRY_AFTER)?;
    seconds(text).or_else(|| {
        let until = httpdate::parse_http_date(text).ok()?;
        let now = httpdate::parse_http_date(self::text(headers, header::DATE)?).ok()?;
        Some(
            until
                .duration_since(now)
                .unwrap_or_default()
                .min(MAX_RETRY_AFTER),
        )
    })
}

/// The wait of a number of seconds as a body has it.
pub(crate) fn from_seconds(seconds: f64) -> Option<Duration> {
    if seconds.is_nan() || seconds < 0.0 {
        return None;
    }
    let wait = Duration::try_from_secs_f64(seconds).unwrap_or(MAX_RETRY_AFTER);
    Some(wait.min(MAX_RETRY_AFTER))
}

/// Digits with at most one fraction; no sign, no exponent, no `inf`.
fn seconds(text: &str) -> Option<Duration> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    (digits(whole) && digits(fraction)).then(|| text.parse().ok().and_then(from_seconds))?
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(retry_after: &str, date: Option<&str>) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, retry_after.parse().unwrap());
        if let Some(date) = date {
            headers.insert(header::DATE, date.parse().unwrap());
        }
        super::retry_after(&headers)
    }

    #[test]
    fn r32_seconds_are_read_as_integer_or_fraction() {
        assert_eq!(wait("7", None), Some(Duration::from_secs(7)));
        assert_eq!(wait("0", None), Some(Duration::ZERO));
        assert_eq!(wait(" 0.25 ", None), Some(Duration::from_millis(250)));
    }

    #[test]
    fn r32_a_date_counts_from_the_date_of_the_response() {
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(
            wait("Sun, 06 Nov 1994 08:50:07 GMT", date),
            Some(Duration::from_secs(30))
        );
        assert_eq!(
            wait("Sun, 06 Nov 1994 08:00:00 GMT", date),
            Some(Duration::ZERO)
        );
        assert_eq!(
            wait("Sat, 06 Nov 2094 08:00:00 GMT", date),
            Some(MAX_RETRY_AFTER)
        );
        assert_eq!(wait("Sun, 06 Nov 1994 08:50:07 GMT", None), None);
        assert_eq!(wait("Sun, 06 Nov 1994 08:50:07 GMT", Some("today")), None);
    }

    #[test]
    fn r32_insane_waits_are_clamped_or_ignored() {
        for huge in ["86401", "99999999999999999999", &"9".repeat(400)] {
            assert_eq!(wait(huge, None), Some(MAX_RETRY_AFTER), "{huge}");
        }
        assert_eq!(MAX_RETRY_AFTER.as_secs(), 86_400);
        for bad in [
            "", "-1", "+1", "1e3", "inf", "NaN", "1.", ".5", "1.2.3", "1,5", "0x10", "soon",
        ] {
            assert_eq!(wait(bad, None), None, "{bad}");
        }
        for bad in [f64::NAN, f64::NEG_INFINITY, -0.1] {
            assert_eq!(from_seconds(bad), None, "{bad}");
        }
        assert_eq!(from_seconds(f64::INFINITY), Some(MAX_RETRY_AFTER));
    }
}
