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
use zeroize::Zeroizing;

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
pub fn secret(entropy: &[u8; 32]) -> Zeroizing<String> {
    with_prefix("whsec_", entropy)
}

/// An Ed25519 key pair in its text form, from 32 random bytes: `(whpk_…, whsk_…)`.
#[must_use]
pub fn key_pair(entropy: &[u8; 32]) -> (Zeroizing<String>, Zeroizing<String>) {
    let key = PrivateKey::from_seed(entropy);
    let pair = Zeroizing::new(key.to_pair());
    (
        with_prefix("whpk_", &key.public()),
        with_prefix("whsk_", &*pair),
    )
}

/// Written in one piece of memory, so that wiping it leaves no copy behind.
fn with_prefix(prefix: &str, bytes: &[u8]) -> Zeroizing<String> {
    let encoded = Zeroizing::new(encode_base64(bytes));
    let length = prefix.len().saturating_add(encoded.len());
    let mut text = Zeroizing::new(String::with_capacity(length));
    text.push_str(prefix);
    text.push_str(&encoded);
    text
}
