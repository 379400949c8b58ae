//! Ethereum accounts, with the checksum of EIP-55.

use super::{AddressError, hex};
use crate::algorithm::keccak256;

pub(super) fn check(address: &str) -> Result<(), AddressError> {
    let digits = hex(address, "0x", 40, 40, "40 hex digits")?;
    // A single case carries no checksum: EIP-55 keeps the older spellings valid.
    let mixed =
        digits.iter().any(u8::is_ascii_lowercase) && digits.iter().any(u8::is_ascii_uppercase);
    if mixed && !checksum_matches(digits) {
        return Err(AddressError::Checksum { expected: "eip-55" });
    }
    Ok(())
}

/// A letter is upper case where the digit of the hash at its place is 8 or more.
fn checksum_matches(digits: &[u8]) -> bool {
    let hash = keccak256::hash([&*digits.to_ascii_lowercase()].into_iter());
    let nibbles = hash.iter().flat_map(|byte| [byte >> 4, byte & 0x0f]);
    digits
        .iter()
        .zip(nibbles)
        .all(|(digit, nibble)| digit.is_ascii_digit() || digit.is_ascii_uppercase() == (nibble > 7))
}
