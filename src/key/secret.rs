//! Secrets as other senders than those of Standard Webhooks write them.

use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::encoding::Encoding;
use crate::error::KeyProblem;
use crate::key::{KeyForm, KeySource, published};

/// The most bytes of another sender's secret. Some issue access tokens as secrets.
const MAX_SECRET_BYTES: usize = 4096;

/// A secret as its sender writes it.
#[inline(never)]
pub(super) fn parse(form: KeyForm, source: &KeySource) -> Result<Zeroizing<Vec<u8>>, KeyProblem> {
    if published::is_public(source.content()) {
        return Err(KeyProblem::PublicForSecret);
    }
    let text = match source {
        KeySource::Bytes(bytes) => return sized(bytes.clone()),
        KeySource::Text(text) => text,
    };
    let text = match form {
        KeyForm::Utf8Trimmed => text.trim(),
        _ if text.trim() != text.as_str() => return Err(KeyProblem::WhiteSpace),
        _ => text.as_str(),
    };
    if text.len() > 1
        && ['"', '\'', '`']
            .iter()
            .any(|quote| text.starts_with(*quote) && text.ends_with(*quote))
    {
        return Err(KeyProblem::Quotes);
    }
    let bytes = match form {
        KeyForm::Hex => Encoding::Hex.decode_secret(text.as_bytes()),
        KeyForm::Base64 => Encoding::Base64.decode_secret(text.as_bytes()),
        KeyForm::Utf8WithoutFirstHyphen => Some(text.replacen('-', "", 1).into_bytes()),
        KeyForm::Utf8 | KeyForm::Utf8Trimmed | KeyForm::Standard => Some(text.as_bytes().to_vec()),
    };
    sized(Zeroizing::new(bytes.ok_or(KeyProblem::SecretEncoding)?))
}

fn sized(bytes: Zeroizing<Vec<u8>>) -> Result<Zeroizing<Vec<u8>>, KeyProblem> {
    match bytes.len() {
        0 => Err(KeyProblem::Missing),
        1..=MAX_SECRET_BYTES => Ok(bytes),
        actual => Err(KeyProblem::SecretTooLong {
            limit: MAX_SECRET_BYTES,
            actual,
        }),
    }
}
