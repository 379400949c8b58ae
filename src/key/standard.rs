//! The keys of Standard Webhooks: `whsec_`, `whpk_` and `whsk_`, the base64 of a secret alone, or its bytes.

use zeroize::Zeroizing;

use crate::algorithm::Algorithm;
#[cfg(feature = "full")]
use crate::algorithm::ed25519::PrivateKey;
use crate::encoding::Encoding;
use crate::error::KeyProblem;
use crate::key::{KeySource, Parsed, public, published};

/// The bytes that a secret may have (Standard Webhooks 1.0, "Signature scheme").
const SECRET_BYTES: core::ops::RangeInclusive<usize> = 24..=64;

pub(super) fn parse(source: &KeySource, allow_short: bool) -> Result<Parsed, KeyProblem> {
    match source {
        KeySource::Bytes(bytes) => parse_whsec(bytes, allow_short),
        KeySource::Text(text) => parse_text(text, allow_short),
    }
}

pub(super) fn parse_text(text: &str, allow_short: bool) -> Result<Parsed, KeyProblem> {
    if text.contains(char::is_whitespace) {
        return Err(KeyProblem::WhiteSpace);
    }
    if text.starts_with(['"', '\'', '`']) || text.ends_with(['"', '\'', '`']) {
        return Err(KeyProblem::Quotes);
    }
    if let Some(rest) = text.strip_prefix("v1,") {
        return Err(match rest.starts_with("whsec_") {
            true => KeyProblem::VersionPrefix,
            false => KeyProblem::Signature,
        });
    }
    let Some((prefix, encoded)) = text.split_once('_') else {
        // The libraries of Standard Webhooks and Svix read it so, too. A public key has its prefix there.
        let bytes = Encoding::Base64.decode_secret(text.as_bytes());
        return parse_whsec(
            &Zeroizing::new(bytes.ok_or(KeyProblem::Prefix)?),
            allow_short,
        );
    };
    let parse: fn(&[u8], bool) -> Result<Parsed, KeyProblem> = match prefix {
        "whsec" => parse_whsec,
        "whpk" => |bytes, _| parse_whpk(bytes),
        "whsk" => |bytes, _| parse_whsk(bytes),
        _ => return Err(KeyProblem::Prefix),
    };
    match Encoding::Base64.decode_secret(encoded.as_bytes()) {
        Some(bytes) => parse(&Zeroizing::new(bytes), allow_short),
        None => Err(KeyProblem::Encoding),
    }
}

fn parse_whsec(bytes: &[u8], allow_short: bool) -> Result<Parsed, KeyProblem> {
    let least = if allow_short {
        1
    } else {
        *SECRET_BYTES.start()
    };
    if published::is_public(bytes) {
        return Err(KeyProblem::PublicForSecret);
    }
    let actual = bytes.len();
    if actual < least {
        return Err(KeyProblem::SecretTooShort { actual });
    }
    let limit = *SECRET_BYTES.end();
    if actual > limit {
        return Err(KeyProblem::SecretTooLong { limit, actual });
    }
    Ok(Parsed::Secret(Zeroizing::new(bytes.to_vec())))
}

fn parse_whpk(bytes: &[u8]) -> Result<Parsed, KeyProblem> {
    let key = public::ed25519_key(bytes)?;
    Ok(Parsed::Public(Algorithm::Ed25519, key))
}

const fn parse_whsk(bytes: &[u8]) -> Result<Parsed, KeyProblem> {
    match bytes.len() {
        32 | 64 => Ok(Parsed::Private),
        actual => Err(KeyProblem::PrivateLength { actual }),
    }
}

/// The key of a text that is [`Parsed::Private`].
#[cfg(feature = "full")]
pub(super) fn private_key(source: &KeySource) -> Result<PrivateKey, KeyProblem> {
    let encoded = source.content().strip_prefix(b"whsk_").unwrap_or_default();
    let bytes = Zeroizing::new(Encoding::Base64.decode_secret(encoded).unwrap_or_default());
    let bytes = bytes.as_slice();
    if let Ok(seed) = bytes.try_into() {
        return Ok(PrivateKey::from_seed(seed));
    }
    let pair = bytes.try_into().map_err(|_| KeyProblem::PrivateLength {
        actual: bytes.len(),
    })?;
    PrivateKey::from_pair(pair).map_err(|_| KeyProblem::HalvesDiffer)
}
