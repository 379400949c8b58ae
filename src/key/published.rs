//! What is no secret, since it is published: whoever takes a public key for the secret of an HMAC
//! accepts what anybody signs.

use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::encoding::Encoding;
use crate::key::{pem, public};

/// How often a text may be encoded: a PEM block in base64 is what some put into an environment
/// variable.
const MAX_ENCODINGS: u8 = 2;

/// The bytes of the shortest modulus that counts, so that no short secret is DER by accident.
const MIN_MODULUS_BYTES: usize = 64;

/// Whether these bytes are a public key or a certificate, or a text that holds one: DER; PEM, a JWK
/// or a set of them, `whpk_`, a line of OpenSSH; hex, base64 or base64url of those.
///
/// DER counts from its first byte to its last alone, so that a secret that starts like it is none. What a
/// line of a file has around a value, `export NAME="value"`, changes nothing.
pub(super) fn is_public(bytes: &[u8]) -> bool {
    let text = unquoted(bytes);
    // Quotes around a name and a value are not those of the whole.
    let values = [bytes, text].map(|line| unquoted(behind_name(line)));
    let mut texts = [bytes, text].into_iter().chain(values);
    texts.any(|bytes| is_public_within(bytes, MAX_ENCODINGS))
}

/// What stands behind a name, or nothing.
fn behind_name(line: &[u8]) -> &[u8] {
    let mut parts = line.splitn(2, |byte| b"=:".contains(byte));
    parts.nth(1).unwrap_or_default()
}

/// Whether a text is a line of an env file: `NAME=value`, `export NAME=value`. Digits of base64 may be
/// such a name, but only padding stands behind them.
pub(super) fn is_assignment(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let line = text.trim_start();
    let line = line.strip_prefix("export ").unwrap_or(line);
    line.split_once('=').is_some_and(|(name, value)| {
        name.bytes().all(allowed) && !name.is_empty() && !value.trim_start_matches('=').is_empty()
    })
}

/// The text without quotation marks around it, and a comma behind them.
fn unquoted(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii();
    match text.strip_suffix(b",").unwrap_or(text) {
        [first, inner @ .., last] if first == last && b"\"'`".contains(first) => inner,
        text => text,
    }
}

fn is_public_within(bytes: &[u8], encodings: u8) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = text.trim_ascii();
    is_public_der(bytes)
        || contains(text, pem::BEGIN)
        || text.starts_with(public::PREFIX.as_bytes())
        || (matches!(text, [b'{' | b'[', ..]) && contains(text, "\"kty\""))
        || is_openssh(text)
        || (encodings > 0 && is_public_encoded(text, encodings.wrapping_sub(1)))
}

fn contains(text: &[u8], part: &str) -> bool {
    text.windows(part.len()).any(|at| at == part.as_bytes())
}

/// `ssh-ed25519 AAAA…`, as it stands in `authorized_keys`.
fn is_openssh(text: &[u8]) -> bool {
    (text.starts_with(b"ssh-") || text.starts_with(b"ecdsa-sha2-")) && contains(text, " AAAA")
}

/// Whether the text says so in hex, or in base64 of either alphabet, with padding or without; white
/// space in it does not count.
fn is_public_encoded(text: &[u8], encodings: u8) -> bool {
    let mut digits = Zeroizing::new(Vec::with_capacity(text.len()));
    for byte in text {
        match byte {
            b'+' => digits.push(b'-'),
            b'/' => digits.push(b'_'),
            b'=' => {}
            byte if byte.is_ascii_whitespace() => {}
            byte => digits.push(*byte),
        }
    }
    let hex = digits.strip_prefix(b"0x").unwrap_or(&digits);
    [(Encoding::Hex, hex), (Encoding::Base64Url, &digits)]
        .into_iter()
        .filter_map(|(encoding, digits)| encoding.decode_secret(digits).map(Zeroizing::new))
        .any(|bytes| is_public_within(&bytes, encodings))
}

/// Whether this has the shape of a SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7), of a certificate
/// (section 4.1) or of an RSAPublicKey (RFC 8017, appendix A.1.1), whatever its algorithm.
fn is_public_der(der: &[u8]) -> bool {
    let Some((SEQUENCE, contents, [])) = split_value(der) else {
        return false;
    };
    let is_algorithm = |contents| matches!(split_value(contents), Some((OBJECT_IDENTIFIER, _, _)));
    match *values(contents).as_slice() {
        [(SEQUENCE, algorithm), (BIT_STRING, _)]
        | [(SEQUENCE, _), (SEQUENCE, algorithm), (BIT_STRING, _)] => is_algorithm(algorithm),
        [(INTEGER, modulus), (INTEGER, _)] => modulus.len() >= MIN_MODULUS_BYTES,
        _ => false,
    }
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;

/// The values that follow each other, with their tags; none if one of them is broken.
fn values(mut der: &[u8]) -> Vec<(u8, &[u8])> {
    let mut values = Vec::new();
    while !der.is_empty() {
        let Some((tag, contents, rest)) = split_value(der) else {
            return Vec::new();
        };
        values.push((tag, contents));
        der = rest;
    }
    values
}

/// The tag and the contents of the first value, and what follows it.
fn split_value(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, length, rest): (_, usize, _) = match *der {
        [tag, length @ 0..=0x7f, ref rest @ ..] => (tag, length.into(), rest),
        [tag, 0x81, length, ref rest @ ..] => (tag, length.into(), rest),
        [tag, 0x82, high, low, ref rest @ ..] => {
            (tag, u16::from_be_bytes([high, low]).into(), rest)
        }
        _ => return None,
    };
    let (contents, rest) = rest.split_at_checked(length)?;
    Some((tag, contents, rest))
}
