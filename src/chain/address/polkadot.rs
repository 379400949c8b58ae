//! [SS58](https://docs.polkadot.com/polkadot-protocol/basics/accounts/): Polkadot, Kusama and
//! other Substrate chains.

use blake2::{Blake2b512, Digest};

use super::{AddressError, base58};

/// The generic prefix, which software shows if it does not know the network.
const GENERIC: u16 = 42;

/// Checks for a 32-byte account of the network `network`, or of any network.
///
/// SS58 knows shorter and longer payloads too: account indices, which the chain may give to
/// somebody else, and ECDSA keys, which are no accounts.
#[inline(never)]
pub(super) fn check(address: &str, network: Option<u16>) -> Result<(), AddressError> {
    // Two bytes of prefix, 32 of account, two of checksum.
    let mut buffer = [0; 36];
    let bytes = base58::decode(address, &mut buffer, "35 or 36 bytes")?;
    let length = AddressError::Length {
        expected: "35 or 36 bytes",
        got: bytes.len(),
    };
    let (payload, checksum) = bytes.split_last_chunk::<2>().ok_or(length)?;
    let prefix = match *payload {
        [byte @ 0..=63, ref account @ ..] if account.len() == 32 => u16::from(byte),
        // 14 bits: the low byte is the first's low six bits and the second's high two.
        [first @ 64..=127, second, ref account @ ..] if account.len() == 32 => {
            u16::from_be_bytes([second & 0x3f, first << 2 | second >> 6])
        }
        _ => return Err(length),
    };
    // A number that fits into one byte has one spelling.
    if prefix < 64 && payload.len() != 33 {
        return Err(AddressError::Version {
            expected: "64 or more in two bytes",
            got: prefix,
        });
    }
    let hash = Blake2b512::new()
        .chain_update(b"SS58PRE")
        .chain_update(payload)
        .finalize();
    if !hash.starts_with(checksum) {
        return Err(AddressError::Checksum { expected: "ss58" });
    }
    let expected = match network {
        Some(0) => "0 or 42",
        Some(2) => "2 or 42",
        _ => return Ok(()),
    };
    if network != Some(prefix) && prefix != GENERIC {
        return Err(AddressError::Version {
            expected,
            got: prefix,
        });
    }
    Ok(())
}
