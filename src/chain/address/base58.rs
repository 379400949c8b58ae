//! Base58, with Bitcoin's alphabet and with its Base58Check checksum.

use bs58::decode::Error;
use sha2::{Digest, Sha256};

use super::AddressError;

/// The bytes of Base58 of exactly `N` bytes.
pub(crate) fn exact<const N: usize>(
    text: &str,
    expected: &'static str,
) -> Result<[u8; N], AddressError> {
    let mut buffer = [0; N];
    let got = decode(text, &mut buffer, expected)?.len();
    if got != N {
        return Err(AddressError::Length { expected, got });
    }
    Ok(buffer)
}

/// The 20-byte hash of Base58Check of a version byte, one of `versions`, and that hash.
pub(crate) fn checked(
    text: &str,
    versions: &[u8],
    expected: &'static str,
) -> Result<[u8; 20], AddressError> {
    let mut buffer = [0; 25];
    let bytes = decode(text, &mut buffer, "25 bytes")?;
    let parts = bytes
        .split_last_chunk::<4>()
        .and_then(|(payload, checksum)| {
            let (version, hash) = payload.split_first()?;
            Some((payload, version, hash.try_into().ok()?, checksum))
        });
    let Some((payload, version, hash, checksum)) = parts else {
        return Err(AddressError::Length {
            expected: "25 bytes",
            got: bytes.len(),
        });
    };
    if !Sha256::digest(Sha256::digest(payload)).starts_with(checksum) {
        return Err(AddressError::Checksum {
            expected: "base58check",
        });
    }
    if !versions.contains(version) {
        return Err(AddressError::Version {
            expected,
            got: u16::from(*version),
        });
    }
    Ok(hash)
}

/// Decodes into the beginning of `buffer`; `expected` is its length in words.
pub(crate) fn decode<'b>(
    text: &str,
    buffer: &'b mut [u8],
    expected: &'static str,
) -> Result<&'b [u8], AddressError> {
    // Each character costs a walk over the buffer, so a text that cannot fit is not begun: a byte
    // takes log58(256) = 1.3657 characters.
    if text.len() > buffer.len().saturating_mul(1366).div_ceil(1000) {
        return Err(AddressError::TooLong { expected });
    }
    let length = bs58::decode(text)
        .onto(&mut *buffer)
        .map_err(|error| match error {
            Error::InvalidCharacter { index: at, .. } | Error::NonAsciiCharacter { index: at } => {
                AddressError::Character {
                    expected: "base58",
                    at,
                }
            }
            _ => AddressError::TooLong { expected },
        })?;
    buffer
        .get(..length)
        .ok_or(AddressError::TooLong { expected })
}
