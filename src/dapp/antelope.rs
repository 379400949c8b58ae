//! Keys and signatures as EOS and the other Antelope chains write them: Base58 with four bytes of
//! RIPEMD-160 behind it, over the bytes and the kind of key.

use alloc::string::String;

use ripemd::{Digest, Ripemd160};

use super::account::to_base58;
use super::secp256k1::Signature;
use super::{Rejection, RejectionCode};
use crate::chain::address::base58;

/// A signature: `SIG_K1_` and Base58.
pub(super) fn signature(text: &str) -> Result<Signature, Rejection> {
    let Some(digits) = text.strip_prefix("SIG_K1_") else {
        let other = ["SIG_R1_", "SIG_WA_"];
        if other.iter().any(|prefix| text.starts_with(prefix)) {
            let message = "expected a signature of a k1 key (SIG_K1_)";
            return Err(
                Rejection::new(RejectionCode::UnsupportedSignature, message).at("signature")
            );
        }
        return Err(malformed("expected a leading SIG_K1_"));
    };
    let bytes = decode::<65, 69>(digits, "K1")
        .ok_or_else(|| malformed("expected base58 of 65 bytes and their checksum"))?;
    Signature::with_header(&bytes)
}

/// A signature as wallets write it: `SIG_K1_…` with the header of a compressed key.
pub(super) fn signature_text(signature: &Signature) -> String {
    let bytes = signature.header_first();
    let mut text = String::from("SIG_K1_");
    text.push_str(&to_base58(
        &[bytes.as_slice(), &checksum(&bytes, "K1")].concat(),
    ));
    text
}

fn malformed(message: &'static str) -> Rejection {
    Rejection::new(RejectionCode::MalformedSignature, message).at("signature")
}

/// A key: `PUB_K1_` and Base58, or the older `EOS` and Base58.
pub(crate) fn key(text: &str) -> Option<[u8; 33]> {
    let (digits, kind) = match text.strip_prefix("PUB_K1_") {
        Some(digits) => (digits, "K1"),
        None => (text.strip_prefix("EOS")?, ""),
    };
    decode::<33, 37>(digits, kind).filter(|key| matches!(key, [2 | 3, ..]))
}

/// A key as `PUB_K1_…`.
pub(super) fn key_text(key: &[u8; 33]) -> String {
    let mut text = String::from("PUB_K1_");
    text.push_str(&to_base58(&[key.as_slice(), &checksum(key, "K1")].concat()));
    text
}

/// The `N` bytes before a checksum of four that matches; `M` is both together.
fn decode<const N: usize, const M: usize>(digits: &str, kind: &str) -> Option<[u8; N]> {
    let bytes: [u8; M] = base58::exact(digits, "").ok()?;
    let (content, rest) = bytes.split_first_chunk()?;
    (*rest == checksum(content, kind)).then_some(*content)
}

/// Older keys have no kind.
fn checksum(content: &[u8], kind: &str) -> [u8; 4] {
    let mut state = Ripemd160::new();
    state.update(content);
    state.update(kind);
    let [a, b, c, d, ..]: [u8; 20] = state.finalize().into();
    [a, b, c, d]
}
