//! Account names of EOS and the other Antelope chains.

use super::AddressError;

/// Checks for a name: up to 12 of `a-z`, `1-5` and `.`, then perhaps a 13th of `a-j` and `1-5`.
///
/// A name is a 64-bit number in base 32, which leaves four bits for the 13th character. The
/// number's trailing zeros are dots that nobody writes, so a name does not end in one.
#[inline(never)]
pub(crate) fn check(name: &str) -> Result<(), AddressError> {
    let bytes = name.as_bytes();
    if !matches!(bytes.len(), 1..=13) {
        return Err(AddressError::Length {
            expected: "1 to 13 characters",
            got: bytes.len(),
        });
    }
    let wrong = bytes.iter().enumerate().position(|(at, byte)| match byte {
        b'a'..=b'j' | b'1'..=b'5' => false,
        b'k'..=b'z' => at == 12,
        b'.' => at.saturating_add(1) == bytes.len(),
        _ => true,
    });
    match wrong {
        Some(at) => Err(AddressError::Character {
            expected: match at {
                12 => "a-j or 1-5",
                _ => "a-z, 1-5 or an inner dot",
            },
            at,
        }),
        None => Ok(()),
    }
}
