//! Why a callback was refused, and why a configuration was.
//!
//! Every value here is safe to log and to send: it never holds a secret, an expected signature or a
//! part of the body other than the names of its members.

mod config;
mod header;
mod payload;

use alloc::string::String;

use thiserror::Error;

pub use config::{ConfigError, KeyProblem};
pub use header::{Excluded, HeaderProblem};
pub use payload::PayloadProblem;

/// Makes the codes from their table: what each means, variant, name, HTTP status.
macro_rules! codes {
    ($(#[$doc:meta] $variant:ident = $name:literal, $status:literal;)*) => {
        /// The stable name of a reason for refusing a callback. Adding one is a minor version.
        #[non_exhaustive]
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code {
            $(#[$doc] $variant,)*
        }

        impl Code {
            /// Every code, in the order in which the pipeline can give them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The code as it is written in results, answers and logs.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// The HTTP status that tells the sender the same (RFC 9110, section 15.5).
            #[must_use]
            pub const fn status(self) -> u16 {
                match self {
                    $(Self::$variant => $status,)*
                }
            }
        }
    };
}

codes! {
    /// The body is longer than the receiver's limit.
    BodyTooLarge = "body_too_large", 413;
    /// The callback did not arrive over HTTPS.
    InsecureTransport = "insecure_transport", 403;
    /// The client's address is in none of the allowed ranges.
    IpNotAllowed = "ip_not_allowed", 403;
    /// A header that the sender always sends is not there.
    MissingHeader = "missing_header", 400;
    /// A header is there and does not have the form that its sender documents.
    MalformedHeader = "malformed_header", 400;
    /// The callback names a key that the receiver does not hold.
    UnknownKey = "unknown_key", 401;
    /// No signature is of a kind for which the receiver holds a key.
    UnsupportedSignature = "unsupported_signature", 401;
    /// No signature was made with one of the receiver's keys over these bytes.
    SignatureMismatch = "signature_mismatch", 401;
    /// The signed timestamp is further in the past than the tolerance.
    TimestampTooOld = "timestamp_too_old", 401;
    /// The signed timestamp is further in the future than the tolerance.
    TimestampTooNew = "timestamp_too_new", 401;
    /// The callback is genuine and fresh, but its body does not follow the format.
    MalformedPayload = "malformed_payload", 422;
}

/// A refused callback, with the evidence.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Rejection {
    /// [`Code::MissingHeader`].
    #[error("missing header {header}")]
    MissingHeader {
        /// The header's name, in lower case.
        header: String,
    },
    /// [`Code::MissingHeader`]: the receiver did not pass what is no header and is signed as well.
    #[error("{part} is required: the sender signs it")]
    IncompleteRequest {
        /// `method` or `url`.
        part: &'static str,
    },
    /// [`Code::MalformedHeader`].
    #[error("{problem}")]
    MalformedHeader {
        /// The header's name, in lower case.
        header: String,
        /// What is wrong with its value.
        problem: HeaderProblem,
    },
    /// [`Code::BodyTooLarge`].
    #[error("body is larger than {limit} bytes")]
    BodyTooLarge {
        /// The receiver's limit in bytes.
        limit: usize,
    },
    /// [`Code::IpNotAllowed`].
    #[error("{client}")]
    IpNotAllowed {
        /// What the receiver knows of the client's address.
        client: Client,
    },
    /// [`Code::InsecureTransport`].
    #[error("{plain}")]
    InsecureTransport {
        /// Why it counts as plain HTTP.
        plain: Plain,
    },
    /// [`Code::UnknownKey`].
    #[error("key id does not match any key")]
    UnknownKey {
        /// The header that names the key, in lower case.
        header: String,
        /// The key's id.
        key_id: String,
    },
    /// [`Code::UnsupportedSignature`].
    #[error("no key can verify this kind of signature")]
    UnsupportedSignature {
        /// Where the signatures are.
        location: Location,
    },
    /// [`Code::UnsupportedSignature`]: it is for another of the sender's clients.
    #[error("callback is for another client: expected the id that clientId names")]
    OtherClient {
        /// The header that names the client, in lower case.
        header: String,
    },
    /// [`Code::UnsupportedSignature`]: a header says that it is signed in another way than is known here.
    #[error("expected {header}: {expected} (the callback is signed in another way)")]
    OtherVersion {
        /// The header's name, in lower case.
        header: String,
        /// Its value in every callback that is signed as described.
        expected: String,
    },
    /// [`Code::UnsupportedSignature`]: the sender signs the URL of a GET only, and this is none.
    #[error("expected method GET: the sender does not sign the url of other requests")]
    UnsignedUrl,
    /// [`Code::SignatureMismatch`].
    #[error("signature does not match any key (call explain() to find out why)")]
    SignatureMismatch {
        /// Where the signatures are.
        location: Location,
    },
    /// [`Code::TimestampTooOld`].
    #[error("timestamp is {age} s old, at most {tolerance} s allowed")]
    TimestampTooOld {
        /// Where the timestamp is.
        location: Location,
        /// The receiver's tolerance in seconds.
        tolerance: u64,
        /// How old the callback is, in seconds.
        age: u64,
    },
    /// [`Code::TimestampTooNew`].
    #[error("timestamp is {ahead} s in the future, at most {tolerance} s allowed")]
    TimestampTooNew {
        /// Where the timestamp is.
        location: Location,
        /// The receiver's tolerance in seconds.
        tolerance: u64,
        /// How far ahead of the receiver's clock the callback is, in seconds.
        ahead: u64,
    },
    /// [`Code::MalformedPayload`].
    #[error("{problem}")]
    MalformedPayload {
        /// The member at fault, as `data.amount.value`; empty for the body as a whole.
        path: String,
        /// What is wrong there.
        problem: PayloadProblem,
    },
}

/// A place in a callback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// In the header of this name, in lower case.
    Header(String),
    /// In this member of the body, as `data.sentAt`; empty for the body as a whole.
    Member(String),
}

/// Why a callback counts as having come over plain HTTP.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Plain {
    /// The connection is not encrypted, and its other end is not a trusted proxy.
    #[error(
        "expected https, got plain http (if a proxy terminates tls, list it in trustedProxies)"
    )]
    Connection,
    /// A trusted proxy has passed it on without its scheme.
    #[error("expected https, but the trusted proxy does not send x-forwarded-proto")]
    Untold,
    /// A trusted proxy says that the client used HTTP.
    #[error("expected https, got http as the trusted proxy says")]
    Told,
}

/// What the receiver knows of a client that it does not allow.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Client {
    /// Ranges are configured and nobody passed an address.
    #[error("client address is unknown: allowedIps needs it as ip")]
    Unknown,
    /// What was passed is not an IP address.
    #[error("client address is not an ip address")]
    NotAnAddress,
    /// An address outside of all ranges.
    #[error("client address is not in an allowed range")]
    Address(core::net::IpAddr),
}

impl Rejection {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::MissingHeader { .. } | Self::IncompleteRequest { .. } => Code::MissingHeader,
            Self::MalformedHeader { .. } => Code::MalformedHeader,
            Self::BodyTooLarge { .. } => Code::BodyTooLarge,
            Self::IpNotAllowed { .. } => Code::IpNotAllowed,
            Self::InsecureTransport { .. } => Code::InsecureTransport,
            Self::UnknownKey { .. } => Code::UnknownKey,
            Self::UnsupportedSignature { .. }
            | Self::OtherClient { .. }
            | Self::OtherVersion { .. }
            | Self::UnsignedUrl => Code::UnsupportedSignature,
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
            | Self::UnknownKey { header, .. }
            | Self::OtherClient { header }
            | Self::OtherVersion { header, .. } => Some(header),
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
