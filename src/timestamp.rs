//! Points in time, as callbacks write them.

use alloc::format;
use alloc::string::{String, ToString};

use core::fmt;

use serde::Deserialize;

/// How a point in time is written.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Unit {
    /// Unix seconds.
    #[serde(rename = "s")]
    Seconds,
    /// Unix milliseconds.
    #[serde(rename = "ms")]
    Milliseconds,
    /// Unix seconds or milliseconds, which are told apart by their size: for a sender that is seen
    /// with both.
    Unix,
    /// ISO 8601; in UTC if it names no offset.
    Iso8601,
    /// RFC 9110, section 5.6.7; or as Go prints a time in UTC, which Tenderly puts into `Date`.
    HttpDate,
}

impl Unit {
    /// The form, for people.
    #[must_use]
    pub const fn form(self) -> &'static str {
        match self {
            Self::Seconds => "unix seconds as decimal digits",
            Self::Milliseconds => "unix milliseconds as decimal digits",
            Self::Unix => "unix seconds or milliseconds as decimal digits",
            Self::Iso8601 => "an iso 8601 date and time",
            Self::HttpDate => "a date such as Sun, 06 Nov 1994 08:49:37 GMT",
        }
    }
}

/// Checks an RFC 3339 `date-time` (section 5.6) and gives its Unix time in seconds.
///
/// The day has to exist in its month and year. `T` and `Z` may be lower case, as the section
/// allows; a space between date and time is refused, which the section leaves to applications. A
/// fraction of a second has any number of digits and is rounded down. A leap second (`:60`) is
/// taken where one can be: at 23:59 UTC. It has the Unix time of the second after it, as POSIX
/// counts.
///
/// # Errors
///
/// Says which part is malformed or out of range.
pub fn parse(text: &str) -> Result<i64, TimestampError> {
    parse_with(text, None)
}

/// The most digits of a fraction of a second in what senders sign.
const MAX_FRACTION: usize = 9;

/// As [`parse`], but in UTC if it names no offset, as ISO 8601 allows, and in one spelling: the text is
/// signed beside others.
///
/// # Errors
///
/// As [`parse`].
pub(crate) fn parse_utc(text: &str) -> Result<i64, TimestampError> {
    // One spelling: letters in upper case, and at most nanoseconds.
    let fraction = text.bytes().skip_while(|byte| *byte != b'.').skip(1);
    if fraction.take_while(u8::is_ascii_digit).count() > MAX_FRACTION
        || text.bytes().any(|byte| byte.is_ascii_lowercase())
    {
        return Err(TimestampError::Form);
    }
    parse_with(text, Some(0))
}

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

fn parse_with(text: &str, default_offset: Option<i64>) -> Result<i64, TimestampError> {
    let [
        y1,
        y2,
        y3,
        y4,
        b'-',
        m1,
        m2,
        b'-',
        d1,
        d2,
        b'T' | b't',
        h1,
        h2,
        b':',
        n1,
        n2,
        b':',
        s1,
        s2,
        rest @ ..,
    ] = text.as_bytes()
    else {
        return Err(TimestampError::Form);
    };
    let date = days(
        number(&[*y1, *y2, *y3, *y4])?,
        number(&[*m1, *m2])?,
        number(&[*d1, *d2])?,
    )
    .ok_or(TimestampError::Date)?;
    let second = number(&[*s1, *s2])?;
    let time = time_of_day(number(&[*h1, *h2])?, number(&[*n1, *n2])?, second.min(59))
        .filter(|_| second <= 60)
        .ok_or(TimestampError::Time)?;
    let local = date.saturating_mul(DAY).saturating_add(time);
    let offset = match (after_fraction(rest)?, default_offset) {
        (b"", Some(offset)) => offset,
        (text, _) => offset(text)?,
    };
    let unix = local.saturating_sub(offset);
    if second == 60 {
        if unix.rem_euclid(DAY) != DAY - 1 {
            return Err(TimestampError::Time);
        }
        return Ok(unix.saturating_add(1));
    }
    Ok(unix)
}

/// A point in time as text, from Unix seconds.
pub(crate) fn to_text(seconds: u64, unit: Unit) -> String {
    let (year, month, day) = civil(seconds / 86_400);
    let of_day = seconds % 86_400;
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    match unit {
        Unit::Seconds | Unit::Unix => seconds.to_string(),
        Unit::Milliseconds => seconds.saturating_mul(1000).to_string(),
        Unit::Iso8601 => {
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
        }
        Unit::HttpDate => {
            let name = |names: &'static str, index: u64| {
                let start = usize::try_from(index).unwrap_or_default().saturating_mul(3);
                names
                    .get(start..)
                    .and_then(|names| names.get(..3))
                    .unwrap_or_default()
            };
            // 1970-01-01 was a Thursday.
            let weekday = name(WEEKDAYS, (seconds / 86_400).saturating_add(3) % 7);
            let month = name(MONTHS, month.saturating_sub(1));
            format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
        }
    }
}

const WEEKDAYS: &str = "MonTueWedThuFriSatSun";
const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";

/// The year, the month and the day that are `days` after 1970-01-01.
fn civil(days: u64) -> (u64, u64, u64) {
    let (mut year, mut rest) = (1970, days.min(3_000_000));
    let length = |year: u64| {
        let of = |years: u64| year.is_multiple_of(years);
        let leap = of(4) && (!of(100) || of(400));
        if leap { 366 } else { 365 }
    };
    while let Some(behind) = rest.checked_sub(length(year)) {
        (year, rest) = (year.saturating_add(1), behind);
    }
    let mut month: u64 = 1;
    let february = length(year).saturating_sub(337);
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        match rest.checked_sub(length) {
            Some(behind) => (month, rest) = (month.saturating_add(1), behind),
            None => break,
        }
    }
    (year, month, rest.saturating_add(1))
}

/// Why a timestamp was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimestampError {
    /// Not of the form `2006-01-02T15:04:05Z`.
    Form,
    /// The day does not exist.
    Date,
    /// The time of day does not exist.
    Time,
    /// The offset from UTC does not exist.
    Offset,
}

impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "expected an rfc 3339 date-time, got another form",
            Self::Date => "expected a calendar date, got one that does not exist",
            Self::Time => "expected a time of day, got one that does not exist",
            Self::Offset => "expected an offset up to 23:59, got more",
        })
    }
}

impl core::error::Error for TimestampError {}

const DAY: i64 = 86_400;

/// Days from 1970-01-01, in the Gregorian calendar continued backwards to the year 0.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "the year has four digits, the month and the day two"
)]
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let (length, before) = match month {
        1 => (31, 0),
        2 => (if leap { 29 } else { 28 }, 31),
        3 => (31, 59),
        4 => (30, 90),
        5 => (31, 120),
        6 => (30, 151),
        7 => (31, 181),
        8 => (31, 212),
        9 => (30, 243),
        10 => (31, 273),
        11 => (30, 304),
        12 => (31, 334),
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    let leap_years = (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400;
    let this_leap_day = i64::from(leap && month > 2);
    Some(year * 365 + leap_years + before + this_leap_day + day - 1 - EPOCH)
}

/// Days from 0000-01-01 to 1970-01-01.
const EPOCH: i64 = 719_528;

/// Seconds from midnight.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "hour, minute and second have two digits"
)]
fn time_of_day(hour: i64, minute: i64, second: i64) -> Option<i64> {
    (hour < 24 && minute < 60 && second < 60).then_some(hour * 3600 + minute * 60 + second)
}

/// What follows `.` and one or more digits; all of it when there is no fraction.
fn after_fraction(rest: &[u8]) -> Result<&[u8], TimestampError> {
    let Some(fraction) = rest.strip_prefix(b".") else {
        return Ok(rest);
    };
    let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit());
    match digits.count() {
        0 => Err(TimestampError::Form),
        end => Ok(fraction.split_at(end).1),
    }
}

/// Seconds that the local time is ahead of UTC. `-00:00`, "offset not known", counts as UTC.
fn offset(text: &[u8]) -> Result<i64, TimestampError> {
    match text {
        b"Z" | b"z" => Ok(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let ahead = time_of_day(number(&[*h1, *h2])?, number(&[*m1, *m2])?, 0)
                .ok_or(TimestampError::Offset)?;
            Ok(if *sign == b'-' {
                ahead.wrapping_neg()
            } else {
                ahead
            })
        }
        _ => Err(TimestampError::Form),
    }
}

fn number(digits: &[u8]) -> Result<i64, TimestampError> {
    digits.iter().try_fold(0_i64, |number, digit| {
        let digit = char::from(*digit)
            .to_digit(10)
            .ok_or(TimestampError::Form)?;
        Ok(number.wrapping_mul(10).wrapping_add(i64::from(digit)))
    })
}
