//! Public keys in DER: a SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7) or an RSAPublicKey (RFC 8017,
//! appendix A.1.1).

#[cfg(feature = "full")]
use alloc::vec::Vec;

#[cfg(feature = "full")]
use der::asn1::{AnyRef, BitStringRef, UintRef};
#[cfg(feature = "full")]
use der::{Decode, Reader, SliceReader, Tag, Tagged};

#[cfg(feature = "full")]
use crate::algorithm::ecdsa::Curve;
use crate::error::KeyProblem;
#[cfg(feature = "full")]
use crate::key::public::OTHER_CURVE;
use crate::key::public::{Material, OTHER_KIND};

/// An Ed25519 key up to its 32 bytes (RFC 8410, section 4), which has one spelling.
const ED25519_INFO: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

pub(super) fn read(der: &[u8]) -> Result<Material, KeyProblem> {
    // Every form of a private key starts with a version of one byte.
    if matches!(
        der,
        [0x30, 0x82, _, _, 0x02, 0x01, ..]
            | [0x30, 0x81, _, 0x02, 0x01, ..]
            | [0x30, _, 0x02, 0x01, ..]
    ) {
        return Err(KeyProblem::Private);
    }
    if let Some(key) = der.strip_prefix(&ED25519_INFO) {
        return Ok(Material::Ed25519(key.to_vec()));
    }
    #[cfg(feature = "full")]
    return AnyRef::from_der(der)
        .ok()
        .and_then(|key| read_rsa(key).or_else(|| read_info(key)))
        .ok_or(KeyProblem::PublicForm);
    #[cfg(not(feature = "full"))]
    match der {
        [0x30, ..] => Ok(Material::Other(OTHER_KIND)),
        _ => Err(KeyProblem::PublicForm),
    }
}

/// The values in a SEQUENCE.
#[cfg(feature = "full")]
fn sequence<'a>(value: AnyRef<'a>) -> Option<Vec<AnyRef<'a>>> {
    if value.tag() != Tag::Sequence {
        return None;
    }
    let mut reader = SliceReader::new(value.value()).ok()?;
    let mut values = Vec::new();
    while !reader.is_finished() {
        values.push(reader.decode().ok()?);
    }
    Some(values)
}

#[cfg(feature = "full")]
fn read_rsa(key: AnyRef<'_>) -> Option<Material> {
    let [modulus, exponent] = *sequence(key)?.as_slice() else {
        return None;
    };
    let number = |value: AnyRef<'_>| {
        let number: UintRef<'_> = value.decode_as().ok()?;
        Some(number.as_bytes().to_vec())
    };
    Some(Material::Rsa {
        modulus: number(modulus)?,
        exponent: number(exponent)?,
    })
}

#[cfg(feature = "full")]
fn read_info(info: AnyRef<'_>) -> Option<Material> {
    /// The contents of rsaEncryption, id-ecPublicKey (RFC 3279, sections 2.3.1 and 2.3.5) and of the
    /// curves (RFC 5480, section 2.1.1.1; SEC 2, appendix A.2.1).
    const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    const PRIME256V1: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    const SECP256K1: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x0a];

    let [algorithm, key] = *sequence(info)?.as_slice() else {
        return None;
    };
    let algorithm = sequence(algorithm)?;
    let key: BitStringRef<'_> = key.decode_as().ok()?;
    let key = key.as_bytes()?;
    let oid = |value: &AnyRef<'_>| value.tag() == Tag::ObjectIdentifier;
    let (first, parameters) = algorithm.split_first().filter(|(first, _)| oid(first))?;
    match (first.value(), parameters) {
        (RSA_ENCRYPTION, [null]) if null.is_null() => read_rsa(AnyRef::from_der(key).ok()?),
        (EC_PUBLIC_KEY, [curve]) if oid(curve) => {
            let curve = match curve.value() {
                PRIME256V1 => Curve::P256,
                SECP256K1 => Curve::Secp256k1,
                _ => return Some(Material::Other(OTHER_CURVE)),
            };
            Some(Material::Point(Some(curve), key.to_vec()))
        }
        (RSA_ENCRYPTION | EC_PUBLIC_KEY, _) => None,
        _ => Some(Material::Other(OTHER_KIND)),
    }
}
