//! Ethereum accounts, with the checksum of EIP-55.

use super::digits::{Eight, large};
use super::{AddressError, hex};
use crate::algorithm::keccak256;

/// Checks an account, and gives its digits.
pub(crate) fn check(address: &str) -> Result<&[u8], AddressError> {
    let digits = hex(address, "0x", 40, 40, "40 hex digits")?;
    let has_upper = eights(digits).any(|eight| eight.upper() != 0);
    let has_lower = eights(digits).any(|eight| eight.letters() != eight.upper());
    // A single case carries no checksum: EIP-55 keeps the older spellings valid.
    if has_lower && has_upper && !checksum_matches(digits) {
        return Err(AddressError::Checksum { expected: "eip-55" });
    }
    Ok(digits)
}

/// The account's bytes.
#[cfg(feature = "dapp")]
pub(crate) fn parse(address: &str) -> Result<[u8; 20], AddressError> {
    let digits = check(address)?;
    let mut account = [0; 20];
    // The digits were counted and looked at, so that this cannot fail.
    let _ = ::hex::decode_to_slice(digits, &mut account);
    Ok(account)
}

/// Whether 40 hex digits are written as EIP-55 writes them: of the letters, those are upper case for
/// which the hash of all in lower case has a digit of 8 or more.
pub(crate) fn checksum_matches(digits: &[u8]) -> bool {
    let hash = keccak256::hash_words(eights(digits).map(Eight::lower));
    let (fours, _) = hash.as_chunks();
    let mut pairs = eights(digits).zip(fours);
    pairs.all(|(eight, four)| eight.upper() == large(*four) & eight.letters())
}

fn eights(digits: &[u8]) -> impl Iterator<Item = Eight> {
    digits.as_chunks().0.iter().copied().map(Eight::new)
}

/// Gives the lower-case digits after `0x` their checksum.
#[cfg(feature = "dapp")]
pub(crate) fn write_checksum(digits: &mut [u8; 40]) {
    let hash = keccak256::hash_words(eights(digits).map(Eight::lower));
    let (eights, _) = digits.as_chunks_mut();
    let (fours, _) = hash.as_chunks();
    for (place, four) in eights.iter_mut().zip(fours) {
        *place = Eight::new(*place).to_upper(large(*four));
    }
}
