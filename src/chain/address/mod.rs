//! Addresses and transaction hashes, checked by the rules of their chain.

pub(crate) mod antelope;
pub(crate) mod base58;
mod bitcoin;
mod digits;
pub(crate) mod evm;
mod polkadot;

use core::fmt;

use self::digits::Eight;
use crate::chain::id::{Chain, Family};

/// How much an accepted address or transaction hash has been checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// By every rule of its chain, the checksum included.
    Checked,
    /// Only for 1 to 256 visible ASCII characters: its chain's rules are unknown here.
    Unchecked,
}

/// Checks an address by the rules of its chain.
///
/// # Errors
///
/// Says what was expected and what came, without repeating the address.
pub fn check(chain: &Chain<'_>, address: &str) -> Result<Coverage, AddressError> {
    match chain.family() {
        Family::Bitcoin { mainnet: true } => bitcoin::check(address)?,
        Family::Evm => evm::check(address).map(drop)?,
        Family::Tron => check_tron(address)?,
        Family::Solana => check_solana(address)?,
        // AIP-40 lets a reader accept the short form of every address, not only of the special
        // ones, because older tools write it.
        Family::Aptos => hex(address, "0x", 1, 64, "1 to 64 hex digits").map(drop)?,
        Family::Polkadot { prefix } => polkadot::check(address, prefix)?,
        Family::Antelope => antelope::check(address)?,
        Family::Bitcoin { mainnet: false } | Family::Other => return unchecked(address),
    }
    Ok(Coverage::Checked)
}

pub(crate) fn check_tron(address: &str) -> Result<(), AddressError> {
    base58::checked(address, &[0x41], "65").map(drop)
}

#[inline(never)]
pub(crate) fn check_solana(address: &str) -> Result<(), AddressError> {
    base58::exact::<32>(address, "32 bytes").map(drop)
}

/// Checks a transaction hash by the rules of its chain; on Solana, the first signature.
///
/// # Errors
///
/// Says what was expected and what came, without repeating the hash.
pub fn check_transaction_hash(chain: &Chain<'_>, hash: &str) -> Result<Coverage, AddressError> {
    check_transaction_hash_in(chain.family(), hash)
}

/// As [`check_transaction_hash`], by the rules of a family.
pub(crate) fn check_transaction_hash_in(
    family: Family,
    hash: &str,
) -> Result<Coverage, AddressError> {
    let prefix = match family {
        Family::Bitcoin { .. } | Family::Tron | Family::Antelope => "",
        Family::Evm | Family::Aptos | Family::Polkadot { .. } => "0x",
        Family::Solana => {
            return base58::exact::<64>(hash, "64 bytes").map(|_| Coverage::Checked);
        }
        Family::Other => return unchecked(hash),
    };
    hex(hash, prefix, 64, 64, "64 hex digits").map(|_| Coverage::Checked)
}

/// Why an address or a transaction hash was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddressError {
    /// Too short or too long.
    Length {
        /// How long it has to be.
        expected: &'static str,
        /// How long it is, in the unit of `expected`.
        got: usize,
    },
    /// Longer than any valid one; the exact length is not computed.
    TooLong {
        /// How long it has to be.
        expected: &'static str,
    },
    /// Starts differently.
    Prefix {
        /// How it has to start.
        expected: &'static str,
    },
    /// Has an invalid character.
    Character {
        /// The valid characters.
        expected: &'static str,
        /// The character's offset in bytes.
        at: usize,
    },
    /// Belongs to another network or is another kind of thing.
    Version {
        /// The versions that are addresses of this chain.
        expected: &'static str,
        /// The version that the text carries.
        got: u16,
    },
    /// The checksum does not match: most likely a typing error.
    Checksum {
        /// The kind of checksum.
        expected: &'static str,
    },
    /// A Bech32 address does not end in fewer than five zero bits: it has a character too many, or is a
    /// second spelling of the same address.
    Padding,
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { expected, got } => write!(f, "expected {expected}, got {got}"),
            Self::TooLong { expected } => write!(f, "expected {expected}"),
            Self::Prefix { expected } => {
                write!(f, "expected a leading {expected}")
            }
            Self::Character { expected, at } => {
                write!(f, "expected {expected}, got another character at {at}")
            }
            Self::Version { expected, got } => write!(f, "expected version {expected}, got {got}"),
            Self::Checksum { expected } => {
                write!(f, "expected a matching {expected} checksum")
            }
            Self::Padding => f.write_str("expected up to 4 zero bits of padding"),
        }
    }
}

impl core::error::Error for AddressError {}

/// Long enough for every address in use, short enough for a database column and a log line.
const LONGEST_UNCHECKED: usize = 256;

fn unchecked(text: &str) -> Result<Coverage, AddressError> {
    if !matches!(text.len(), 1..=LONGEST_UNCHECKED) {
        return Err(AddressError::Length {
            expected: "1 to 256 characters",
            got: text.len(),
        });
    }
    match text.bytes().position(|byte| !byte.is_ascii_graphic()) {
        Some(at) => Err(AddressError::Character {
            expected: "visible ascii",
            at,
        }),
        None => Ok(Coverage::Unchecked),
    }
}

/// The digits after `prefix`, when they are `least` to `most` hex digits of either case.
pub(crate) fn hex<'t>(
    text: &'t str,
    prefix: &'static str,
    least: usize,
    most: usize,
    expected: &'static str,
) -> Result<&'t [u8], AddressError> {
    let Some(digits) = text.strip_prefix(prefix) else {
        return Err(AddressError::Prefix { expected: prefix });
    };
    let digits = digits.as_bytes();
    if digits.len() < least || digits.len() > most {
        return Err(AddressError::Length {
            expected,
            got: digits.len(),
        });
    }
    match first_other(digits) {
        Some(at) => Err(AddressError::Character {
            expected: "hex digits",
            at: at.saturating_add(prefix.len()),
        }),
        None => Ok(digits),
    }
}

/// Where the first byte stands that is no hex digit.
fn first_other(digits: &[u8]) -> Option<usize> {
    let (eights, _) = digits.as_chunks();
    let valid = eights
        .iter()
        .take_while(|eight| Eight::new(**eight).are_hex());
    let valid = valid.count().saturating_mul(8);
    let mut rest = digits.iter().skip(valid);
    let at = rest.position(|digit| !digit.is_ascii_hexdigit())?;
    Some(valid.saturating_add(at))
}
