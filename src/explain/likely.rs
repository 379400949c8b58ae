//! What is suspicious about a callback if nothing could be proven, and what the verifier says.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::case::{Case, borrowed};
use super::cause::{Cause, CauseCode, Certainty, Finding};
use super::header::{shown, similar};
use super::{Input, Verdict, respelt};
use crate::claim::Claim;
use crate::error::{HeaderProblem, Rejection};
use crate::sender::Sender;
use crate::sender::template::Part;
use crate::signature::Authentic;

/// A time zone is a whole number of these, in seconds.
const ZONE_STEP: u64 = 1800;

/// Appends what the verifier says for certain and what is likely.
pub(super) fn push(
    case: Case,
    others: &[&Sender],
    input: &Input,
    verdict: &Verdict,
    causes: &mut Vec<Cause>,
) {
    let mut likely = |code, evidence: String| {
        causes.push(Finding::new(code, evidence).cause(Certainty::Likely));
    };
    let mut sets = case.sender.header_sets.iter();
    let expected = sets.any(|set| case.header(&set.signature).is_some());
    let names: Vec<&str> = others.iter().map(|other| other.name()).collect();
    if !expected && !names.is_empty() {
        let evidence = format!("the headers are those of {}", names.join(", "));
        likely(CauseCode::OtherSender, evidence);
    }
    for (name, other) in similar(case) {
        let evidence = format!("expected {name}, got {}", shown(other));
        likely(CauseCode::HeaderRenamed, evidence);
    }
    body(case, &mut likely);
    if let Some(evidence) = respelt::lost_digits(case.body) {
        likely(CauseCode::BodyReserialized, evidence.to_owned());
    }
    let rejection = match verdict {
        Verdict::Rejected(rejection) => Some(rejection.clone()),
        _ => rejection_of(case),
    };
    let Some(rejection) = rejection else {
        return;
    };
    if let Some(evidence) = other_unit(case, &rejection) {
        causes.push(Finding::new(CauseCode::TimestampUnit, evidence).cause(Certainty::Certain));
        return;
    }
    match rejection {
        Rejection::SignatureMismatch { .. } => {
            let signed = case.sender.signed_in(case.method);
            let of_url = [Part::Url, Part::Path, Part::Query];
            if of_url.iter().any(|part| signed.has(part)) {
                likely(CauseCode::UrlChanged, String::new());
            }
            likely(CauseCode::KeyWrong, String::new());
        }
        Rejection::UnsupportedSignature { .. } if case.sender.signs_what_it_names() => {
            likely(CauseCode::HeadersUnsigned, String::new());
        }
        _ => causes.push(self::rejection(&rejection, false, input.now).cause(Certainty::Certain)),
    }
}

const TOO_LARGE: &str = "it is in milliseconds, and seconds are due";
const TOO_SMALL: &str = "it is in seconds, and milliseconds are due";

/// What is wrong with a time that has the digits of another unit, if only their number tells where it
/// ends.
fn other_unit(case: Case, rejection: &Rejection) -> Option<&'static str> {
    let Rejection::MalformedHeader {
        header,
        problem: HeaderProblem::TimeDigits { digits },
    } = rejection
    else {
        return None;
    };
    let value = case.header(header)?;
    let is_time = value.iter().all(u8::is_ascii_digit);
    match (digits, value.len()) {
        (10, 13) if is_time => Some(TOO_LARGE),
        (13, 10) if is_time => Some(TOO_SMALL),
        _ => None,
    }
}

fn rejection_of(case: Case) -> Option<Rejection> {
    let headers = borrowed(case.headers);
    let claim = match Claim::read(&case.request(&headers), case.sender) {
        Ok(claim) => claim,
        Err(rejection) => return Some(rejection),
    };
    let (_, keys) = case.keys.first()?;
    Authentic::check(claim, keys).err()
}

/// What shows that the body is not what was sent.
fn body(case: Case, likely: &mut dyn FnMut(CauseCode, String)) {
    let encoded = case
        .header("content-encoding")
        .is_some_and(|value| !value.is_empty() && value != b"identity");
    let compressed = matches!(case.body, [0x1f, 0x8b, ..]);
    let length = case.header("content-length");
    let length = length.and_then(|value| str::from_utf8(value).ok()?.trim().parse::<usize>().ok());
    // A GET has no body, if only its URL is signed.
    let has_body = !case.body.is_empty() || case.sender.signed_in(case.method).has(&Part::Body);
    if has_body
        && matches!(
            case.body,
            b"" | b"[object Object]" | b"undefined" | b"null" | b"{}"
        )
        && length.is_none_or(|length| length != case.body.len())
    {
        let evidence = match case.body {
            b"" => "it is empty",
            b"[object Object]" => "it is an object that was turned into text",
            _ => "it is what a parser leaves of an empty one",
        };
        likely(CauseCode::BodyLost, evidence.to_owned());
    } else if compressed {
        likely(
            CauseCode::BodyCompressed,
            "it starts as gzip does".to_owned(),
        );
    } else if encoded {
        let evidence = "content-encoding names a compression, and the body is not compressed";
        likely(CauseCode::BodyDecompressed, evidence.to_owned());
    } else if let Some(length) = length.filter(|length| *length != case.body.len()) {
        let actual = case.body.len();
        let evidence = format!("content-length is {length}, and it has {actual} bytes");
        likely(CauseCode::BodyLength, evidence);
    }
}

/// What a rejection means. `is_authentic` says whether it came after the signature was found right.
pub(super) fn rejection(rejection: &Rejection, is_authentic: bool, now: u64) -> Finding {
    let message = || rejection.to_string();
    match rejection {
        Rejection::MissingHeader { header } => {
            Finding::new(CauseCode::HeaderMissing, header.clone())
        }
        Rejection::IncompleteRequest { part } => Finding::new(CauseCode::RequestIncomplete, *part),
        Rejection::MalformedHeader { header, .. }
        | Rejection::OtherClient { header }
        | Rejection::OtherVersion { header, .. } => {
            let evidence = format!("{header}, {}", message());
            Finding::new(CauseCode::HeaderMalformed, evidence)
        }
        Rejection::UnknownKey { .. } => Finding::new(CauseCode::KeyUnknown, ""),
        Rejection::UnsupportedSignature { .. } => Finding::new(CauseCode::KeyKind, message()),
        Rejection::UnsignedUrl => Finding::new(CauseCode::UrlUnsigned, ""),
        Rejection::TimestampTooOld { age, tolerance, .. } => skew(
            CauseCode::TimestampTooOld,
            now.saturating_sub(*age),
            now,
            *tolerance,
        ),
        Rejection::TimestampTooNew {
            ahead, tolerance, ..
        } => skew(
            CauseCode::TimestampTooNew,
            now.saturating_add(*ahead),
            now,
            *tolerance,
        ),
        Rejection::MalformedPayload { path, .. } => {
            let place = if path.is_empty() { "" } else { " in " };
            let evidence = format!("{}{place}{path}", message());
            let code = if is_authentic {
                CauseCode::PayloadUnexpected
            } else {
                CauseCode::SignatureMalformed
            };
            Finding::new(code, evidence)
        }
        _ => Finding::new(CauseCode::KeyWrong, ""),
    }
}

/// How far a timestamp is from the clock, and what that looks like.
fn skew(code: CauseCode, timestamp: u64, now: u64, tolerance: u64) -> Finding {
    let thousandfold = |small: u64, large: u64| {
        let ratio = large.checked_div(small).unwrap_or_default();
        (900..1100).contains(&ratio)
    };
    /// No clock that is right in seconds is before this (2001), and none in milliseconds is.
    const PLAUSIBLE: core::ops::Range<u64> = 1_000_000_000..100_000_000_000;
    if thousandfold(now, timestamp) || thousandfold(timestamp, now) {
        return if PLAUSIBLE.contains(&now) {
            let evidence = if timestamp > now {
                TOO_LARGE
            } else {
                TOO_SMALL
            };
            Finding::new(CauseCode::TimestampUnit, evidence)
        } else {
            Finding::new(CauseCode::ClockUnit, "it is off by a factor of 1000")
        };
    }
    let skew = timestamp.abs_diff(now);
    let mut evidence = format!("by {skew} s, and the tolerance is {tolerance} s");
    let steps = skew
        .saturating_add(60)
        .checked_div(ZONE_STEP)
        .unwrap_or_default();
    let zone = steps.saturating_mul(ZONE_STEP);
    if (1..=28).contains(&steps) && zone.abs_diff(skew) <= 60 {
        let hours = zone.checked_div(3600).unwrap_or_default();
        let half = if zone.is_multiple_of(3600) { "" } else { ".5" };
        let zone = format!(", which is {hours}{half} h: is a local time taken for UTC?");
        evidence.push_str(&zone);
    }
    Finding::new(code, evidence)
}
