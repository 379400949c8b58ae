//! Chains, and what is written by their rules: assets, amounts, addresses, transaction hashes.

pub mod address;
pub mod amount;
pub mod asset;
pub mod id;

/// What stands before and behind the first of these ASCII characters.
pub(crate) fn split_once(text: &str, character: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == character)?;
    let (before, rest) = text.split_at_checked(at)?;
    Some((before, rest.get(1..)?))
}
