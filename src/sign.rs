//! The other direction: signing what [`Verifier`](crate::verify::Verifier) accepts, for senders and
//! for tests of receivers.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};

use crate::algorithm::ed25519::PrivateKey;
use crate::claim::{parse_id, signed_bytes};
use crate::encoding::encode_base64;
use crate::error::ConfigError;
use crate::key::{Signing, SigningKey};
use crate::sender::Sender;

/// The headers of a signed callback: names in lower case, and their values.
pub type SignedHeaders = [(&'static str, String); 3];

/// Signs `body`. `timestamp` is in Unix seconds.
///
/// # Errors
/// [`ConfigError::InvalidOption`] for an id that no receiver would accept.
pub fn sign(
    sender: &'static Sender,
    key: &SigningKey,
    id: &str,
    timestamp: u64,
    body: &[u8],
) -> Result<SignedHeaders, ConfigError> {
    parse_id(id.as_bytes()).map_err(|problem| ConfigError::InvalidOption {
        option: "id",
        problem: problem.to_string(),
    })?;
    let timestamp = timestamp.to_string();
    let message = signed_bytes(id, timestamp.as_bytes(), body);
    let signature = match &key.0 {
        Signing::Secret(key) => format!("v1,{}", encode_base64(&key.tag(&message))),
        Signing::Private(key) => format!("v1a,{}", encode_base64(&key.sign(&message.concat()))),
    };
    let own = &sender.own_headers;
    Ok([
        (own.id, id.to_owned()),
        (own.timestamp, timestamp),
        (own.signature, signature),
    ])
}

/// An id for a callback that has none, from 16 random bytes.
#[must_use]
pub fn message_id(entropy: [u8; 16]) -> String {
    format!("msg_{}", hex::encode(entropy))
}

/// A secret in its text form, from 32 random bytes.
#[must_use]
pub fn secret(entropy: [u8; 32]) -> String {
    format!("whsec_{}", encode_base64(&entropy))
}

/// An Ed25519 key pair in its text form, from 32 random bytes: `(whpk_…, whsk_…)`.
#[must_use]
pub fn key_pair(entropy: [u8; 32]) -> (String, String) {
    let key = PrivateKey::from_seed(&entropy);
    (
        format!("whpk_{}", encode_base64(&key.public())),
        format!("whsk_{}", encode_base64(&key.to_pair())),
    )
}
