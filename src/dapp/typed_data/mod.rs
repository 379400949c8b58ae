//! The digest of typed data: [EIP-712](https://eips.ethereum.org/EIPS/eip-712) as
//! `eth_signTypedData_v4` signs it.
//!
//! Wallets differ in what they make of values that do not fit their types. Such values are refused
//! here, so that what is accepted has one digest. Members that no type names are in no digest, and
//! refused as well: nobody has signed them.

mod atom;
pub(super) mod legacy;
mod types;

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::{Rejection, RejectionCode, payload};
use crate::algorithm::keccak256;
use crate::json::Value;
use types::{Base, DOMAIN, Struct, Types};

/// The longest typed data, in bytes.
const MAX_BYTES: usize = 256 * 1024;

/// The most words that are hashed: a struct whose members are left out is two bytes in JSON, and has a
/// word for each of them.
const MAX_WORDS: usize = 65_536;

type Word = [u8; 32];

/// The digest of typed data in JSON: `{ types, primaryType, domain, message }`.
pub(super) fn digest(json: &[u8]) -> Result<Word, Rejection> {
    let document = payload::document(limited(json)?, "")?;
    Encoder { words: 0 }.digest(document.root())
}

/// Typed data that is not too long.
fn limited(json: &[u8]) -> Result<&[u8], Rejection> {
    match json.len() {
        0..=MAX_BYTES => Ok(json),
        got => Err(malformed(format!(
            "expected at most {MAX_BYTES} bytes of typed data, got {got}"
        ))),
    }
}

/// Encodes values, and counts what that costs.
struct Encoder {
    words: usize,
}

impl Encoder {
    fn digest(&mut self, data: Value) -> Result<Word, Rejection> {
        const PARTS: [&str; 4] = ["types", "primaryType", "domain", "message"];
        let mut parts = [None; PARTS.len()];
        for (name, value) in data.members() {
            let place = PARTS.iter().position(|part| name.is(part));
            match place.and_then(|place| parts.get_mut(place)) {
                Some(part) => *part = Some(value),
                None => {
                    let message = "expected types, primaryType, domain and message";
                    return Err(within(
                        &name.string().unwrap_or_default(),
                        malformed(message),
                    ));
                }
            }
        }
        let [types, primary, domain, message] = parts;
        let missing = |name: &'static str| {
            move || malformed("expected a member of typed data, got none").at(name)
        };
        let domain = domain.ok_or_else(missing("domain"))?;
        let types = Types::read(types.ok_or_else(missing("types"))?, domain)?;
        let primary = primary.ok_or_else(missing("primaryType"))?.string();
        let primary = types
            .find(&primary.unwrap_or_default())
            .ok_or_else(|| malformed("expected one of the types").at("primaryType"))?;
        let separator = self
            .hash_struct(&types, types.domain()?, domain)
            .map_err(|error| within("domain", error))?;
        // The domain alone may be signed.
        if primary.name == DOMAIN {
            return match message {
                Some(message) if message.raw() != "{}" => Err(malformed(
                    "expected no message if the domain alone is signed",
                )
                .at("message")),
                _ => Ok(hash(&[b"\x19\x01", &separator])),
            };
        }
        let message = self
            .hash_struct(&types, primary, message.ok_or_else(missing("message"))?)
            .map_err(|error| within("message", error))?;
        Ok(hash(&[b"\x19\x01", &separator, &message]))
    }

    /// `hashStruct`. Each member of the value is looked up once.
    fn hash_struct(
        &mut self,
        types: &Types,
        kind: &Struct,
        value: Value,
    ) -> Result<Word, Rejection> {
        if !value.is_object() {
            return Err(unexpected("an object", value));
        }
        let mut content = self.reserve(kind.members.len().saturating_add(1))?;
        let mut values = vec![None; kind.members.len()];
        for (name, value) in value.members() {
            let name = name.string().unwrap_or_default();
            let place = kind.position(&name);
            match place.and_then(|place| values.get_mut(place)) {
                Some(member) => *member = Some(value),
                // viem and ethers leave out what is null in a domain.
                None if kind.name == DOMAIN && value.raw() == "null" => {}
                None => {
                    let refusal = malformed("expected a member that its type names");
                    return Err(within(&name, refusal));
                }
            }
        }
        content.extend(kind.hash);
        for (member, value) in kind.members.iter().zip(values) {
            let word = self.encode(types, member.base, &member.sizes, value);
            content.extend(word.map_err(|error| within(&member.name, error))?);
        }
        Ok(hash(&[&content]))
    }

    /// `encodeData` of one value. The recursion is as deep as the document, which its reader bounds.
    fn encode(
        &mut self,
        types: &Types,
        base: Base,
        sizes: &[Option<usize>],
        value: Option<Value>,
    ) -> Result<Word, Rejection> {
        if let (Base::Struct(place), []) = (base, sizes)
            && let Some(kind) = types.get(place)
        {
            // What lets a recursive type end: a struct that is not there.
            return match value {
                Some(value) if value.raw() != "null" => self.hash_struct(types, kind, value),
                _ => Ok([0; 32]),
            };
        }
        let value = value.ok_or_else(|| malformed("expected a value of its type, got none"))?;
        let Some((size, inner)) = sizes.split_last() else {
            return match base {
                Base::Atom(atom) => atom.word(value),
                _ => Err(malformed("expected a known type")),
            };
        };
        if !value.is_array() {
            return Err(unexpected("an array", value));
        }
        let length = value.elements().count();
        if let Some(size) = size.filter(|size| *size != length) {
            return Err(malformed(format!("expected {size} elements, got {length}")));
        }
        let mut content = self.reserve(length)?;
        for (index, element) in value.elements().enumerate() {
            let word = self.encode(types, base, inner, Some(element));
            content.extend(word.map_err(|error| within(&format!("[{index}]"), error))?);
        }
        Ok(hash(&[&content]))
    }

    /// Room for so many words, which are counted.
    fn reserve(&mut self, words: usize) -> Result<Vec<u8>, Rejection> {
        self.words = self.words.saturating_add(words);
        if self.words > MAX_WORDS {
            let message = format!("expected at most {MAX_WORDS} values");
            return Err(malformed(message));
        }
        Ok(Vec::with_capacity(words.saturating_mul(32)))
    }
}

fn hash(parts: &[&[u8]]) -> Word {
    keccak256::hash(parts.iter().copied())
}

fn malformed(message: impl Into<Cow<'static, str>>) -> Rejection {
    Rejection::new(RejectionCode::MalformedPayload, message)
}

fn unexpected(expected: &str, value: Value) -> Rejection {
    malformed(format!("expected {expected}, got {}", value.describe()))
}

/// The longest member name that a path quotes, in characters.
const MAX_NAME_IN_PATH: usize = 64;

/// The refusal of a value inside of this member or, in brackets, element.
fn within(outer: &str, refusal: Rejection) -> Rejection {
    let outer: String = outer.chars().take(MAX_NAME_IN_PATH).collect();
    let path = match &refusal.path {
        Some(inner) if inner.starts_with('[') => format!("{outer}{inner}"),
        Some(inner) => format!("{outer}.{inner}"),
        None => outer,
    };
    refusal.at(path)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::arithmetic_side_effects,
        reason = "a test fails by panicking"
    )]

    use serde_json::json;

    use super::*;

    /// The words that it costs to encode this, and its bytes.
    fn cost(data: &serde_json::Value) -> (usize, usize) {
        let text = data.to_string();
        let document = payload::document(text.as_bytes(), "").unwrap();
        let mut encoder = Encoder { words: 0 };
        // Refused or not: what it has cost counts.
        let _ = encoder.digest(document.root());
        (encoder.words, text.len())
    }

    fn data(types: &serde_json::Value, message: &serde_json::Value) -> serde_json::Value {
        json!({ "types": types, "primaryType": "A", "domain": {}, "message": message })
    }

    /// As many words as the limit says, and no more.
    #[test]
    fn the_last_word_is_within_the_limit() {
        let types = json!({ "A": [{ "name": "a", "type": "uint8[]" }] });
        let of = |count: usize| data(&types, &json!({ "a": vec![1; count] }));
        let is_encoded = |count: usize| {
            let text = of(count).to_string();
            let document = payload::document(text.as_bytes(), "").unwrap();
            let mut encoder = Encoder { words: 0 };
            encoder.digest(document.root()).is_ok()
        };
        let most = MAX_WORDS - cost(&of(0)).0;
        assert!(is_encoded(most));
        assert!(!is_encoded(most + 1));
    }

    /// Twice the values are twice the words, and no text has more words than the limit.
    #[test]
    fn work_is_linear() {
        let members: Vec<_> = (0..128)
            .map(|index| json!({ "name": format!("m{index}"), "type": "B" }))
            .collect();
        let numbers = json!({ "A": [{ "name": "a", "type": "uint8[]" }] });
        let structs = json!({
            "A": [{ "name": "a", "type": "B[]" }],
            "B": [{ "name": "b", "type": "bool" }],
        });
        let left_out = json!({ "A": [{ "name": "a", "type": "B[]" }], "B": members });
        for (types, element) in [
            (&numbers, json!(1)),
            (&structs, json!(null)),
            (&structs, json!({ "b": true })),
            (&left_out, json!({})),
        ] {
            let of = |count: usize| cost(&data(types, &json!({ "a": vec![&element; count] })));
            let (one, two, four) = (of(100), of(200), of(400));
            assert_eq!(four.0 - two.0, 2 * (two.0 - one.0), "{element}");
            let (words, bytes) = of(100_000);
            assert!(
                words <= MAX_WORDS + 100_000,
                "{words} words of {bytes} bytes"
            );
        }
        let (words, _) = cost(&data(&left_out, &json!({ "a": vec![json!({}); 1000] })));
        assert!(words <= MAX_WORDS + 129, "{words}");
    }
}
