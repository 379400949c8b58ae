//! Public keys: what an algorithm verifies with, read from the forms in which senders publish them.

use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::algorithm::{Algorithm, ed25519};
#[cfg(feature = "full")]
use crate::algorithm::{Format, ecdsa, rsa};
use crate::encoding::Encoding;
use crate::error::KeyProblem;
use crate::key::{KeySource, der, jwk, pem};

/// What a signature is verified with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PublicAlgorithm {
    Ed25519,
    #[cfg(feature = "full")]
    Ecdsa(ecdsa::Curve, Format),
    #[cfg(feature = "full")]
    Rsa {
        hash: rsa::Hash,
        min_bits: u64,
    },
}

impl PublicAlgorithm {
    /// That of an algorithm that is part of this build and no MAC.
    #[cfg_attr(
        not(feature = "full"),
        expect(unused_variables, reason = "only RSA has keys of many lengths")
    )]
    pub(super) const fn of(algorithm: Algorithm, min_rsa_bits: u64) -> Self {
        match algorithm {
            #[cfg(feature = "full")]
            Algorithm::EcdsaP256(form) => Self::Ecdsa(ecdsa::Curve::P256, form),
            #[cfg(feature = "full")]
            Algorithm::EcdsaSecp256k1(form) => Self::Ecdsa(ecdsa::Curve::Secp256k1, form),
            #[cfg(feature = "full")]
            Algorithm::RsaSha256 => Self::Rsa {
                hash: rsa::Hash::Sha256,
                min_bits: min_rsa_bits,
            },
            #[cfg(feature = "full")]
            Algorithm::RsaSha512 => Self::Rsa {
                hash: rsa::Hash::Sha512,
                min_bits: min_rsa_bits,
            },
            _ => Self::Ed25519,
        }
    }

    /// The keys that it takes, for people.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Ed25519 => ED25519,
            #[cfg(feature = "full")]
            Self::Ecdsa(curve, _) => name(curve),
            #[cfg(feature = "full")]
            Self::Rsa { .. } => RSA,
        }
    }

    /// Its names in a JWK (RFC 7518, section 3.1; RFC 8037, section 3.1; RFC 8812, section 3.2;
    /// RFC 9864, section 2.2).
    pub(super) const fn jwk_names(self) -> &'static [&'static str] {
        match self {
            Self::Ed25519 => &["EdDSA", "Ed25519"],
            #[cfg(feature = "full")]
            Self::Ecdsa(ecdsa::Curve::P256, _) => &["ES256"],
            #[cfg(feature = "full")]
            Self::Ecdsa(ecdsa::Curve::Secp256k1, _) => &["ES256K"],
            #[cfg(feature = "full")]
            Self::Rsa {
                hash: rsa::Hash::Sha256,
                ..
            } => &["RS256"],
            #[cfg(feature = "full")]
            Self::Rsa {
                hash: rsa::Hash::Sha512,
                ..
            } => &["RS512"],
        }
    }
}

/// A public key, with what its algorithm leaves open.
#[derive(Clone)]
pub(crate) enum PublicKey {
    Ed25519(ed25519::PublicKey),
    #[cfg(feature = "full")]
    Ecdsa(ecdsa::PublicKey, Format),
    #[cfg(feature = "full")]
    Rsa(rsa::PublicKey, rsa::Hash),
}

impl PublicKey {
    /// Reads a key of this algorithm: PEM, base64 of DER, hex, `whpk_`, or a JWK; as bytes, those of
    /// the key, its DER or a PEM file.
    pub(crate) fn parse(
        algorithm: PublicAlgorithm,
        source: &KeySource,
    ) -> Result<Self, KeyProblem> {
        match source {
            KeySource::Text(text) if text.trim_start().starts_with('{') => {
                return jwk::parse(text, algorithm);
            }
            KeySource::Text(text) => read_text(text),
            KeySource::Bytes(bytes) => read_bytes(bytes),
        }?
        .for_algorithm(algorithm)
    }

    /// Whether this key's owner signed the concatenation of `parts`.
    #[inline(never)]
    pub(crate) fn verify(&self, parts: &[&[u8]], signature: &[u8]) -> bool {
        match self {
            Self::Ed25519(key) => signature
                .try_into()
                .is_ok_and(|signature| key.verify(&parts.concat(), signature)),
            #[cfg(feature = "full")]
            Self::Ecdsa(key, format) => key.verify(parts, *format, signature),
            #[cfg(feature = "full")]
            Self::Rsa(key, hash) => key.verify(*hash, parts, signature),
        }
    }
}

/// How an Ed25519 key of Standard Webhooks starts.
pub(super) const PREFIX: &str = "whpk_";

/// What a text or bytes turned out to be.
pub(super) enum Material {
    Ed25519(Vec<u8>),
    /// A point of the curve that was named, if one was.
    #[cfg(feature = "full")]
    Point(Option<ecdsa::Curve>, Vec<u8>),
    #[cfg(feature = "full")]
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    Other(&'static str),
}

impl Material {
    pub(super) fn for_algorithm(self, algorithm: PublicAlgorithm) -> Result<PublicKey, KeyProblem> {
        match (algorithm, self) {
            (PublicAlgorithm::Ed25519, Self::Ed25519(bytes)) => ed25519_key(&bytes),
            #[cfg(feature = "full")]
            (PublicAlgorithm::Ecdsa(curve, format), Self::Point(named, point))
                if named.is_none_or(|named| named == curve) =>
            {
                ecdsa::PublicKey::new(curve, &point)
                    .map(|key| PublicKey::Ecdsa(key, format))
                    .map_err(|_| KeyProblem::NotOnCurve)
            }
            #[cfg(feature = "full")]
            (PublicAlgorithm::Rsa { hash, min_bits }, Self::Rsa { modulus, exponent }) => {
                rsa::PublicKey::new(&modulus, &exponent, min_bits)
                    .map(|key| PublicKey::Rsa(key, hash))
                    .map_err(|fault| match fault {
                        rsa::NotAKey::ModulusBits(actual) => KeyProblem::RsaBits {
                            least: min_bits,
                            actual,
                        },
                        rsa::NotAKey::SmallFactor => KeyProblem::RsaFactor,
                        rsa::NotAKey::EvenModulus => KeyProblem::RsaModulus,
                        rsa::NotAKey::Exponent => KeyProblem::RsaExponent,
                    })
            }
            (algorithm, other) => Err(KeyProblem::KeyKind {
                expected: algorithm.key(),
                actual: match other {
                    Self::Ed25519(_) => ED25519,
                    #[cfg(feature = "full")]
                    Self::Point(curve, _) => curve.map_or("an ec public key", name),
                    #[cfg(feature = "full")]
                    Self::Rsa { .. } => RSA,
                    Self::Other(kind) => kind,
                },
            }),
        }
    }
}

const ED25519: &str = "an ed25519 public key";
#[cfg(feature = "full")]
const RSA: &str = "an rsa public key";

#[cfg(feature = "full")]
const fn name(curve: ecdsa::Curve) -> &'static str {
    match curve {
        ecdsa::Curve::P256 => "a p-256 public key",
        ecdsa::Curve::Secp256k1 => "a secp256k1 public key",
    }
}

pub(super) fn ed25519_key(bytes: &[u8]) -> Result<PublicKey, KeyProblem> {
    let actual = bytes.len();
    let bytes = bytes
        .try_into()
        .map_err(|_| KeyProblem::PublicLength { actual })?;
    ed25519::PublicKey::new(bytes)
        .map(PublicKey::Ed25519)
        .map_err(|_| KeyProblem::NotAPoint)
}

fn read_text(text: &str) -> Result<Material, KeyProblem> {
    // Files end in a line break, and armour stands apart from what is around it.
    let trimmed = text.trim();
    if trimmed.starts_with(pem::BEGIN) {
        return pem::read(trimmed);
    }
    if text.is_empty() {
        return Err(KeyProblem::Missing);
    }
    if text.starts_with(['"', '\'', '`']) || text.ends_with(['"', '\'', '`']) {
        return Err(KeyProblem::Quotes);
    }
    if text.contains(char::is_whitespace) {
        return Err(KeyProblem::WhiteSpace);
    }
    match text.split_once('_') {
        Some(("whpk", encoded)) => decode(encoded)
            .map(|bytes| Material::Ed25519(bytes.to_vec()))
            .ok_or(KeyProblem::Encoding),
        Some(("whsk", _)) => Err(KeyProblem::Private),
        Some(("whsec", _)) => Ok(Material::Other("a secret")),
        _ => read_unmarked(text),
    }
}

/// Hex, which is tried first since its digits are base64's, too; else base64 of DER.
fn read_unmarked(text: &str) -> Result<Material, KeyProblem> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    if let Some(bytes) = Encoding::Hex.decode(digits.as_bytes())
        && let Some(material) = read_plain(&bytes)
    {
        return Ok(material);
    }
    der::read(&decode(text).ok_or(KeyProblem::PublicForm)?)
}

fn read_bytes(bytes: &[u8]) -> Result<Material, KeyProblem> {
    if let Some(material) = read_plain(bytes) {
        return Ok(material);
    }
    match str::from_utf8(bytes) {
        Ok(text) if text.trim_start().starts_with(pem::BEGIN) => read_text(text),
        _ => der::read(bytes),
    }
}

/// A key without a name of its kind.
fn read_plain(bytes: &[u8]) -> Option<Material> {
    if bytes.len() == 32 {
        return Some(Material::Ed25519(bytes.to_vec()));
    }
    #[cfg(feature = "full")]
    if ecdsa::is_point(bytes) {
        return Some(Material::Point(None, bytes.to_vec()));
    }
    None
}

pub(super) const OTHER_KIND: &str = "another kind of key";
#[cfg(feature = "full")]
pub(super) const OTHER_CURVE: &str = "a key of another curve";

/// What canonical base64 says, wiped on drop: it may turn out to be a private key.
pub(super) fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    Encoding::Base64
        .decode_secret(text.as_bytes())
        .map(Zeroizing::new)
}
