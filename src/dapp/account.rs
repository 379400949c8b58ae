//! Accounts and keys as chains write them.

use alloc::string::String;

use sha2::{Digest, Sha256};

use crate::chain::address::{AddressError, base58, evm, hex};

/// The version byte of TRON's accounts.
const TRON: u8 = 0x41;

/// An account of Ethereum: 40 hex digits behind `0x`.
pub(super) fn ethereum(address: &str) -> Result<[u8; 20], AddressError> {
    evm::parse(address)
}

/// An account of Ethereum, with the checksum of EIP-55.
pub(super) fn ethereum_text(account: &[u8; 20]) -> String {
    let mut digits = [0; 40];
    // Two digits a byte, so that this cannot fail.
    let _ = ::hex::encode_to_slice(account, &mut digits);
    evm::write_checksum(&mut digits);
    let digits = digits.into_iter().map(char::from);
    ['0', 'x'].into_iter().chain(digits).collect()
}

/// Whether the digits of an account of Ethereum have the checksum of EIP-55.
pub(super) fn has_checksum(digits: &str) -> bool {
    evm::checksum_matches(digits.as_bytes())
}

/// An account of TRON: Base58Check, or the hex of the same bytes.
pub(super) fn tron(address: &str) -> Result<[u8; 20], AddressError> {
    if !address.starts_with("41") {
        return base58::checked(address, &[TRON], "65");
    }
    let digits = hex(address, "41", 40, 40, "42 hex digits")?;
    let mut account = [0; 20];
    // The digits were counted and looked at, so that this cannot fail.
    let _ = ::hex::decode_to_slice(digits, &mut account);
    Ok(account)
}

/// An account of TRON in Base58Check.
pub(super) fn tron_text(account: &[u8; 20]) -> String {
    let checksum = Sha256::digest(Sha256::digest([&[TRON], account.as_slice()].concat()));
    let checksum = checksum.get(..4).unwrap_or_default();
    to_base58(&[&[TRON], account.as_slice(), checksum].concat())
}

/// An account of Solana, which is a key.
pub(super) fn solana(address: &str) -> Result<[u8; 32], AddressError> {
    base58::exact(address, "32 bytes")
}

/// Up to 69 bytes in Base58: a signature of Antelope and its checksum.
pub(super) fn to_base58(bytes: &[u8]) -> String {
    // A byte takes 1.37 characters.
    let mut buffer = [0; 96];
    let length = bs58::encode(bytes).onto(buffer.as_mut_slice());
    let digits = buffer.into_iter().take(length.unwrap_or_default());
    digits.map(char::from).collect()
}
