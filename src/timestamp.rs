//! Points in time, as callbacks write them.

#[cfg(feature = "full")]
mod http;
#[cfg(any(feature = "full", feature = "dapp"))]
mod text;

use core::fmt;

use serde::Deserialize;

#[cfg(feature = "full")]
pub(crate) use http::parse_http_date;
#[cfg(any(feature = "full", feature = "dapp"))]
pub(crate) use text::to_text;

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
            Self::Form => "expected an rfc 3339 date-time",
            Self::Date => "expected a calendar date, got one that does not exist",
            Self::Time => "expected a time of day, got one that does not exist",
            Self::Offset => "expected an offset up to 23:59",
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
