//! The list of `eth_signTypedData_v1`, which is older than EIP-712.
//!
//! Its digest covers all types and names, concatenated, and all values, concatenated,
//! with nothing between them: many lists share one. Accepted are lists that no other accepted list
//! shares its digest with.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::super::{Rejection, payload};
use super::atom::Atom;
use super::{Word, hash, limited, malformed, within};
use crate::json::Value;

/// The digest of a list of `{ type, name, value }` in JSON.
///
/// Arrays are left out: what the first version made of them differs from wallet to wallet.
pub(in crate::dapp) fn digest(json: &[u8]) -> Result<Word, Rejection> {
    let document = payload::document(limited(json)?, "")?;
    let list = document.root();
    if !list.is_array() {
        return Err(malformed("expected a list of types, names and values"));
    }
    let (mut schema, mut values) = (String::new(), Vec::new());
    // Where entries begin in the schema.
    let mut starts = Vec::new();
    let mut has_text = false;
    for (index, entry) in list.elements().enumerate() {
        starts.push(schema.len());
        pack(entry, &mut schema, &mut values, &mut has_text)
            .map_err(|error| within(&format!("[{index}]"), error))?;
    }
    if starts.is_empty() {
        return Err(malformed("expected typed data, got an empty list"));
    }
    if let Some(index) = first_difference(&starts, &schema) {
        let refusal = malformed("expected names and types that can be told apart");
        return Err(within(&format!("[{index}]"), refusal));
    }
    Ok(hash(&[&hash(&[schema.as_bytes()]), &hash(&[&values])]))
}

/// Adds an entry. Of values that differ in length there may be one: behind a second, nobody could tell
/// where the first ends.
fn pack(
    entry: Value,
    schema: &mut String,
    values: &mut Vec<u8>,
    has_text: &mut bool,
) -> Result<(), Rejection> {
    let (mut name, mut kind, mut value) = (None, None, None);
    for (member, content) in entry.members() {
        let place = match member.string().as_deref() {
            Some("name") => &mut name,
            Some("type") => &mut kind,
            Some("value") => &mut value,
            other => {
                let refusal = malformed("expected name, type and value");
                return Err(within(other.unwrap_or_default(), refusal));
            }
        };
        *place = Some(content);
    }
    let text = |value: Option<Value>| value.and_then(Value::string).map(Cow::into_owned);
    let (Some(name), Some(kind)) = (text(name), text(kind)) else {
        return Err(malformed("expected a name, a type and a value"));
    };
    let atom = Atom::parse(&kind).ok_or_else(|| malformed("expected a known type"))?;
    let value = value.ok_or_else(|| malformed("expected a value, got none"))?;
    if atom.is_text_or_bytes() && core::mem::replace(has_text, true) {
        let refusal = malformed("expected at most one string or bytes in the list");
        return Err(refusal.at("type"));
    }
    for part in [&*kind, " ", &*name] {
        schema.push_str(part);
    }
    values.extend(atom.bytes(value).map_err(|error| within("value", error))?);
    Ok(())
}

/// The first entry that does not begin where a reader of the schema sees one begin: at each type with
/// a space behind it, and at the longest where one type is the end of another, as `int8` of `uint8`.
/// Lists that this reading gives back as they were have schemas of their own.
fn first_difference(starts: &[usize], schema: &str) -> Option<usize> {
    let mut read = schema
        .match_indices(' ')
        .filter_map(|(end, _)| type_before(schema.get(..end)?));
    for (index, start) in starts.iter().enumerate() {
        if read.next() != Some(*start) {
            return Some(index);
        }
    }
    read.next().map(|_| starts.len().saturating_sub(1))
}

/// The longest name of a type.
const LONGEST_TYPE: usize = "address".len();

/// Where the longest type begins that the text ends with.
fn type_before(text: &str) -> Option<usize> {
    let first = text.len().saturating_sub(LONGEST_TYPE);
    (first..text.len()).find(|start| {
        text.get(*start..)
            .is_some_and(|end| Atom::parse(end).is_some())
    })
}
