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
    let mut lower = [0; 40];
    for (lower, digit) in lower.iter_mut().zip(digits) {
        *lower = digit.to_ascii_lowercase();
    }
    let hash = keccak256::hash([lower.as_slice()].into_iter());
    let fits = |digit: u8, upper: bool| digit.is_ascii_digit() || (digit < b'a') == upper;
    let (pairs, _) = digits.as_chunks();
    let mut pairs = pairs.iter().zip(hash);
    pairs.all(|([first, second], byte)| {
        let [one, two] = are_upper(byte);
        fits(*first, one) && fits(*second, two)
    })
}

/// Gives the lower-case digits after `0x` their checksum.
#[cfg(feature = "dapp")]
pub(crate) fn write_checksum(digits: &mut [u8]) {
    let hash = keccak256::hash([&*digits].into_iter());
    let (pairs, _) = digits.as_chunks_mut();
    for ([first, second], byte) in pairs.iter_mut().zip(hash) {
        let [one, two] = are_upper(byte);
        for (digit, upper) in [(first, one), (second, two)] {
            if upper {
                digit.make_ascii_uppercase();
            }
        }
    }
}

/// Of two letters, those are upper case for which the hash has a digit of 8 or more.
const fn are_upper(hash: u8) -> [bool; 2] {
    [hash & 0x80 != 0, hash & 0x08 != 0]
}
