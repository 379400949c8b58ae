//! Ethereum accounts, with the checksum of EIP-55.

use super::{AddressError, hex};
use crate::algorithm::keccak256;

/// The account's bytes.
pub(crate) fn parse(address: &str) -> Result<[u8; 20], AddressError> {
    let digits = hex(address, "0x", 40, 40, "40 hex digits")?;
    // A single case carries no checksum: EIP-55 keeps the older spellings valid.
    let mixed =
        digits.iter().any(u8::is_ascii_lowercase) && digits.iter().any(u8::is_ascii_uppercase);
    if mixed && !checksum_matches(digits) {
        return Err(AddressError::Checksum { expected: "eip-55" });
    }
    let mut account = [0; 20];
    // The digits were counted and looked at, so that this cannot fail.
    let _ = ::hex::decode_to_slice(digits, &mut account);
    Ok(account)
}

/// Whether 40 digits are written as EIP-55 writes them.
pub(crate) fn checksum_matches(digits: &[u8]) -> bool {
    let lower = digits.to_ascii_lowercase();
    digits
        .iter()
        .zip(case_bits(&lower))
        .all(|(digit, upper)| digit.is_ascii_digit() || digit.is_ascii_uppercase() == upper)
}

/// Gives the lower-case digits after `0x` their checksum.
#[cfg(feature = "dapp")]
pub(crate) fn write_checksum(digits: &mut [u8]) {
    let bits = case_bits(digits);
    for (digit, upper) in digits.iter_mut().zip(bits) {
        if upper {
            digit.make_ascii_uppercase();
        }
    }
}

/// A letter is upper case if the hash digit at its position is 8 or more.
fn case_bits(lower: &[u8]) -> impl Iterator<Item = bool> + use<> {
    let hash = keccak256::hash([lower].into_iter());
    hash.into_iter()
        .flat_map(|byte| [byte >> 4, byte & 0x0f])
        .map(|nibble| nibble > 7)
}
