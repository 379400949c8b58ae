//! The forms of single values: tokens, times, signatures.

use alloc::vec::Vec;

use crate::algorithm::Algorithm;
use crate::encoding::Encoding;
use crate::error::{Excluded, HeaderProblem};
use crate::timestamp::{self, Unit};
use crate::url::may_be_in_url;

/// The longest value that becomes part of the signed bytes, in bytes.
const MAX_TOKEN_BYTES: usize = 256;
const _: () = assert!(MAX_TOKEN_BYTES == 256, "HeaderProblem::Token names it");

/// Too large to be seconds: that would be the year 5138.
const FIRST_MILLISECONDS: u64 = 100_000_000_000;

/// The longest signature: an RSA key has up to 4096 bits.
const MAX_SIGNATURE_BYTES: usize = 512;

/// An id, a nonce or the like: 1 to 256 visible ASCII characters. It may not contain what follows it
/// in the signed bytes, or bytes could move from one to the other under the same signature.
pub(super) fn token(value: &[u8], without: Excluded) -> Result<&str, HeaderProblem> {
    let problem = HeaderProblem::Token { without };
    if value.contains(&b' ') {
        return Err(problem);
    }
    text(value, without)
}

/// The same for other headers, which may contain spaces.
pub(super) fn text(value: &[u8], without: Excluded) -> Result<&str, HeaderProblem> {
    let problem = HeaderProblem::Token { without };
    let allowed = |byte: &u8| (byte.is_ascii_graphic() || *byte == b' ') && without.allows(*byte);
    // A field value neither starts nor ends with a space (RFC 9110, section 5.5).
    let has_edge = matches!(value, [b' ', ..] | [.., b' ']);
    if value.is_empty() || value.len() > MAX_TOKEN_BYTES || has_edge || !value.iter().all(allowed) {
        return Err(problem);
    }
    str::from_utf8(value).map_err(|_| problem)
}

/// A method (RFC 9110, section 9.1): those that deliver callbacks have upper-case letters only.
pub(super) fn method(text: &str) -> Option<&str> {
    let is_method = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase());
    is_method.then_some(text)
}

/// A query, without what ends it under the signature. Beside other parts it has only the characters of
/// a URL: white space could belong to the body.
pub(super) fn query(text: &str, without: Excluded, is_alone: bool) -> Option<&str> {
    let allowed = |byte: u8| is_alone || (may_be_in_url(byte) && without.allows(byte));
    text.bytes().all(allowed).then_some(text)
}

/// Checks that a time has as many digits as every time that is fresh, if only its length tells where
/// it ends under the signature.
pub(super) fn digits_of_now(text: &[u8], unit: Option<Unit>) -> Result<(), HeaderProblem> {
    match unit {
        Some(Unit::Seconds) if text.len() != 10 => Err(HeaderProblem::TimeDigits { digits: 10 }),
        Some(Unit::Milliseconds) if text.len() != 13 => {
            Err(HeaderProblem::TimeDigits { digits: 13 })
        }
        _ => Ok(()),
    }
}

/// A point in time, in Unix seconds. Fractions are dropped.
pub(crate) fn time_from_text(text: &[u8], unit: Unit) -> Result<u64, HeaderProblem> {
    let problem = HeaderProblem::Time {
        expected: unit.form(),
    };
    let date = |parse: fn(&str) -> Result<i64, timestamp::TimestampError>| {
        let text = str::from_utf8(text).map_err(|_| problem)?;
        let unix = parse(text).map_err(|_| problem)?;
        u64::try_from(unix).map_err(|_| problem)
    };
    match unit {
        Unit::Seconds => digits(text, problem),
        Unit::Unix => digits(text, problem).map(|time| match time {
            0..FIRST_MILLISECONDS => time,
            _ => time / 1000,
        }),
        Unit::Milliseconds => digits(text, problem).map(|milliseconds| milliseconds / 1000),
        Unit::Iso8601 => date(timestamp::parse_utc),
        #[cfg(feature = "full")]
        Unit::HttpDate => date(timestamp::parse_http_date),
        #[cfg(not(feature = "full"))]
        #[expect(clippy::unreachable, reason = "its descriptor is refused")]
        Unit::HttpDate => unreachable!(),
    }
}

fn digits(text: &[u8], problem: HeaderProblem) -> Result<u64, HeaderProblem> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return Err(problem);
    }
    let add = |number: u64, digit: &u8| {
        let digit = digit.checked_sub(b'0')?;
        number.checked_mul(10)?.checked_add(digit.into())
    };
    let number = text.iter().try_fold(0, add);
    number.ok_or(HeaderProblem::TimeRange)
}

/// Decodes a signature and checks its length.
pub(super) fn signature(
    text: &[u8],
    encoding: Encoding,
    algorithm: Algorithm,
) -> Result<Vec<u8>, HeaderProblem> {
    let bytes = encoding
        .decode(text)
        .ok_or(HeaderProblem::SignatureEncoding {
            expected: encoding.form(),
        })?;
    let (shortest, longest) = match algorithm.signature_bytes() {
        Some(expected) => (expected, expected),
        None => (1, MAX_SIGNATURE_BYTES),
    };
    if (shortest..=longest).contains(&bytes.len()) {
        return Ok(bytes);
    }
    Err(HeaderProblem::SignatureLength {
        expected: longest,
        actual: bytes.len(),
    })
}
