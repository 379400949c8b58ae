//! Why a callback was refused, and why a configuration was.
//!
//! Every value here is safe to log and to send: it never holds a secret, an expected signature or a
//! part of the body other than the names of its members.

mod config;

use alloc::string::String;

use core::fmt;

use crate::chain::address::AddressError;
use crate::chain::amount::AmountError;
use crate::chain::asset::AssetError;
use crate::chain::id::ChainError;
use crate::encoding::Encoding;
use crate::sender::End;
use crate::timestamp::{TimestampError, Unit};

pub use config::{ConfigError, KeyProblem};

/// The stable name of a reason for refusing a callback. Adding one is a minor version.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// A header that the sender always sends is not there.
    MissingHeader,
    /// A header is there and does not have the form that its sender documents.
    MalformedHeader,
    /// The body is longer than the receiver's limit.
    BodyTooLarge,
    /// The client's address is in none of the allowed ranges.
    IpNotAllowed,
    /// The callback did not arrive over HTTPS.
    InsecureTransport,
    /// The callback names a key that the receiver does not hold.
    UnknownKey,
    /// No signature is of a kind for which the receiver holds a key.
    UnsupportedSignature,
    /// No signature was made with one of the receiver's keys over these bytes.
    SignatureMismatch,
    /// The signed timestamp is further in the past than the tolerance.
    TimestampTooOld,
    /// The signed timestamp is further in the future than the tolerance.
    TimestampTooNew,
    /// The callback is genuine and fresh, and its body is not what the format prescribes.
    MalformedPayload,
}

impl Code {
    /// Every code, in the order in which the pipeline can give them.
    pub const ALL: [Self; 11] = [
        Self::BodyTooLarge,
        Self::InsecureTransport,
        Self::IpNotAllowed,
        Self::MissingHeader,
        Self::MalformedHeader,
        Self::UnknownKey,
        Self::UnsupportedSignature,
        Self::SignatureMismatch,
        Self::TimestampTooOld,
        Self::TimestampTooNew,
        Self::MalformedPayload,
    ];

    /// The code as it is written in results, answers and logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MissingHeader => "missing_header",
            Self::MalformedHeader => "malformed_header",
            Self::BodyTooLarge => "body_too_large",
            Self::IpNotAllowed => "ip_not_allowed",
            Self::InsecureTransport => "insecure_transport",
            Self::UnknownKey => "unknown_key",
            Self::UnsupportedSignature => "unsupported_signature",
            Self::SignatureMismatch => "signature_mismatch",
            Self::TimestampTooOld => "timestamp_too_old",
            Self::TimestampTooNew => "timestamp_too_new",
            Self::MalformedPayload => "malformed_payload",
        }
    }

    /// The HTTP status that tells the sender the same (RFC 9110, section 15.5).
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::MissingHeader | Self::MalformedHeader => 400,
            Self::UnknownKey
            | Self::UnsupportedSignature
            | Self::SignatureMismatch
            | Self::TimestampTooOld
            | Self::TimestampTooNew => 401,
            Self::IpNotAllowed | Self::InsecureTransport => 403,
            Self::BodyTooLarge => 413,
            Self::MalformedPayload => 422,
        }
    }
}

/// A refused callback, with the evidence.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// [`Code::MissingHeader`].
    MissingHeader {
        /// The header's name, in lower case.
        header: String,
    },
    /// [`Code::MalformedHeader`].
    MalformedHeader {
        /// The header's name, in lower case.
        header: String,
        /// What is wrong with its value.
        problem: HeaderProblem,
    },
    /// [`Code::BodyTooLarge`].
    BodyTooLarge {
        /// The receiver's limit in bytes.
        limit: usize,
    },
    /// [`Code::IpNotAllowed`].
    IpNotAllowed {
        /// What the receiver learnt of the client's address.
        client: Client,
    },
    /// [`Code::InsecureTransport`].
    InsecureTransport,
    /// [`Code::UnknownKey`].
    UnknownKey {
        /// The header that names the key, in lower case.
        header: String,
        /// The key's id.
        key_id: String,
    },
    /// [`Code::UnsupportedSignature`].
    UnsupportedSignature {
        /// Where the signatures stand.
        location: Location,
    },
    /// [`Code::SignatureMismatch`].
    SignatureMismatch {
        /// Where the signatures stand.
        location: Location,
    },
    /// [`Code::TimestampTooOld`].
    TimestampTooOld {
        /// Where the timestamp stands.
        location: Location,
        /// The receiver's tolerance in seconds.
        tolerance: u64,
        /// How old the callback is, in seconds.
        age: u64,
    },
    /// [`Code::TimestampTooNew`].
    TimestampTooNew {
        /// Where the timestamp stands.
        location: Location,
        /// The receiver's tolerance in seconds.
        tolerance: u64,
        /// How far ahead of the receiver's clock the callback is, in seconds.
        ahead: u64,
    },
    /// [`Code::MalformedPayload`].
    MalformedPayload {
        /// The member at fault, as `data.amount.value`; empty for the body as a whole.
        path: String,
        /// What is wrong there.
        problem: PayloadProblem,
    },
}

/// Where something stands in a callback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// In the header of this name, in lower case.
    Header(String),
    /// In this member of the body, as `data.sentAt`; empty for the body as a whole.
    Member(String),
}

/// What is wrong with a header's value.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderProblem {
    /// Not 1 to 256 visible ASCII characters, or one that may not be among them.
    Token {
        /// What follows the value under the signature.
        end: End,
    },
    /// Not a point in time of this unit.
    Time {
        /// The unit.
        unit: Unit,
    },
    /// More seconds than 64 bits hold.
    TimeRange,
    /// A time that starts with a zero, where that could be a part of what stands before it.
    LeadingZero,
    /// Not one time among the entries.
    OneTimestamp,
    /// An entry of the list is not a label and a value.
    SignatureEntry {
        /// What stands between the entries.
        separator: u8,
        /// What stands between a label and its value.
        assign: u8,
    },
    /// What has to stand before the signature does not.
    SignaturePrefix,
    /// A signature is not strictly of this encoding.
    SignatureEncoding {
        /// The encoding.
        encoding: Encoding,
    },
    /// Not JSON with a signature.
    Wrapper,
    /// Not a list of headers that were delivered.
    CoveredHeaders,
    /// Not a JSON Web Signature without its payload.
    Jws,
    /// A signature has another length than its algorithm gives.
    SignatureLength {
        /// The bytes that a signature has, at most where that differs.
        expected: usize,
        /// The bytes that came.
        actual: usize,
    },
    /// More entries than a receiver is willing to try.
    TooManySignatures {
        /// The budget.
        limit: usize,
    },
}

/// What the receiver knows of a client that it does not allow.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// Ranges are configured and nobody passed an address.
    Unknown,
    /// What was passed is not an IP address.
    NotAnAddress,
    /// An address outside of all ranges.
    Address(core::net::IpAddr),
}

/// What is wrong with a member of the body.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PayloadProblem {
    /// The bytes are not UTF-8 from this offset on.
    NotUtf8 {
        /// Bytes before the fault.
        offset: usize,
    },
    /// The body starts with a byte order mark (RFC 8259, section 8.1).
    ByteOrderMark,
    /// The JSON grammar of RFC 8259 is broken.
    Syntax {
        /// What could stand at the offset.
        expected: &'static str,
        /// Bytes before the fault.
        offset: usize,
    },
    /// A complete value is followed by something else than white space.
    TrailingData {
        /// Bytes before what follows.
        offset: usize,
    },
    /// More containers inside each other than the limit.
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// An object has two members of this name.
    DuplicateKey,
    /// A `\u` escape names half of a surrogate pair.
    LoneSurrogate,
    /// A number that a double does not carry exactly (RFC 7493, section 2.2).
    InexactNumber,
    /// A confirmed deposit has fewer confirmations than it says it needs.
    TooFewConfirmations {
        /// How many it needs.
        required: u64,
        /// How many it has.
        actual: u64,
    },
    /// An amount of base units, or its decimals.
    Amount(AmountError),
    /// A CAIP-2 chain.
    Chain(ChainError),
    /// A CAIP-19 asset.
    Asset(AssetError),
    /// An address or a transaction hash.
    Address(AddressError),
    /// An RFC 3339 date and time.
    Timestamp(TimestampError),
    /// A required member is not there.
    Missing {
        /// What it should hold.
        expected: &'static str,
    },
    /// A member holds something else than the format prescribes.
    Unexpected {
        /// What it should hold.
        expected: &'static str,
        /// What it holds, by kind.
        actual: &'static str,
    },
}

impl Rejection {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::MissingHeader { .. } => Code::MissingHeader,
            Self::MalformedHeader { .. } => Code::MalformedHeader,
            Self::BodyTooLarge { .. } => Code::BodyTooLarge,
            Self::IpNotAllowed { .. } => Code::IpNotAllowed,
            Self::InsecureTransport => Code::InsecureTransport,
            Self::UnknownKey { .. } => Code::UnknownKey,
            Self::UnsupportedSignature { .. } => Code::UnsupportedSignature,
            Self::SignatureMismatch { .. } => Code::SignatureMismatch,
            Self::TimestampTooOld { .. } => Code::TimestampTooOld,
            Self::TimestampTooNew { .. } => Code::TimestampTooNew,
            Self::MalformedPayload { .. } => Code::MalformedPayload,
        }
    }

    /// The header at fault, in lower case.
    #[must_use]
    pub fn header(&self) -> Option<&str> {
        match self {
            Self::MissingHeader { header }
            | Self::MalformedHeader { header, .. }
            | Self::UnknownKey { header, .. } => Some(header),
            _ => match self.location()? {
                Location::Header(header) => Some(header),
                Location::Member(_) => None,
            },
        }
    }

    /// The member of the body at fault, as `data.amount.value`.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::MalformedPayload { path, .. } => Some(path),
            _ => match self.location()? {
                Location::Header(_) => None,
                Location::Member(path) => Some(path),
            },
        }
    }

    /// The id of the key that the receiver does not hold.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        match self {
            Self::UnknownKey { key_id, .. } => Some(key_id),
            _ => None,
        }
    }

    const fn location(&self) -> Option<&Location> {
        match self {
            Self::UnsupportedSignature { location }
            | Self::SignatureMismatch { location }
            | Self::TimestampTooOld { location, .. }
            | Self::TimestampTooNew { location, .. } => Some(location),
            _ => None,
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingHeader { header } => write!(f, "expected the header {header}, got none"),
            Self::MalformedHeader { problem, .. } => problem.fmt(f),
            Self::BodyTooLarge { limit } => {
                write!(f, "expected a body of at most {limit} bytes, got more")
            }
            Self::IpNotAllowed { client } => client.fmt(f),
            Self::InsecureTransport => f.write_str(
                "expected https, got plain http (where a proxy ends tls, name it in trustedProxies)",
            ),
            Self::UnknownKey { .. } => {
                f.write_str("expected the id of one of the keys, got another")
            }
            Self::UnsupportedSignature { .. } => f.write_str(
                "expected a signature of a kind for which there is a key, got other kinds only",
            ),
            Self::SignatureMismatch { .. } => f.write_str(
                "expected a signature by one of the keys over these bytes, got none that matches",
            ),
            Self::TimestampTooOld { tolerance, age, .. } => write!(
                f,
                "expected a timestamp at most {tolerance} s old, got one {age} s old"
            ),
            Self::TimestampTooNew {
                tolerance, ahead, ..
            } => write!(
                f,
                "expected a timestamp at most {tolerance} s ahead, got one {ahead} s ahead"
            ),
            Self::MalformedPayload { problem, .. } => problem.fmt(f),
        }
    }
}

impl fmt::Display for HeaderProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token {
                end: End::Literal(end),
            } if end.is_ascii_graphic() => write!(
                f,
                "expected 1 to 256 visible ascii characters without `{}`, got another form",
                char::from(*end)
            ),
            Self::Token { end: End::Open } => f.write_str(
                "expected 1 to 256 visible ascii characters without `{`, `[` and quotes, got another form",
            ),
            Self::Token { .. } => {
                f.write_str("expected 1 to 256 visible ascii characters, got another form")
            }
            Self::Time { unit } => f.write_str(match unit {
                Unit::Seconds => "expected unix seconds as decimal digits, got another form",
                Unit::Unix => {
                    "expected unix seconds or milliseconds as decimal digits, got another form"
                }
                Unit::Milliseconds => {
                    "expected unix milliseconds as decimal digits, got another form"
                }
                Unit::Iso8601 => "expected an iso 8601 date and time, got another form",
                Unit::HttpDate => "expected a date such as Sun, 06 Nov 1994 08:49:37 GMT, got another form",
            }),
            Self::TimeRange => {
                f.write_str("expected unix time within 64 bits, got a larger number")
            }
            Self::LeadingZero => f.write_str("expected a time without a leading zero, got one"),
            Self::OneTimestamp => {
                f.write_str("expected one timestamp among the entries, got none or several")
            }
            Self::SignatureEntry { separator, assign } => {
                let between = if *separator == b' ' { "one space" } else { "a comma" };
                let assign = char::from(*assign);
                write!(
                    f,
                    "expected entries `label{assign}value` with {between} between them, got another form"
                )
            }
            Self::SignaturePrefix => {
                f.write_str("expected the sender's prefix before the signature, got another form")
            }
            Self::SignatureEncoding { encoding } => f.write_str(match encoding {
                Encoding::Hex => "expected pairs of hexadecimal digits, got another form",
                Encoding::Base64 => {
                    "expected canonical base64 with padding in each signature, got another form"
                }
                Encoding::Base64Url => {
                    "expected canonical base64url without padding, got another form"
                }
            }),
            Self::Wrapper => {
                f.write_str("expected a signature or an object of json with one, got another form")
            }
            Self::CoveredHeaders => {
                f.write_str("expected the names of headers that v1 is over, got none")
            }
            Self::Jws => f.write_str(
                "expected a json web signature without its payload, got another form",
            ),
            Self::SignatureLength { expected, actual } => {
                write!(f, "expected a signature of {expected} bytes, got {actual}")
            }
            Self::TooManySignatures { limit } => {
                write!(f, "expected at most {limit} signatures, got more")
            }
        }
    }
}

impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "expected a client address from the allowed ranges, got none",
            Self::NotAnAddress => "expected a client address, got something else",
            Self::Address(_) => "expected a client address from the allowed ranges, got another",
        })
    }
}

impl fmt::Display for PayloadProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 { offset } => {
                write!(f, "expected utf-8, got another byte at offset {offset}")
            }
            Self::ByteOrderMark => f.write_str("expected json, got a byte order mark before it"),
            Self::Syntax { expected, offset } => {
                write!(
                    f,
                    "expected {expected} at offset {offset}, got something else"
                )
            }
            Self::TrailingData { offset } => {
                write!(
                    f,
                    "expected the end of the body at offset {offset}, got trailing data"
                )
            }
            Self::TooDeep { limit } => {
                write!(f, "expected at most {limit} nested containers, got more")
            }
            Self::DuplicateKey => f.write_str("expected each member once, got it twice"),
            Self::LoneSurrogate => f.write_str("expected surrogates in pairs, got half of a pair"),
            Self::InexactNumber => f.write_str(
                "expected an integer up to 2^53 - 1 or a number below 10^308, got a larger one",
            ),
            Self::TooFewConfirmations { required, actual } => {
                write!(
                    f,
                    "expected at least {required} confirmations, got {actual}"
                )
            }
            Self::Amount(error) => error.fmt(f),
            Self::Chain(error) => error.fmt(f),
            Self::Asset(error) => error.fmt(f),
            Self::Address(error) => error.fmt(f),
            Self::Timestamp(error) => error.fmt(f),
            Self::Missing { expected } => write!(f, "expected {expected}, got nothing"),
            Self::Unexpected { expected, actual } => write!(f, "expected {expected}, got {actual}"),
        }
    }
}

impl core::error::Error for Rejection {}

impl From<AmountError> for PayloadProblem {
    fn from(error: AmountError) -> Self {
        Self::Amount(error)
    }
}

impl From<ChainError> for PayloadProblem {
    fn from(error: ChainError) -> Self {
        Self::Chain(error)
    }
}

impl From<AssetError> for PayloadProblem {
    fn from(error: AssetError) -> Self {
        Self::Asset(error)
    }
}

impl From<AddressError> for PayloadProblem {
    fn from(error: AddressError) -> Self {
        Self::Address(error)
    }
}

impl From<TimestampError> for PayloadProblem {
    fn from(error: TimestampError) -> Self {
        Self::Timestamp(error)
    }
}
