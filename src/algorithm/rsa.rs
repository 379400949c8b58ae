//! RSASSA-PKCS1-v1_5 (RFC 8017, section 8.2), verification alone. Nothing here is secret, so nothing
//! has to take constant time.
//!
//! The crate rsa (0.10) verifies the same signatures, and is not used: it takes nearly twice as long
//! for each of them, since its arithmetic takes constant time, and adds 7 KB to the compressed module.

use alloc::vec::Vec;

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};

use crate::algorithm::{sha256, sha512};

/// The most bits of a modulus: the work for a signature grows with the square.
const MAX_MODULUS_BITS: u64 = 4096;

/// No prime below this may divide a modulus (NIST SP 800-89, section 5.3.3; OpenSSL draws the line
/// here, too). A product of two large primes has none, while three out of four odd numbers have one:
/// this finds nearly every modulus that was damaged or made up.
const SMALL_FACTORS: u32 = 752;

/// The largest public exponent: the work for a signature grows with its bits. BoringSSL and ring draw
/// the line here, too.
const MAX_EXPONENT: u64 = (1 << 33) - 1;

/// The DER of a DigestInfo up to the digest (RFC 8017, section 9.2, note 1).
const SHA_256_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];
const SHA_512_INFO: [u8; 19] = [
    0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05,
    0x00, 0x04, 0x40,
];

/// The hash under the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    Sha512,
}

/// A public key.
#[derive(Clone)]
pub(crate) struct PublicKey {
    modulus: BoxedMontyParams,
    /// The bytes of the modulus, and of each signature.
    length: usize,
    exponent: u64,
}

/// Why numbers are no public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotAKey {
    /// The modulus is too short or too long.
    ModulusBits(u64),
    /// The modulus is even.
    EvenModulus,
    /// A small prime divides the modulus.
    SmallFactor,
    /// The exponent is even, 1, or too large.
    Exponent,
}

impl PublicKey {
    /// Takes the modulus, which has so many bits or more, and the exponent, the most significant byte
    /// first.
    pub(crate) fn new(modulus: &[u8], exponent: &[u8], min_bits: u64) -> Result<Self, NotAKey> {
        let (modulus, exponent) = (significant(modulus), significant(exponent));
        let bits = bits(modulus);
        if !(min_bits..=MAX_MODULUS_BITS).contains(&bits) {
            return Err(NotAKey::ModulusBits(bits));
        }
        let odd = Odd::new(BoxedUint::from_be_slice_vartime(modulus)).into_option();
        let odd = odd.ok_or(NotAKey::EvenModulus)?;
        if has_small_factor(modulus) {
            return Err(NotAKey::SmallFactor);
        }
        Ok(Self {
            length: modulus.len(),
            modulus: BoxedMontyParams::new_vartime(odd),
            exponent: parse_exponent(exponent).ok_or(NotAKey::Exponent)?,
        })
    }

    /// Whether this key's owner signed the concatenation of `parts`.
    ///
    /// The message is encoded and compared; a decoder could be led astray (Bleichenbacher 2006).
    pub(crate) fn verify(&self, hash: Hash, parts: &[&[u8]], signature: &[u8]) -> bool {
        self.open(signature)
            .is_some_and(|opened| opened.ends_with(&encode(hash, parts, self.length)))
    }

    /// The signature to the power of the exponent (RFC 8017, section 5.2.2), with leading zeros.
    fn open(&self, signature: &[u8]) -> Option<impl core::ops::Deref<Target = [u8]>> {
        if signature.len() != self.length {
            return None;
        }
        let precision = self.modulus.bits_precision();
        let base = BoxedUint::from_be_slice(signature, precision).ok()?;
        if base >= *self.modulus.modulus().as_ref() {
            return None;
        }
        let base = BoxedMontyForm::new(base, &self.modulus);
        let mut power = base.clone();
        // From the second highest bit of the exponent to the lowest.
        for bit in (0..self.exponent.ilog2()).rev() {
            power = power.square();
            if self.exponent.wrapping_shr(bit) & 1 == 1 {
                power = power.mul(&base);
            }
        }
        Some(power.retrieve().to_be_bytes())
    }
}

fn significant(mut bytes: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = bytes {
        bytes = rest;
    }
    bytes
}

/// How many bits a number has whose first byte is not zero.
fn bits(bytes: &[u8]) -> u64 {
    let unused = bytes.first().map_or(0, |byte| byte.leading_zeros());
    let bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    bytes.saturating_mul(8).saturating_sub(unused.into())
}

/// Whether one of the odd numbers below [`SMALL_FACTORS`] divides the number.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a remainder below 752 and a byte stay below 2^18, and no factor is zero"
)]
fn has_small_factor(number: &[u8]) -> bool {
    (3..SMALL_FACTORS).step_by(2).any(|factor| {
        let append = |rest: u32, byte: &u8| (rest * 256 + u32::from(*byte)) % factor;
        let remainder = number.iter().fold(0, append);
        remainder == 0
    })
}

fn parse_exponent(bytes: &[u8]) -> Option<u64> {
    let mut wide = [0; 8];
    let start = wide.len().checked_sub(bytes.len())?;
    wide.get_mut(start..)?.copy_from_slice(bytes);
    let exponent = u64::from_be_bytes(wide);
    (exponent % 2 == 1 && (3..=MAX_EXPONENT).contains(&exponent)).then_some(exponent)
}

/// EMSA-PKCS1-v1_5 (RFC 8017, section 9.2). The shortest modulus has room for the longest digest.
fn encode(hash: Hash, parts: &[&[u8]], length: usize) -> Vec<u8> {
    let (info, digest) = match hash {
        Hash::Sha256 => (SHA_256_INFO, sha256::digest(parts).to_vec()),
        Hash::Sha512 => (SHA_512_INFO, sha512::digest(parts).to_vec()),
    };
    let fixed = info.len().wrapping_add(digest.len()).wrapping_add(3);
    let mut encoded = Vec::with_capacity(length);
    encoded.extend([0, 1]);
    encoded.extend(core::iter::repeat_n(0xff, length.saturating_sub(fixed)));
    encoded.push(0);
    encoded.extend(info);
    encoded.extend(digest);
    encoded
}
