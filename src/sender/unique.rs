//! Whether the bytes under a signature can be taken apart in one way only.
//!
//! A byte that could move from one part of a template into the next would make two callbacks of one
//! signature: another id, another tenant, another amount. So each variable part has to end where
//! everybody sees it: at a byte that it cannot hold, at its own last byte, or at the end of the text.

use super::template::{Part, Template};
use crate::error::Excluded;
use crate::timestamp::Unit;
use crate::url::may_be_in_url;

/// A template with two readings: nothing shows where one part ends and the next starts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ambiguous<'t> {
    pub(crate) part: &'t Part,
    pub(crate) next: &'t Part,
}

/// What a template is filled for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Use {
    /// How the time is written, if there is one.
    pub(crate) unit: Option<Unit>,
    /// Whether it is for a GET, whose URL holds the callback: that of a POST is known beforehand.
    pub(crate) is_get: bool,
}

impl Template {
    /// Checks that there is one way to take the signed bytes apart. `is_json`: whether a body that is
    /// neither an object nor an array is refused.
    ///
    /// # Errors
    /// The first part whose end cannot be told.
    pub(crate) fn check_unique(&self, of: Use, is_json: bool) -> Result<(), Ambiguous<'_>> {
        for (index, part) in self.parts().enumerate() {
            let mut behind = self.parts().skip(index.saturating_add(1));
            let has_end = match (part, self.excluded(index, of)) {
                (Part::Body, _) => is_json || behind.clone().all(|part| of.is_known(part)),
                (_, Excluded::Nothing) => true,
                (part, _) if of.has_one_length(part) => true,
                (part, Excluded::Byte(byte)) => {
                    let is_next = !behind
                        .clone()
                        .next()
                        .is_some_and(|next| *next == Part::Timestamp);
                    !of.may_hold(part, byte) && (is_next || !byte.is_ascii_digit())
                }
                (_, Excluded::JsonStart) => is_json && self.behind(index, of) == Some(&Part::Body),
            };
            if !has_end && let Some(next) = behind.next() {
                return Err(Ambiguous { part, next });
            }
        }
        Ok(())
    }

    /// Whether what this template of a GET signs can never be what `other` signs of a body: both begin with
    /// the same parts, which end at the same bytes, and where `other` has its body, this one has a text with
    /// which no body starts.
    pub(crate) fn is_apart_from(&self, other: &Self, unit: Option<Unit>) -> bool {
        let (get, post) = [true, false].map(|is_get| Use { unit, is_get }).into();
        let mut gets = self.with_excluded(get);
        let mut posts = other.with_excluded(post);
        loop {
            return match (gets.next(), posts.next()) {
                (Some((one, excluded)), Some((two, other)))
                    if one == two && (excluded == other || get.has_one_length(one)) =>
                {
                    continue;
                }
                (Some((Part::Url, _)), Some((Part::Body, _))) => true,
                (Some((Part::Literal(one), _)), Some((Part::Body, _))) => begins_get(one),
                (Some((Part::Literal(one), _)), Some((Part::Literal(two), _))) => {
                    let mut is_body = || posts.next().is_some_and(|(part, _)| *part == Part::Body);
                    match one.strip_prefix(two.as_str()) {
                        Some(rest) => begins_get(rest) && is_body(),
                        None => !two.starts_with(one.as_str()),
                    }
                }
                _ => false,
            };
        }
    }

    /// Whether only the brackets of a JSON object or array tell where the body starts or ends.
    pub(crate) fn needs_brackets(&self, of: Use) -> bool {
        let Some(body) = self.parts().position(|part| *part == Part::Body) else {
            return false;
        };
        let mut behind = self.parts().skip(body.saturating_add(1));
        let mut before = self.parts().take(body).enumerate();
        behind.any(|part| !of.is_known(part))
            || before.any(|(index, part)| {
                !of.has_one_length(part) && self.behind(index, of) == Some(&Part::Body)
            })
    }

    /// Each part with what its value may not contain, given what follows it.
    pub(crate) fn with_excluded(&self, of: Use) -> impl Iterator<Item = (&Part, Excluded)> {
        let parts = self.parts().enumerate();
        parts.map(move |(index, part)| (part, self.excluded(index, of)))
    }

    fn excluded(&self, index: usize, of: Use) -> Excluded {
        match self.behind(index, of) {
            None => Excluded::Nothing,
            Some(Part::Literal(text)) => text
                .bytes()
                .next()
                .map_or(Excluded::JsonStart, Excluded::Byte),
            // What was registered starts with `http`, its path with a slash.
            Some(Part::Url) if !of.is_get => Excluded::Byte(b'h'),
            Some(Part::Path) if !of.is_get => Excluded::Byte(b'/'),
            Some(_) => Excluded::JsonStart,
        }
    }

    /// What follows a part, apart from a time that has one length.
    fn behind(&self, index: usize, of: Use) -> Option<&Part> {
        self.parts()
            .skip(index.saturating_add(1))
            .find(|part| **part != Part::Timestamp || !of.has_one_length(part))
    }
}

impl Use {
    /// Whether a part is the same in every callback.
    fn is_known(self, part: &Part) -> bool {
        match part {
            Part::Literal(_) | Part::ClientId => true,
            Part::Url | Part::Path => !self.is_get,
            _ => false,
        }
    }

    /// Whether a part has as many bytes in every callback that is fresh. A time has 10 digits of seconds
    /// until the year 2286, and 13 of milliseconds.
    fn has_one_length(self, part: &Part) -> bool {
        let digits = matches!(self.unit, Some(Unit::Seconds | Unit::Milliseconds));
        self.is_known(part) || (*part == Part::Timestamp && digits)
    }

    /// Whether a genuine value of a part may hold this byte, so that the byte cannot end it. An id, a
    /// nonce or a header that holds it is refused when it arrives, since senders choose ids without it.
    fn may_hold(self, part: &Part, byte: u8) -> bool {
        match part {
            Part::Timestamp => may_be_in_time(self.unit, byte),
            Part::Method => byte.is_ascii_uppercase(),
            Part::Url | Part::Path | Part::Query => may_be_in_url(byte),
            _ => false,
        }
    }
}

/// Whether this byte starts a query with its question mark, a URL or a path, and so no body of a sender
/// that signs those of a GET.
pub(crate) fn starts_get(byte: u8) -> bool {
    b"?h/".contains(&byte)
}

/// The same of a text.
fn begins_get(text: &str) -> bool {
    text.bytes().next().is_some_and(starts_get)
}

fn may_be_in_time(unit: Option<Unit>, byte: u8) -> bool {
    match unit {
        Some(Unit::Seconds | Unit::Milliseconds | Unit::Unix) => byte.is_ascii_digit(),
        Some(Unit::Iso8601) => byte.is_ascii_digit() || b"TZ:.+-".contains(&byte),
        // As Go prints it, too: `2006-01-02 15:04:05.999 +0000 UTC m=+0.000000001`.
        Some(Unit::HttpDate) => byte.is_ascii_alphanumeric() || b" ,:.+-=".contains(&byte),
        None => false,
    }
}
