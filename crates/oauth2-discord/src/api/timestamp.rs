//! ISO 8601 as Discord writes it: `2021-01-23T02:33:17.017000+00:00`.

use crate::UnixTime;

/// Reads a time in whole seconds, rounded down; without a zone it is UTC. `None` for other texts and times before 1970.
pub(super) fn parse(text: &str) -> Option<UnixTime> {
    let (date, rest) = text.split_once(['T', 't', ' '])?;
    let (year, month, day) = date_parts(date)?;
    let (clock, offset) = split_zone(rest)?;
    let whole = match clock.split_once(['.', ',']) {
        Some((whole, fraction)) => {
            number(fraction, 1..=9)?;
            whole
        }
        None => clock,
    };
    let mut parts = whole.split(':');
    let (hour, minute, second) = (
        two(parts.next()?)?,
        two(parts.next()?)?,
        two(parts.next()?)?,
    );
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset;
    u64::try_from(seconds).ok().map(UnixTime::from_secs)
}

fn date_parts(date: &str) -> Option<(i64, i64, i64)> {
    let mut parts = date.split('-');
    let year = number(parts.next()?, 4..=4)?;
    let (month, day) = (two(parts.next()?)?, two(parts.next()?)?);
    let longest = match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    let fits = parts.next().is_none() && (1..=longest).contains(&day);
    fits.then_some((year, month, day))
}

/// Splits off the zone, in seconds ahead of UTC.
fn split_zone(text: &str) -> Option<(&str, i64)> {
    if let Some(clock) = text.strip_suffix(['Z', 'z']) {
        return Some((clock, 0));
    }
    let Some(at) = text.find(['+', '-']) else {
        return Some((text, 0));
    };
    let (clock, zone) = text.split_at(at);
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    (hours < 24 && minutes < 60).then_some((clock, sign * (hours * 3600 + minutes * 60)))
}

/// Days since 1970 in the Gregorian calendar, counted from March so that the leap day comes last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let month = (month + 9) % 12;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (month * 306 + 5) / 10 + day - 1 - 719_468
}

fn two(text: &str) -> Option<i64> {
    number(text, 2..=2)
}

fn number(text: &str, digits: core::ops::RangeInclusive<usize>) -> Option<i64> {
    let fits = digits.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn o148_times_are_read_with_fraction_and_zone() {
        for (text, secs) in [
            ("2021-01-23T02:33:17.017000+00:00", 1_611_369_197),
            ("2021-01-23T02:33:17+00:00", 1_611_369_197),
            ("2021-01-23T02:33:17Z", 1_611_369_197),
            ("2021-01-23 02:33:17", 1_611_369_197),
            ("2021-01-23T04:33:17+02:00", 1_611_369_197),
            ("2021-01-22T23:03:17-03:30", 1_611_369_197),
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T00:00:00Z", 951_782_400),
            ("2100-03-01T00:00:00Z", 4_107_542_400),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
            ("1998-12-31T23:59:60Z", 915_148_800),
            ("2021-01-23T02:33:17.9", 1_611_369_197),
            ("2021-01-23t02:33:17,999999999z", 1_611_369_197),
            ("2021-01-24T02:32:17+23:59", 1_611_369_197),
        ] {
            assert_eq!(parse(text), Some(UnixTime::from_secs(secs)), "{text}");
        }
    }

    #[test]
    fn o148_what_is_no_time_is_refused() {
        for bad in [
            "",
            "2021-01-23",
            "2021-13-01T00:00:00Z",
            "2021-02-29T00:00:00Z",
            "2021-00-10T00:00:00Z",
            "2021-1-10T00:00:00Z",
            "2021-01-+1T00:00:00Z",
            "2021-01-00T00:00:00Z",
            "2021-01-01T24:00:00Z",
            "2021-01-01T00:60:00Z",
            "2021-01-01T00:00Z",
            "2021-01-01T00:00:61Z",
            "2021-01-01T00:00:00.Z",
            "2021-01-01T00:00:00.0000000000Z",
            "2021-01-01T00:00:00+0",
            "2021-01-01T00:00:00+00:60",
            "2021-01-01T00:00:00+24:00",
            "1969-12-31T23:59:59Z",
            "+021-01-01T00:00:00Z",
            "2021-01-01T00:00:00:00Z",
            "2021-01-01T00:00:00\u{e9}",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn o148_the_calendar_is_counted_to_the_day() {
        let mut days = 0;
        for year in 1970..=2400 {
            let is_leap = year % 400 == 0 || year % 4 == 0 && year % 100 != 0;
            let february = if is_leap { 29 } else { 28 };
            let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            for (month, length) in (1..).zip(months) {
                let on = |day| parse(&format!("{year}-{month:02}-{day:02}T00:00:00Z"));
                let at = |day: u64| Some(UnixTime::from_secs(day * 86_400));
                assert_eq!(on(1), at(days), "{year}-{month}");
                days += length;
                assert_eq!(on(length), at(days - 1), "{year}-{month}");
                assert_eq!(on(length + 1), None, "{year}-{month}");
            }
        }
    }

    proptest! {
        #[test]
        fn s43_no_text_panics(text in "[0-9TZ:.+\\- é]{0,40}") {
            let _ = parse(&text);
        }
    }
}
