//! The types of single values.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::super::Rejection;
use super::super::number::Number;
use super::{Word, hash, malformed, unexpected};
use crate::chain::address::evm;
use crate::json::Value;

/// A type that is neither a struct nor an array. EIP-712 knows no `uint` and no `int`.
#[derive(Clone, Copy)]
pub(super) enum Atom {
    Text,
    Bytes,
    FixedBytes(usize),
    Boolean,
    Address,
    Unsigned(usize),
    Signed(usize),
}

impl Atom {
    pub(super) fn parse(kind: &str) -> Option<Self> {
        let number = |digits: &str| -> Option<usize> {
            digits
                .parse()
                .ok()
                .filter(|_| !digits.starts_with(['0', '+']))
        };
        let bits = |digits| number(digits).filter(|bits| *bits <= 256 && bits.is_multiple_of(8));
        match kind {
            "string" => Some(Self::Text),
            "bytes" => Some(Self::Bytes),
            "bool" => Some(Self::Boolean),
            "address" => Some(Self::Address),
            _ => {
                if let Some(digits) = kind.strip_prefix("bytes") {
                    let bytes = number(digits).filter(|bytes| *bytes <= 32);
                    bytes.map(Self::FixedBytes)
                } else if let Some(digits) = kind.strip_prefix("uint") {
                    bits(digits).map(Self::Unsigned)
                } else {
                    bits(kind.strip_prefix("int")?).map(Self::Signed)
                }
            }
        }
    }

    /// Whether its values differ in length.
    pub(super) const fn is_text_or_bytes(self) -> bool {
        matches!(self, Self::Text | Self::Bytes)
    }

    /// The value in a word, as the ABI has it; bytes and text by their hash.
    pub(super) fn word(self, value: Value) -> Result<Word, Rejection> {
        let bytes = self.bytes(value)?;
        let mut word = [0; 32];
        let start = match self {
            Self::Text | Self::Bytes => return Ok(hash(&[&bytes])),
            Self::FixedBytes(_) => 0,
            Self::Signed(_) if bytes.first().is_some_and(|first| first & 0x80 != 0) => {
                word = [0xff; 32];
                32_usize.saturating_sub(bytes.len())
            }
            _ => 32_usize.saturating_sub(bytes.len()),
        };
        word.iter_mut()
            .skip(start)
            .zip(bytes)
            .for_each(|(to, from)| *to = from);
        Ok(word)
    }

    /// The value in as many bytes as its type has.
    pub(super) fn bytes(self, value: Value) -> Result<Vec<u8>, Rejection> {
        match self {
            Self::Text => {
                let text = value.string().map(|text| text.into_owned().into_bytes());
                text.ok_or_else(|| unexpected("a string", value))
            }
            Self::Bytes => hex_bytes(value).ok_or_else(|| unexpected("hex behind 0x", value)),
            Self::FixedBytes(length) => hex_bytes(value)
                .filter(|bytes| bytes.len() == length)
                .ok_or_else(|| unexpected(&format!("{length} bytes in hex behind 0x"), value)),
            Self::Boolean => {
                let boolean = value
                    .boolean()
                    .ok_or_else(|| unexpected("a boolean", value))?;
                Ok(Vec::from([u8::from(boolean)]))
            }
            Self::Address => {
                let text = value
                    .string()
                    .ok_or_else(|| unexpected("an address", value))?;
                let account = evm::parse(&text).map_err(|error| malformed(error.to_string()))?;
                Ok(account.to_vec())
            }
            Self::Unsigned(bits) => number(value)
                .and_then(|number| number.unsigned(bits / 8))
                .ok_or_else(|| {
                    unexpected(&format!("an integer of {bits} bits without a sign"), value)
                }),
            Self::Signed(bits) => number(value)
                .and_then(|number| number.signed(bits / 8))
                .ok_or_else(|| unexpected(&format!("an integer of {bits} bits"), value)),
        }
    }
}

fn hex_bytes(value: Value) -> Option<Vec<u8>> {
    hex::decode(value.string()?.strip_prefix("0x")?).ok()
}

/// A JSON number, or a string of decimal digits or of hex behind `0x`.
fn number(value: Value) -> Option<Number> {
    if value.is_number() {
        return Number::parse(value.raw());
    }
    Number::parse(&value.string()?)
}
