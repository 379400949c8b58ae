//! Dates of HTTP, and times as Go prints them.

use alloc::format;

use super::text::{MONTHS, WEEKDAYS};
use super::{DAY, TimestampError, days, number, parse_utc, time_of_day};

/// Checks a date as HTTP has it, `Sun, 06 Nov 1994 08:49:37 GMT`
/// ([RFC 9110](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7), section 5.6.7), and gives its
/// Unix time in seconds; or a time as Go prints it. The obsolete forms are refused, and so is the
/// wrong day of the week.
///
/// # Errors
///
/// As [`parse`].
pub(crate) fn parse_http_date(text: &str) -> Result<i64, TimestampError> {
    if let Some((date, rest)) = text.split_once(' ')
        && date.len() == 10
    {
        // `2006-01-02 15:04:05.999999999 +0000 UTC m=+0.000000001`: what time.String of Go gives.
        let mut words = rest.split(' ');
        let time = words.next().unwrap_or_default();
        let is_plain = time
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b":.".contains(&byte));
        let is_utc = words.next() == Some("+0000") && words.next() == Some("UTC");
        let is_end = words.next().is_none_or(is_monotonic_reading) && words.next().is_none();
        if is_plain && is_utc && is_end {
            return parse_utc(&format!("{date}T{time}"));
        }
        return Err(TimestampError::Form);
    }
    let place = |names: &str, name: &[u8]| {
        let place = names
            .as_bytes()
            .chunks_exact(3)
            .position(|other| other == name);
        place.ok_or(TimestampError::Form)
    };
    let [
        weekday @ ..,
        b',',
        b' ',
        d1,
        d2,
        b' ',
        m1,
        m2,
        m3,
        b' ',
        y1,
        y2,
        y3,
        y4,
        b' ',
        h1,
        h2,
        b':',
        n1,
        n2,
        b':',
        s1,
        s2,
        b' ',
        b'G',
        b'M',
        b'T',
    ] = text.as_bytes()
    else {
        return Err(TimestampError::Form);
    };
    let weekday = place(WEEKDAYS, weekday)?;
    let month = place(MONTHS, &[*m1, *m2, *m3])?.saturating_add(1);
    let date = days(
        number(&[*y1, *y2, *y3, *y4])?,
        i64::try_from(month).unwrap_or_default(),
        number(&[*d1, *d2])?,
    );
    let time = time_of_day(
        number(&[*h1, *h2])?,
        number(&[*n1, *n2])?,
        number(&[*s1, *s2])?,
    );
    let date = date.ok_or(TimestampError::Date)?;
    // 1970-01-01 was a Thursday.
    if usize::try_from(date.saturating_add(3).rem_euclid(7)) != Ok(weekday) {
        return Err(TimestampError::Date);
    }
    let date = date.saturating_mul(DAY);
    Ok(date.saturating_add(time.ok_or(TimestampError::Time)?))
}

/// Go's `m=±` and a number of seconds.
fn is_monotonic_reading(word: &str) -> bool {
    let number = word
        .strip_prefix("m=")
        .and_then(|rest| rest.strip_prefix(['+', '-']));
    number.is_some_and(|number| {
        !number.is_empty()
            && number
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.')
    })
}
