//! What is wrong with a header's value.

use core::fmt;

use thiserror::Error;

/// What is wrong with a header's value.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HeaderProblem {
    /// Not 1 to 256 visible ASCII characters, or one that may not be among them.
    #[error(fmt = write_token)]
    Token {
        /// Those that may not be among them.
        without: Excluded,
    },
    /// Not a point in time in the sender's unit.
    #[error("expected {expected}")]
    Time {
        /// The unit's form.
        expected: &'static str,
    },
    /// More seconds than 64 bits hold.
    #[error("too large for unix time")]
    TimeRange,
    /// A time with another number of digits, if only that number tells where it ends.
    #[error("expected a time of {digits} digits")]
    TimeDigits {
        /// The digits of every time that can be fresh.
        digits: usize,
    },
    /// Not one time among the entries.
    #[error("expected exactly one timestamp entry")]
    OneTimestamp,
    /// An entry of the list is not a label and a value.
    #[error("expected `label{}value` entries separated by {}", char::from(*assign), between(*separator))]
    SignatureEntry {
        /// The separator of entries.
        separator: u8,
        /// The separator of a label and its value.
        assign: u8,
    },
    /// The signature lacks its prefix.
    #[error("missing the prefix that the sender puts before its signature")]
    SignaturePrefix,
    /// A signature is not strictly of this encoding.
    #[error("expected each signature in {expected}")]
    SignatureEncoding {
        /// The encoding's form.
        expected: &'static str,
    },
    /// Not JSON with a signature.
    #[error("expected a signature, or a json object that contains one")]
    Wrapper,
    /// Not a list of headers, each named once and without a dot.
    #[error("expected h with 1 to {limit} names of headers, each once and without a dot")]
    CoveredHeaders {
        /// The most names.
        limit: usize,
    },
    /// Not a JSON Web Signature without its payload.
    #[error("expected a json web signature with detached payload")]
    Jws,
    /// Not a JSON Web Token with the hash of the body and the time of signing.
    #[cfg(feature = "full")]
    #[error("expected a json web token with the claims iat and request_body_sha256")]
    Jwt,
    /// A signature has another length than its algorithm gives.
    #[error("expected a signature of {expected} bytes, got {actual}")]
    SignatureLength {
        /// The bytes of a signature; the most if the length varies.
        expected: usize,
        /// The bytes that came.
        actual: usize,
    },
    /// More entries than a receiver tries.
    #[error("too many signatures (limit {limit})")]
    TooManySignatures {
        /// The budget.
        limit: usize,
    },
}

/// What a value may not contain because of what follows it under the signature: otherwise bytes could
/// move from one to the other without changing what is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excluded {
    /// Nothing is excluded: nothing follows, or a time, which has a form of its own.
    Nothing,
    /// The first byte of the fixed text that follows.
    Byte(u8),
    /// The characters with which JSON starts, since the body follows or another text that varies.
    JsonStart,
}

impl Excluded {
    /// Whether a value may hold this byte.
    #[inline(always)]
    pub(crate) fn allows(self, byte: u8) -> bool {
        match self {
            Self::Byte(other) => byte != other,
            Self::JsonStart => !b"{[\"".contains(&byte),
            Self::Nothing => true,
        }
    }
}

fn write_token(without: &Excluded, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("expected 1 to 256 visible ascii characters")?;
    match without {
        Excluded::Byte(byte) if byte.is_ascii_graphic() => {
            write!(f, " without `{}`", char::from(*byte))
        }
        Excluded::JsonStart => f.write_str(" without `{`, `[` or quotes"),
        Excluded::Byte(_) | Excluded::Nothing => Ok(()),
    }
}

const fn between(separator: u8) -> &'static str {
    match separator {
        b' ' => "one space",
        b';' => "a semicolon",
        _ => "a comma",
    }
}
