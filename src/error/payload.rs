//! What is wrong with a member of the body.

use alloc::string::{String, ToString};

use thiserror::Error;

/// What is wrong with a member of the body.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PayloadProblem {
    /// The bytes are not UTF-8 from this offset on.
    #[error("invalid utf-8 at offset {offset}")]
    NotUtf8 {
        /// Bytes before the fault.
        offset: usize,
    },
    /// The body starts with a byte order mark (RFC 8259, section 8.1).
    #[error("expected json, got a byte order mark before it")]
    ByteOrderMark,
    /// The JSON grammar of RFC 8259 is broken.
    #[error("expected {expected} at offset {offset}")]
    Syntax {
        /// What is valid at the offset.
        expected: &'static str,
        /// Bytes before the fault.
        offset: usize,
    },
    /// A complete value is followed by something other than white space.
    #[error("trailing data at offset {offset}")]
    TrailingData {
        /// Bytes before what follows.
        offset: usize,
    },
    /// More nested containers than the limit.
    #[error("nested more than {limit} levels deep")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// An object has two members with this name.
    #[error("duplicate member")]
    DuplicateKey,
    /// A `\u` escape names half of a surrogate pair.
    #[error("lone surrogate in a string")]
    LoneSurrogate,
    /// A number that a double does not carry exactly (RFC 7493, section 2.2).
    #[error("number is too large (integers up to 2^53 - 1, others below 10^308)")]
    InexactNumber,
    /// A confirmed deposit has fewer confirmations than it says it needs.
    #[error("expected at least {required} confirmations, got {actual}")]
    TooFewConfirmations {
        /// How many it needs.
        required: u64,
        /// How many it has.
        actual: u64,
    },
    /// A value breaks the rules of its kind, which say how: an amount, a chain, an asset, an address,
    /// a transaction hash, a date.
    #[error("{0}")]
    Value(String),
    /// A required member is missing.
    #[error("expected {expected}, got nothing")]
    Missing {
        /// What it should hold.
        expected: &'static str,
    },
    /// A member holds something other than the format prescribes.
    #[error("expected {expected}, got {actual}")]
    Unexpected {
        /// What it should hold.
        expected: &'static str,
        /// What it holds, by kind.
        actual: &'static str,
    },
}

impl PayloadProblem {
    /// What is wrong with a value, as its own rules say it.
    #[must_use]
    pub fn value(error: &dyn core::error::Error) -> Self {
        Self::Value(error.to_string())
    }
}
