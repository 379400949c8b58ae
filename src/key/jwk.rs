//! Public keys as JSON Web Keys (RFC 7517; their members: RFC 7518, section 6; RFC 8037, section 2).

use alloc::borrow::Cow;
use alloc::vec::Vec;

#[cfg(feature = "full")]
use crate::algorithm::ecdsa;
use crate::encoding::Encoding;
use crate::error::KeyProblem;
use crate::json::{Document, Rules, Value};
#[cfg(feature = "full")]
use crate::key::public::OTHER_CURVE;
use crate::key::public::{Material, OTHER_KIND, PublicAlgorithm, PublicKey};

/// Reads a key of this algorithm. Where it says what it is for, it says so.
pub(super) fn parse(text: &str, algorithm: PublicAlgorithm) -> Result<PublicKey, KeyProblem> {
    let document = Document::read(text.trim().as_bytes(), Rules::Unique);
    let document = document.map_err(|_| KeyProblem::JwkText)?;
    let jwk = document.root();
    let key = read(jwk)?.for_algorithm(algorithm)?;
    let allows = |member, values: &[&str]| {
        jwk.get(member)
            .is_none_or(|found| values.iter().any(|value| found.is(value)))
    };
    let verifies = jwk
        .get("key_ops")
        .is_none_or(|uses| uses.is_array() && uses.elements().any(|one| one.is("verify")));
    let actual = if !allows("use", &["sig"]) || !verifies {
        "a key that is not for signatures"
    } else if !allows("alg", algorithm.jwk_names()) {
        "a key for another algorithm"
    } else {
        return Ok(key);
    };
    Err(KeyProblem::KeyKind {
        expected: algorithm.key(),
        actual,
    })
}

fn read(jwk: Value<'_>) -> Result<Material, KeyProblem> {
    let kind = string(jwk, "kty")?;
    if kind == "oct" {
        return Ok(Material::Other("a symmetric key"));
    }
    if jwk.get("d").is_some() {
        return Err(KeyProblem::Private);
    }
    match &*kind {
        "OKP" if string(jwk, "crv")? == "Ed25519" => number(jwk, "x").map(Material::Ed25519),
        #[cfg(feature = "full")]
        "EC" => {
            let curve = match &*string(jwk, "crv")? {
                "P-256" => ecdsa::Curve::P256,
                "secp256k1" => ecdsa::Curve::Secp256k1,
                _ => return Ok(Material::Other(OTHER_CURVE)),
            };
            let point = [
                Vec::from([0x04]),
                coordinate(jwk, "x")?,
                coordinate(jwk, "y")?,
            ];
            Ok(Material::Point(Some(curve), point.concat()))
        }
        #[cfg(feature = "full")]
        "RSA" => Ok(Material::Rsa {
            modulus: number(jwk, "n")?,
            exponent: number(jwk, "e")?,
        }),
        _ => Ok(Material::Other(OTHER_KIND)),
    }
}

fn string<'d>(jwk: Value<'d>, member: &'static str) -> Result<Cow<'d, str>, KeyProblem> {
    let value = jwk.get(member).and_then(Value::string);
    value.ok_or(KeyProblem::Jwk { member })
}

/// A member's bytes (RFC 7518, section 2: base64url without padding).
fn number(jwk: Value<'_>, member: &'static str) -> Result<Vec<u8>, KeyProblem> {
    let text = string(jwk, member)?;
    let bytes = Encoding::Base64Url.decode_secret(text.as_bytes());
    bytes.ok_or(KeyProblem::Jwk { member })
}

/// A member of an EC key: no shorter where it starts with zeros (RFC 7518, section 6.2.1.2).
#[cfg(feature = "full")]
fn coordinate(jwk: Value<'_>, member: &'static str) -> Result<Vec<u8>, KeyProblem> {
    let bytes = number(jwk, member)?;
    if bytes.len() == ecdsa::FIELD_BYTES {
        Ok(bytes)
    } else {
        Err(KeyProblem::Jwk { member })
    }
}
