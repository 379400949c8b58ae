//! Keys: parsing, the set that is tried during a rotation, and what signs.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use core::fmt;

use zeroize::Zeroizing;

use crate::algorithm::ed25519::{PrivateKey, PublicKey};
use crate::algorithm::hmac::HmacKey;
use crate::encoding::decode_base64;
use crate::error::{ConfigError, KeyProblem};

/// The most keys that one verifier tries: the cost of a forged callback grows with each of them,
/// and a rotation needs two.
pub const MAX_KEYS: usize = 16;

/// The bytes that a secret may have (Standard Webhooks 1.0, "Signature scheme").
const SECRET_BYTES: core::ops::RangeInclusive<usize> = 24..=64;

/// A key as it is handed in: text with its prefix, or the raw bytes of a secret.
pub enum KeySource {
    /// `whsec_<base64>`, `whpk_<base64>` or `whsk_<base64>`.
    Text(Zeroizing<String>),
    /// The bytes of an HMAC secret.
    Bytes(Zeroizing<Vec<u8>>),
}

impl KeySource {
    /// A key in text form.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(Zeroizing::new(text.to_owned()))
    }

    /// A secret as raw bytes.
    #[must_use]
    pub fn bytes(bytes: &[u8]) -> Self {
        Self::Bytes(Zeroizing::new(bytes.to_vec()))
    }
}

/// The keys that a verifier tries, in the order in which they were given.
pub struct Keys(Vec<Key>);

pub(crate) enum Key {
    Secret(HmacKey),
    Public(PublicKey),
}

impl Keys {
    /// Parses 1 to [`MAX_KEYS`] keys. Secrets of fewer than 24 bytes are refused unless
    /// `allow_short` is set.
    ///
    /// # Errors
    /// [`ConfigError::InvalidKey`] with the index of the key at fault, or
    /// [`ConfigError::TooManyKeys`].
    pub fn parse(sources: &[KeySource], allow_short: bool) -> Result<Self, ConfigError> {
        if sources.is_empty() {
            return Err(invalid(None, KeyProblem::Missing));
        }
        if sources.len() > MAX_KEYS {
            return Err(ConfigError::TooManyKeys { limit: MAX_KEYS });
        }
        let parse = |(index, source)| match parse(source, allow_short) {
            Ok(Parsed::Secret(key)) => Ok(Key::Secret(key)),
            Ok(Parsed::Public(key)) => Ok(Key::Public(key)),
            Ok(Parsed::Private(_)) => Err(invalid(Some(index), KeyProblem::PrivateToVerify)),
            Err(problem) => Err(invalid(Some(index), problem)),
        };
        let keys = sources.iter().enumerate().map(parse);
        keys.collect::<Result<_, _>>().map(Self)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Key> {
        self.0.iter()
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0).finish()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Secret(_) => "Secret([redacted])",
            Self::Public(_) => "Public",
        })
    }
}

/// A key that signs: a secret or an Ed25519 private key.
pub struct SigningKey(pub(crate) Signing);

pub(crate) enum Signing {
    Secret(HmacKey),
    Private(PrivateKey),
}

impl SigningKey {
    /// Parses a key that signs. Short secrets are allowed, since a test may need the signature that
    /// a careless sender would make.
    ///
    /// # Errors
    /// [`ConfigError::InvalidKey`] without an index.
    pub fn parse(source: &KeySource) -> Result<Self, ConfigError> {
        match parse(source, true) {
            Ok(Parsed::Secret(key)) => Ok(Self(Signing::Secret(key))),
            Ok(Parsed::Private(key)) => Ok(Self(Signing::Private(key))),
            Ok(Parsed::Public(_)) => Err(invalid(None, KeyProblem::PublicToSign)),
            Err(problem) => Err(invalid(None, problem)),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey([redacted])")
    }
}

enum Parsed {
    Secret(HmacKey),
    Public(PublicKey),
    Private(PrivateKey),
}

const fn invalid(index: Option<usize>, problem: KeyProblem) -> ConfigError {
    ConfigError::InvalidKey { index, problem }
}

fn parse(source: &KeySource, allow_short: bool) -> Result<Parsed, KeyProblem> {
    match source {
        KeySource::Bytes(bytes) => parse_secret(bytes, allow_short),
        KeySource::Text(text) => parse_text(text, allow_short),
    }
}

fn parse_text(text: &str, allow_short: bool) -> Result<Parsed, KeyProblem> {
    if text.is_empty() {
        return Err(KeyProblem::Missing);
    }
    if text.contains(char::is_whitespace) {
        return Err(KeyProblem::WhiteSpace);
    }
    if text.starts_with(['"', '\'', '`']) || text.ends_with(['"', '\'', '`']) {
        return Err(KeyProblem::Quotes);
    }
    if text.starts_with("v1,") {
        return Err(KeyProblem::VersionPrefix);
    }
    let (prefix, encoded) = text.split_once('_').ok_or(KeyProblem::Prefix)?;
    let parse: fn(&[u8], bool) -> Result<Parsed, KeyProblem> = match prefix {
        "whsec" => parse_secret,
        "whpk" => |bytes, _| parse_public(bytes),
        "whsk" => |bytes, _| parse_private(bytes),
        _ => return Err(KeyProblem::Prefix),
    };
    let mut buffer = Zeroizing::new(vec![0; encoded.len()]);
    match decode_base64(encoded.as_bytes(), &mut buffer) {
        Ok(bytes) => parse(bytes, allow_short),
        Err(_) => Err(KeyProblem::Encoding),
    }
}

fn parse_secret(bytes: &[u8], allow_short: bool) -> Result<Parsed, KeyProblem> {
    let least = if allow_short {
        1
    } else {
        *SECRET_BYTES.start()
    };
    if (least..=*SECRET_BYTES.end()).contains(&bytes.len()) {
        Ok(Parsed::Secret(HmacKey::new(bytes)))
    } else {
        Err(KeyProblem::SecretLength {
            actual: bytes.len(),
        })
    }
}

fn parse_public(bytes: &[u8]) -> Result<Parsed, KeyProblem> {
    let actual = bytes.len();
    let bytes = bytes
        .try_into()
        .map_err(|_| KeyProblem::PublicLength { actual })?;
    PublicKey::new(bytes)
        .map(Parsed::Public)
        .map_err(|_| KeyProblem::NotAPoint)
}

fn parse_private(bytes: &[u8]) -> Result<Parsed, KeyProblem> {
    if let Ok(seed) = bytes.try_into() {
        return Ok(Parsed::Private(PrivateKey::from_seed(seed)));
    }
    let actual = bytes.len();
    let pair = bytes
        .try_into()
        .map_err(|_| KeyProblem::PrivateLength { actual })?;
    PrivateKey::from_pair(pair)
        .map(Parsed::Private)
        .map_err(|_| KeyProblem::HalvesDiffer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use zeroize::ZeroizeOnDrop;

    #[test]
    fn key_material_is_wiped_on_drop() {
        const fn wiped<T: ZeroizeOnDrop>() {}
        // An HMAC key is two of these, the inner and the outer state, and nothing else.
        wiped::<sha2::block_api::Sha256VarCore>();
        wiped::<ed25519_dalek::SigningKey>();
        wiped::<Zeroizing<Vec<u8>>>();
    }
}
