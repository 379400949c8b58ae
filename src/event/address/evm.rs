//! Ethereum accounts, with the checksum of EIP-55.

use super::{AddressError, hex};

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
    let hash = keccak256_of_lower_case(digits);
    let nibbles = hash
        .iter()
        .flat_map(|lane| lane.to_le_bytes())
        .flat_map(|byte| [byte >> 4, byte & 0x0f]);
    digits
        .iter()
        .zip(nibbles)
        .all(|(digit, nibble)| digit.is_ascii_digit() || digit.is_ascii_uppercase() == (nibble > 7))
}

/// Keccak-256 of the 40 digits as lower-case text: the first four lanes hold it.
///
/// The text fills five of the 17 lanes of a block, so that one permutation is the whole sponge.
/// The two other lanes are the padding of the Keccak submission, which Ethereum has kept: a first
/// and a last bit. (A sponge for any length makes the core larger for nothing.)
fn keccak256_of_lower_case(digits: &[u8]) -> [u64; 25] {
    let mut state = [0; 25];
    state[5] = 1;
    state[16] = 1 << 63;
    let (lanes, _) = digits.as_chunks();
    for (lane, text) in state.iter_mut().zip(lanes) {
        *lane = u64::from_le_bytes(text.map(|digit| digit.to_ascii_lowercase()));
    }
    keccak::f1600(&mut state);
    state
}
