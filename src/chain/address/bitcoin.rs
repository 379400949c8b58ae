//! Bitcoin's main network: Base58Check, Bech32 and Bech32m.

use bech32::Fe32;
use bech32::primitives::checksum::{Checksum, Engine};
use bech32::primitives::{Bech32, Bech32m};

use super::{AddressError, base58};

/// Pay-to-public-key-hash and pay-to-script-hash.
const VERSIONS: [u8; 2] = [0x00, 0x05];

#[inline(never)]
pub(super) fn check(address: &str) -> Result<(), AddressError> {
    // No Base58 address begins so: neither version byte gives a "b" or a "B".
    if let Some(data) = address.strip_prefix("bc1") {
        return witness(data, u8::is_ascii_uppercase);
    }
    // A decoder takes all upper case too, which makes a smaller QR code; never both (BIP-173).
    if let Some(data) = address.strip_prefix("BC1") {
        return witness(data, u8::is_ascii_lowercase);
    }
    base58::checked(address, &VERSIONS, "0 or 5").map(drop)
}

/// Checks the part after `bc1`: version, program and checksum, in no character of the other case.
///
/// BIP-173 for version 0, BIP-350 for the versions from 1 to 16.
fn witness(data: &str, other_case: impl Fn(&u8) -> bool) -> Result<(), AddressError> {
    // A program has 2 to 40 bytes: 4 to 64 characters between version and checksum.
    let (11..=71, [version, program @ .., last, _, _, _, _, _, _]) = (data.len(), data.as_bytes())
    else {
        return Err(AddressError::Length {
            expected: "11 to 71 characters after bc1",
            got: data.len(),
        });
    };
    let mut engine = Engine::<Bech32>::new();
    for value in EXPANDED_PREFIX {
        engine.input_fe(value);
    }
    for (at, byte) in data.bytes().enumerate() {
        let value = symbol(byte).filter(|_| !other_case(&byte));
        engine.input_fe(value.ok_or(AddressError::Character {
            expected: "bech32 in one case",
            at: at.saturating_add(3),
        })?);
    }
    let version = symbol(*version).map_or(0, Fe32::to_u8);
    let target = match version {
        0 => Bech32::TARGET_RESIDUE,
        1..=16 => Bech32m::TARGET_RESIDUE,
        _ => {
            return Err(AddressError::Version {
                expected: "0 to 16",
                got: u16::from(version),
            });
        }
    };
    if *engine.residue() != target {
        return Err(AddressError::Checksum { expected: "bech32" });
    }
    // What the bytes leave over of the last character has to be less than a character, and zeros.
    let bits = program.len().saturating_add(1).saturating_mul(5);
    let padding = symbol(*last).map_or(0, Fe32::to_u8) & !(0xff << (bits % 8));
    if bits % 8 > 4 || padding != 0 {
        return Err(AddressError::Padding);
    }
    let length = |expected| AddressError::Length {
        expected,
        got: bits / 8,
    };
    match (version, bits / 8) {
        (0, 20 | 32) | (1.., 2..=40) => Ok(()),
        (0, _) => Err(length("20 or 32 bytes")),
        _ => Err(length("2 to 40 bytes")),
    }
}

/// The prefix "bc" as it goes into the checksum: high bits of the letters, zero, low bits.
const EXPANDED_PREFIX: [Fe32; 5] = [Fe32::R, Fe32::R, Fe32::Q, Fe32::Z, Fe32::R];

/// The five bits of a character in either case.
fn symbol(byte: u8) -> Option<Fe32> {
    Fe32::from_char(char::from(byte)).ok()
}
