//! Writing points in time.

use alloc::format;
use alloc::string::{String, ToString};

use super::Unit;

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

pub(super) const WEEKDAYS: &str = "MonTueWedThuFriSatSun";
pub(super) const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";

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
