//! ECDSA (FIPS 186-5, section 6.4) with SHA-256, over P-256 and secp256k1.

use ::k256::ecdsa as secp256k1;
use ::p256::ecdsa as p256;

use p256::signature::hazmat::PrehashVerifier;

use crate::algorithm::{Format, sha256};

/// The bytes of a coordinate, and of each half of a signature.
pub(crate) const FIELD_BYTES: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Curve {
    P256,
    Secp256k1,
}

/// A public key.
#[derive(Clone)]
pub(crate) enum PublicKey {
    P256(p256::VerifyingKey),
    Secp256k1(secp256k1::VerifyingKey),
}

/// The bytes are no point of the curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotAKey;

impl PublicKey {
    /// Takes a point, compressed or not (SEC 1, section 2.3.4).
    pub(crate) fn new(curve: Curve, point: &[u8]) -> Result<Self, NotAKey> {
        if !is_point(point) {
            return Err(NotAKey);
        }
        match curve {
            Curve::P256 => p256::VerifyingKey::from_sec1_bytes(point).map(Self::P256),
            Curve::Secp256k1 => {
                secp256k1::VerifyingKey::from_sec1_bytes(point).map(Self::Secp256k1)
            }
        }
        .map_err(|_| NotAKey)
    }

    /// Whether this key's owner signed the concatenation of `parts`.
    ///
    /// Of the two values of s that verify, both are taken. P-256 knows no rule which one to use, and
    /// senders (OpenSSL, key management services) use either; for secp256k1 the rule is one of
    /// blockchains (BIP 146), not of those who sign callbacks. Nothing is lost: what the second value
    /// gives away is another spelling of a signature over the same bytes, and nobody is told apart by
    /// spelling here.
    pub(crate) fn verify(&self, parts: &[&[u8]], format: Format, signature: &[u8]) -> bool {
        let digest = sha256::digest(parts);
        match self {
            Self::P256(key) => match format {
                Format::Der => p256::Signature::from_der(signature),
                Format::Raw => p256::Signature::from_slice(signature),
            }
            .and_then(|signature| key.verify_prehash(&digest, &signature)),
            Self::Secp256k1(key) => match format {
                Format::Der => secp256k1::Signature::from_der(signature),
                Format::Raw => secp256k1::Signature::from_slice(signature),
            }
            // The library takes the smaller s alone.
            .and_then(|signature| key.verify_prehash(&digest, &signature.normalize_s())),
        }
        .is_ok()
    }
}

/// Whether the bytes have the form of a point: the forms that nobody sends (the point at infinity,
/// hybrids, x alone) are left out.
pub(crate) const fn is_point(bytes: &[u8]) -> bool {
    matches!(
        (bytes, bytes.len()),
        ([0x02 | 0x03, ..], 33) | ([0x04, ..], 65)
    )
}
