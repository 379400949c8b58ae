//! The handshake by which a sender verifies a callback address: both sides prove that they hold the
//! same secret.

use alloc::format;
use alloc::string::String;

use crate::algorithm::Algorithm;
use crate::encoding::Encoding;
use crate::key::Keys;

/// The proof that answers a `callback.verification`, as `v1,<base64>`: HMAC-SHA256 over
/// `callback-verification`, the callback's id and its challenge, separated by newlines. An id has no
/// newline, so the text can never equal a callback's signed bytes. `None` if `key`, the index of the
/// key that signed the callback, is not a secret: a public key proves nothing about its holder.
#[must_use]
pub fn prove(keys: &Keys, key: usize, id: &str, challenge: &str) -> Option<String> {
    let secret = keys.secret(key, Algorithm::HmacSha256)?;
    let tag = secret.tag(&[
        b"callback-verification\n",
        id.as_bytes(),
        b"\n",
        challenge.as_bytes(),
    ]);
    Some(format!("v1,{}", Encoding::Base64.encode(tag.as_bytes())))
}
