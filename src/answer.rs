//! What users read, in the shapes of the package's public types.

use core::net::IpAddr;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::{Serialize, Serializer};

#[cfg(feature = "full")]
use crate::error::ConfigError;
use crate::error::Rejection;
use crate::event::UnsafeNumbers;
#[cfg(feature = "full")]
use crate::explain::Verdict;
use crate::sender::Signs;
use crate::verify::Verifier;

/// A member that has one value in all answers of its kind.
#[derive(Debug, Clone, Copy)]
pub struct Is<const VALUE: bool>;

impl<const VALUE: bool> Serialize for Is<VALUE> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(VALUE)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rejected<'a> {
    ok: Is<false>,
    code: &'static str,
    status: u16,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_id: Option<&'a str>,
}

impl Serialize for Rejection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let code = self.code();
        let rejected = Rejected {
            ok: Is,
            code: code.name(),
            status: code.status(),
            message: self.to_string(),
            header: self.header(),
            path: self.path(),
            key_id: self.key_id(),
        };
        rejected.serialize(serializer)
    }
}

/// What the package's own layers need to know of a verifier.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings<'a> {
    /// Its number.
    pub verifier: usize,
    sender: &'a str,
    max_body_bytes: usize,
    tolerance_seconds: u64,
    signs: Signs,
    headers: Vec<&'a str>,
    reads: Reads,
    key_ids: Vec<Option<&'a str>>,
    unsafe_numbers: UnsafeNumbers,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_type: Option<&'static str>,
}

/// What is read beside the headers that have names.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Reads {
    method: bool,
    url: bool,
    all_headers: bool,
}

impl<'a> Settings<'a> {
    /// Those of a verifier under this number.
    #[must_use]
    pub fn of(verifier: &'a Verifier, number: usize) -> Self {
        let sender = verifier.sender();
        Self {
            verifier: number,
            sender: sender.name(),
            max_body_bytes: verifier.max_body_bytes(),
            tolerance_seconds: verifier.tolerance().seconds(),
            signs: sender.signs(),
            headers: sender.header_names(),
            reads: Reads {
                method: sender.reads_method(),
                url: sender.reads_url(),
                all_headers: sender.reads_all_headers(),
            },
            key_ids: verifier.key_ids().collect(),
            unsafe_numbers: verifier.unsafe_numbers(),
            media_type: sender.payload().media_type(),
        }
    }
}

/// An admitted request.
#[derive(Debug, Serialize)]
pub struct Admitted {
    ok: Is<true>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<IpAddr>,
}

impl Admitted {
    /// With the client's address where it is known.
    #[must_use]
    pub const fn new(ip: Option<IpAddr>) -> Self {
        Self { ok: Is, ip }
    }
}

/// A new key pair.
#[cfg(feature = "full")]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyPair<'a> {
    /// The public key, `whpk_…`.
    pub public_key: &'a str,
    /// The private key, `whsk_…`.
    pub private_key: &'a str,
}

#[cfg(feature = "full")]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Accepted<'a> {
    ok: Is<true>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_hash: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_with: Option<&'a str>,
    key: UsedKey<'a>,
}

#[cfg(feature = "full")]
#[derive(Serialize)]
struct UsedKey<'a> {
    index: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
}

#[cfg(feature = "full")]
#[derive(Serialize)]
struct Misconfigured {
    ok: Is<false>,
    code: &'static str,
    message: String,
}

#[cfg(feature = "full")]
impl From<&ConfigError> for Misconfigured {
    fn from(error: &ConfigError) -> Self {
        Self {
            ok: Is,
            code: error.code(),
            message: error.to_string(),
        }
    }
}

#[cfg(feature = "full")]
impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Accepted {
                id,
                timestamp,
                content_hash,
                signed_with,
                key,
                key_id,
            } => {
                let accepted = Accepted {
                    ok: Is,
                    id: id.as_deref(),
                    timestamp: *timestamp,
                    content_hash: content_hash.as_deref(),
                    signed_with: signed_with.as_deref(),
                    key: UsedKey {
                        index: *key,
                        id: key_id.as_deref(),
                    },
                };
                accepted.serialize(serializer)
            }
            Self::Rejected(rejection) => rejection.serialize(serializer),
            Self::Misconfigured(error) => Misconfigured::from(error).serialize(serializer),
        }
    }
}
