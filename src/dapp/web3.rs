//! Signatures as web3 libraries write them.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;

use super::payload::{self, Payload};
use super::{Rejection, RejectionCode};
use crate::json::Value;

/// The signature as text, if there is one.
///
/// On Ethereum it comes as web3's `accounts.sign` writes it: `{ r, s, v, message, messageHash,
/// signature }`. The two messages are not read: what was signed is known here. An object without
/// members has been seen where nothing was signed.
pub(super) fn signature(payload: &Payload) -> Result<Option<Cow<'_, str>>, Rejection> {
    let malformed = |message| Rejection::new(RejectionCode::MalformedSignature, message).at("sign");
    let Some(sign) = payload.sign.as_deref() else {
        return Ok(None);
    };
    if !sign.trim_start().starts_with('{') {
        return Ok(Some(sign.into()));
    }
    let not_json = || malformed("expected a signature or an object of json");
    let document = payload::document(sign.as_bytes(), "sign").map_err(|_| not_json())?;
    let object = document.root();
    if object.members().next().is_none() {
        return Ok(None);
    }
    let text = |name| object.get(name).and_then(Value::string);
    if let Some(signature) = text("signature").filter(|signature| !signature.is_empty()) {
        return Ok(Some(Cow::Owned(signature.into_owned())));
    }
    let parts = || {
        let (r, s) = (scalar(&text("r")?)?, scalar(&text("s")?)?);
        Some(format!("0x{r}{s}{:02x}", parity(object.get("v")?)?))
    };
    let joined = parts();
    let joined = joined.ok_or_else(|| malformed("expected signature, or r, s and v, got neither"));
    joined.map(|joined| Some(Cow::Owned(joined)))
}

/// Half of a signature in 64 hex digits; leading zeros may have been left out.
fn scalar(text: &str) -> Option<String> {
    let digits = text.strip_prefix("0x")?;
    let good =
        matches!(digits.len(), 1..=64) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    good.then(|| format!("{digits:0>64}"))
}

/// The last byte of a signature: hex behind `0x`, or decimal.
fn parity(value: Value) -> Option<u8> {
    let text = value.string().unwrap_or(Cow::Borrowed(value.raw()));
    let (digits, radix) = match text.strip_prefix("0x") {
        Some(digits) => (digits, 16),
        None => (&*text, 10),
    };
    // A sign would be read as well.
    let good = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u8::from_str_radix(digits, radix).ok().filter(|_| good)
}
