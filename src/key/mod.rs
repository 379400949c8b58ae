//! Keys: parsing, the set that is tried during a rotation, and what signs.

mod der;
mod jwk;
mod pem;
mod public;
mod published;
mod secret;
mod standard;

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec::Vec;

use core::fmt;

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::algorithm::Algorithm;
#[cfg(feature = "full")]
use crate::algorithm::ed25519::PrivateKey;
use crate::algorithm::hmac::{Hash, HmacKey};
use crate::algorithm::keccak256::SuffixKey;
use crate::algorithm::tag::Tag;
use crate::error::{ConfigError, KeyProblem};
use crate::json::Value;

use public::PublicAlgorithm;
pub(crate) use public::PublicKey;

/// The most keys that one verifier tries. Each adds to the cost of a forged callback, and a rotation
/// needs two.
pub const MAX_KEYS: usize = 16;

/// The fewest bits of an RSA key, unless a sender is known to use fewer (NIST SP 800-131A Rev. 2,
/// section 3).
pub(crate) const MIN_RSA_BITS: u64 = 2048;

/// How a secret is written.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyForm {
    /// `whsec_`, `whpk_` or `whsk_` and base64 (Standard Webhooks 1.0).
    Standard,
    /// The text's own bytes.
    Utf8,
    /// The text's own bytes without white space around them (NOWPayments).
    Utf8Trimmed,
    /// The text's own bytes without its first hyphen (Xaman).
    Utf8WithoutFirstHyphen,
    /// Hexadecimal digits.
    Hex,
    /// Base64.
    Base64,
}

/// What the keys of a sender have to be.
#[derive(Debug, Clone)]
pub struct KeyRules {
    /// How a secret is written.
    pub(crate) form: KeyForm,
    /// What its signatures are made with.
    pub(crate) algorithms: Vec<Algorithm>,
    /// The fewest bits of an RSA key.
    pub(crate) min_rsa_bits: u64,
    /// Whether its callbacks name the key that signed them.
    pub(crate) named: bool,
}

/// A key as it is handed in: text, or the raw bytes.
pub enum KeySource {
    /// As its sender writes it: `whsec_<base64>`, a secret's own characters, PEM and so on.
    Text(Zeroizing<String>),
    /// The bytes of a secret, or of a public key.
    Bytes(Zeroizing<Vec<u8>>),
}

impl KeySource {
    /// A key in text form.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(Zeroizing::new(text.to_owned()))
    }

    /// A key as raw bytes.
    #[must_use]
    pub fn bytes(bytes: &[u8]) -> Self {
        Self::Bytes(Zeroizing::new(bytes.to_vec()))
    }

    /// The bytes, or the text's.
    fn content(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}

/// A key as it is handed in, with the id by which callbacks may name it.
pub struct KeyInput {
    /// The id. A key without one is tried for every callback.
    pub id: Option<String>,
    /// The key.
    pub source: KeySource,
}

impl From<KeySource> for KeyInput {
    fn from(source: KeySource) -> Self {
        Self { id: None, source }
    }
}

/// The keys of a JSON Web Key Set (RFC 7517, section 5), each with its id. Keys of another kind than the
/// sender's are ignored, as the section says. So are keys without an id if callbacks name the key: in a
/// set, a key counts for its own id only.
///
/// # Errors
/// Says what the set lacks.
#[inline(never)]
pub(crate) fn read_set(rules: &KeyRules, set: Value) -> Result<Vec<KeyInput>, KeyProblem> {
    let keys = set.get("keys").filter(|keys| keys.is_array());
    let keys = keys.ok_or(KeyProblem::Type)?;
    let inputs = keys.elements().map(|key| KeyInput {
        id: key.get("kid").and_then(Value::string).map(Cow::into_owned),
        source: KeySource::text(key.raw()),
    });
    let other = |input: &KeyInput| {
        let parsed = parse(rules, &input.source, false);
        matches!(parsed, Err(KeyProblem::KeyKind { .. }))
    };
    let mut inputs: Vec<_> = inputs.filter(|input| !other(input)).collect();
    let found = inputs.len();
    inputs.retain(|input| input.id.is_some() || !rules.named);
    if inputs.is_empty() && found > 0 {
        return Err(KeyProblem::Jwk { member: "kid" });
    }
    Ok(inputs)
}

/// The keys that a verifier tries, in the order in which they were given.
pub struct Keys(Vec<(Option<String>, Key)>);

pub(crate) enum Key {
    /// A secret, ready for each algorithm with which its sender uses it.
    Secret(Vec<(Algorithm, Secret)>),
    Public(Algorithm, PublicKey),
}

/// A secret that is shared with the sender. Wiped on drop.
#[expect(
    clippy::large_enum_variant,
    reason = "a verifier has few keys, and nearly all are of HMAC"
)]
pub(crate) enum Secret {
    Hmac(HmacKey),
    Suffix(SuffixKey),
}

impl Secret {
    fn new(algorithm: Algorithm, bytes: &[u8]) -> Option<Self> {
        let hash = match algorithm {
            #[cfg(feature = "full")]
            Algorithm::HmacSha1 => Hash::Sha1,
            Algorithm::HmacSha256 => Hash::Sha256,
            Algorithm::HmacSha512 => Hash::Sha512,
            Algorithm::Keccak256 => return Some(Self::Suffix(SuffixKey::new(bytes))),
            _ => return None,
        };
        Some(Self::Hmac(HmacKey::new(hash, bytes)))
    }

    /// The tag over the concatenation of `parts`.
    pub(crate) fn tag(&self, parts: &[&[u8]]) -> Tag {
        match self {
            Self::Hmac(key) => key.tag(parts),
            Self::Suffix(key) => key.tag(parts),
        }
    }
}

impl Keys {
    /// Parses 1 to [`MAX_KEYS`] keys of a sender, or none if `may_be_empty` is set, since keys may be
    /// looked up later by their ids. Secrets of Standard Webhooks with fewer than 24 bytes are
    /// refused unless `allow_short` is set.
    ///
    /// # Errors
    /// [`ConfigError::InvalidKey`] with the index of the key at fault, or
    /// [`ConfigError::TooManyKeys`].
    pub fn parse(
        rules: &KeyRules,
        inputs: Vec<KeyInput>,
        allow_short: bool,
        may_be_empty: bool,
    ) -> Result<Self, ConfigError> {
        if inputs.is_empty() && !may_be_empty {
            return Err(invalid(None, KeyProblem::Missing));
        }
        if inputs.len() > MAX_KEYS {
            return Err(ConfigError::TooManyKeys { limit: MAX_KEYS });
        }
        let parse = |(index, input): (usize, KeyInput)| {
            let key = match parse(rules, &input.source, allow_short) {
                Ok(Parsed::Secret(bytes)) => Ok(secret(rules, &bytes)),
                Ok(Parsed::Public(algorithm, key)) => Ok(Key::Public(algorithm, key)),
                Ok(Parsed::Private) => Err(KeyProblem::PrivateToVerify),
                Err(problem) => Err(problem),
            };
            let key = key.map_err(|problem| invalid(Some(index), problem))?;
            Ok((input.id, key))
        };
        let keys = inputs.into_iter().enumerate().map(parse);
        keys.collect::<Result<_, _>>().map(Self)
    }

    /// The keys with this id and those without an id, with their indexes.
    pub(crate) fn named(&self, id: Option<&str>) -> impl Iterator<Item = (usize, &Key)> {
        let keys = self.0.iter().enumerate();
        keys.filter_map(move |(index, (own, key))| {
            let fits = id.is_none() || own.is_none() || own.as_deref() == id;
            fits.then_some((index, key))
        })
    }

    /// The ids of the keys, in their order.
    pub(crate) fn ids(&self) -> impl Iterator<Item = Option<&str>> {
        self.0.iter().map(|(id, _)| id.as_deref())
    }

    /// What tells the first secret from others: its tag over nothing. `None` for a public key.
    #[cfg(feature = "full")]
    pub(crate) fn mark(&self) -> Option<Vec<u8>> {
        match self.0.first()? {
            (_, Key::Secret(secrets)) => {
                let (_, secret) = secrets.first()?;
                Some(secret.tag(&[]).as_bytes().to_vec())
            }
            (_, Key::Public(..)) => None,
        }
    }

    /// The secret at this index, as the key of this algorithm.
    pub(crate) fn secret(&self, index: usize, algorithm: Algorithm) -> Option<&Secret> {
        match self.0.get(index)? {
            (_, Key::Secret(secrets)) => {
                let (_, secret) = secrets.iter().find(|(other, _)| *other == algorithm)?;
                Some(secret)
            }
            (_, Key::Public(..)) => None,
        }
    }
}

/// A secret for each algorithm with which the sender uses it.
fn secret(rules: &KeyRules, bytes: &[u8]) -> Key {
    let mut secrets: Vec<(Algorithm, Secret)> = Vec::new();
    for algorithm in &rules.algorithms {
        if secrets.iter().all(|(other, _)| other != algorithm) {
            secrets.extend(Secret::new(*algorithm, bytes).map(|secret| (*algorithm, secret)));
        }
    }
    Key::Secret(secrets)
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.0.iter().map(|(_, key)| key);
        f.debug_list().entries(keys).finish()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Secret(_) => "Secret([redacted])",
            Self::Public(..) => "Public",
        })
    }
}

/// A key that signs: a secret or an Ed25519 private key.
#[cfg(feature = "full")]
pub struct SigningKey(pub(crate) Signing);

#[cfg(feature = "full")]
pub(crate) enum Signing {
    Secret(Algorithm, Secret),
    Private(PrivateKey),
}

#[cfg(feature = "full")]
impl SigningKey {
    /// Parses a key of a sender that signs. Short secrets are allowed, since a test may need the
    /// signature that a careless sender would make.
    ///
    /// # Errors
    /// [`ConfigError::InvalidKey`] without an index.
    pub fn parse(rules: &KeyRules, source: &KeySource) -> Result<Self, ConfigError> {
        match parse(rules, source, true) {
            Ok(Parsed::Secret(bytes)) => {
                // Of two algorithms that share a secret, the last is the stronger.
                let Key::Secret(mut secrets) = secret(rules, &bytes) else {
                    return Err(invalid(None, KeyProblem::PublicToSign));
                };
                match secrets.pop() {
                    Some((algorithm, secret)) => Ok(Self(Signing::Secret(algorithm, secret))),
                    None => Err(invalid(None, KeyProblem::PublicToSign)),
                }
            }
            Ok(Parsed::Private) => {
                let key = standard::private_key(source);
                key.map(|key| Self(Signing::Private(key)))
                    .map_err(|problem| invalid(None, problem))
            }
            Ok(Parsed::Public(..)) => Err(invalid(None, KeyProblem::PublicToSign)),
            Err(problem) => Err(invalid(None, problem)),
        }
    }
}

#[cfg(feature = "full")]
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey([redacted])")
    }
}

enum Parsed {
    Secret(Zeroizing<Vec<u8>>),
    Public(Algorithm, PublicKey),
    /// A private key, which only signs.
    Private,
}

const fn invalid(index: Option<usize>, problem: KeyProblem) -> ConfigError {
    ConfigError::InvalidKey { index, problem }
}

fn parse(rules: &KeyRules, source: &KeySource, allow_short: bool) -> Result<Parsed, KeyProblem> {
    if matches!(source, KeySource::Text(text) if text.is_empty()) {
        return Err(KeyProblem::Missing);
    }
    if is_unset(source.content()) {
        return Err(KeyProblem::Unset);
    }
    if matches!(source, KeySource::Text(text) if published::is_assignment(text)) {
        return Err(KeyProblem::Assignment);
    }
    match rules.algorithms.first() {
        _ if rules.form == KeyForm::Standard => standard::parse(source, allow_short),
        Some(algorithm) if !algorithm.is_mac() => parse_public(rules, *algorithm, source),
        _ => secret::parse(rules.form, source).map(Parsed::Secret),
    }
}

/// Whether JavaScript made this text of a value that is no key: `String(undefined)`.
fn is_unset(content: &[u8]) -> bool {
    let content = content.trim_ascii();
    matches!(
        content,
        b"undefined" | b"null" | b"NaN" | b"true" | b"false"
    ) || (content.starts_with(b"[object ") && content.ends_with(b"]"))
}

/// A public key of a sender that publishes its own, or a private one for tests of a receiver.
#[inline(never)]
fn parse_public(
    rules: &KeyRules,
    algorithm: Algorithm,
    source: &KeySource,
) -> Result<Parsed, KeyProblem> {
    if let (Algorithm::Ed25519, KeySource::Text(text)) = (algorithm, source)
        && text.starts_with("whsk_")
    {
        return standard::parse_text(text, true);
    }
    let key = PublicKey::parse(PublicAlgorithm::of(algorithm, rules.min_rsa_bits), source)?;
    Ok(Parsed::Public(algorithm, key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use zeroize::ZeroizeOnDrop;

    #[test]
    fn key_material_is_wiped_on_drop() {
        const fn wiped<T: ZeroizeOnDrop>() {}
        wiped::<ed25519_dalek::SigningKey>();
        wiped::<Zeroizing<Vec<u8>>>();
    }
}
